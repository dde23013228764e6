import { type CompileTable, findColumn, findTable, type SqlFragment, sql, verbatim } from '@org/migrate-core/dialect'
import { refuseColumn } from '../canonicalise.ts'
import { quote } from '../quote.ts'
import { toSql } from '../types.ts'
import { dialectName, unsupported } from '../unsupported.ts'
import { columnText, defaultText } from './parts.ts'
import { statement } from './statement.ts'

export const columnStatements: Pick<CompileTable, 'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> = {
  addColumn: ({ operation: { table, column } }) => [
    statement(sql`ALTER TABLE ${quote.table(table)} ADD COLUMN ${columnText(column)}`, [table]),
  ],
  dropColumn: ({ operation: { table, column } }) => [
    statement(sql`ALTER TABLE ${quote.table(table)} DROP COLUMN ${quote.identifier(column)}`, [table]),
  ],
  alterColumn: ({ operation: { table, column: name, change, using }, before, after }) => {
    const [old, now] = [before, after].map((model) => {
      const tableModel = findTable(model, table)
      return tableModel === undefined ? undefined : findColumn(tableModel, name)
    })
    const of = `column ${table.name}.${name}`
    if (old === undefined || now === undefined) return []
    refuseColumn({ ...old, ...now })
    if (change.type !== undefined && [old, now].some(({ type }) => type.kind === 'enum')) {
      unsupported(of, 'this dialect does not change the values of an enum')
    }
    const column = quote.identifier(name)
    const actions: SqlFragment[] = []
    if (change.type !== undefined) {
      if (typeof using === 'object') unsupported(of, `\`using\` has no text for ${dialectName}`)
      const converted = using === undefined ? sql`` : sql` USING ${verbatim(using)}`
      // The old default may not fit the new type: it goes first and comes again.
      if (old.default !== undefined) actions.push(sql`ALTER COLUMN ${column} DROP DEFAULT`)
      actions.push(sql`ALTER COLUMN ${column} TYPE ${verbatim(toSql(now.type))}${converted}`)
    }
    if (change.type !== undefined || change.default !== undefined) {
      if (now.default !== undefined) actions.push(sql`ALTER COLUMN ${column} SET DEFAULT ${defaultText(now.default)}`)
      else if (change.type === undefined) actions.push(sql`ALTER COLUMN ${column} DROP DEFAULT`)
    }
    if (change.nullable !== undefined && old.nullable !== now.nullable) {
      actions.push(now.nullable ? sql`ALTER COLUMN ${column} DROP NOT NULL` : sql`ALTER COLUMN ${column} SET NOT NULL`)
    }
    return actions.map((action) => statement(sql`ALTER TABLE ${quote.table(table)} ${action}`, [table]))
  },
  renameColumn: ({ operation: { table, column, to } }) => [
    statement(
      sql`ALTER TABLE ${quote.table(table)} RENAME COLUMN ${quote.identifier(column)} TO ${quote.identifier(to)}`,
      [table],
    ),
  ],
}
