import type { CatalogColumn, DialectIntrospection } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { cell, text } from './catalog.ts'

/** Columns that the server fills by itself: `auto_increment`, `STORED GENERATED`, `VIRTUAL`. */
const filled = /\bauto_increment\b|\b(STORED|VIRTUAL|PERSISTENT) GENERATED\b|^(STORED|VIRTUAL|PERSISTENT)\b/i

/** With constants for both tables of the catalog the server opens those tables only. */
export function tableColumnsFor(server: Server): NonNullable<DialectIntrospection['tableColumns']> {
  return async (session, names) => {
    // No name holds a character beyond U+FFFF, and the catalog's character set has none to compare with (3988).
    const requested = names.filter((name) => !/[\uD800-\uDFFF]/.test(name))
    if (requested.length === 0) return new Map()
    const list = requested.map(() => '?').join(', ')
    const rows = await session.query(
      `SELECT t.TABLE_NAME AS table_name, c.COLUMN_NAME AS name, c.IS_NULLABLE AS nullable, c.COLUMN_DEFAULT AS \`default\`, c.EXTRA AS extra
 FROM information_schema.TABLES t LEFT JOIN information_schema.COLUMNS c
  ON c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME IN (${list}) AND c.TABLE_NAME = t.TABLE_NAME
 WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME IN (${list}) AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
 ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION`,
      [...requested, ...requested],
    )
    const folded = new Map(requested.map((name) => [name.toLowerCase(), name]))
    const tables = new Map<string, CatalogColumn[]>()
    for (const row of rows) {
      const stored = text(row, 'table_name')
      const table = server.lowerCaseTableNames === 0 ? stored : (folded.get(stored.toLowerCase()) ?? stored)
      const columns = tables.get(table) ?? []
      const hasNoValue = text(row, 'nullable') === 'NO' && cell(row, 'default') === null
      const name = cell(row, 'name')
      if (name !== null) columns.push({ name, required: hasNoValue && !filled.test(text(row, 'extra')) })
      tables.set(table, columns)
    }
    return tables
  }
}
