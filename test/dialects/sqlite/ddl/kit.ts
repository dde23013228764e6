import type { Row, Session, SqlValue } from '@org/migrate-core/dialect'
import Database from 'better-sqlite3'

export { applyToModel } from '../../../../packages/dialect-sqlite/src/compile/apply-to-model.ts'
export { alterColumnText } from '../../../../packages/dialect-sqlite/src/compile/ddl/edit-column.ts'
export * from '../../../../packages/dialect-sqlite/src/compile/ddl/edit-table.ts'
export { retargetIndex, retargetTable } from '../../../../packages/dialect-sqlite/src/compile/ddl/retarget.ts'
export { tableSource } from '../../../../packages/dialect-sqlite/src/compile/ddl/stored-text.ts'
export { normalise } from '../../../../packages/dialect-sqlite/src/compile/normalise.ts'
export { parseTable } from '../../../../packages/dialect-sqlite/src/ddl/parse-table.ts'
export * from '../../../../packages/dialect-sqlite/src/ddl/rename-in-body.ts'
export { introspect } from '../../../../packages/dialect-sqlite/src/introspect/index.ts'
export { readTable } from '../../../../packages/dialect-sqlite/src/introspect/tables.ts'
export { literalText, quote, quoteName } from '../../../../packages/dialect-sqlite/src/sql/quote.ts'
export { foldName, nameOf, tokenize } from '../../../../packages/dialect-sqlite/src/sql/tokenize.ts'
export * from '../../../../packages/dialect-sqlite/src/types/definition-text.ts'
export { affinityOf, strictType, types } from '../../../../packages/dialect-sqlite/src/types/types.ts'

export type Raw = InstanceType<typeof Database>

export function memory(...sql: readonly string[]): Raw {
  const db = new Database(':memory:')
  for (const text of sql) db.exec(text)
  return db
}

/** The texts that SQLite keeps, by name. */
export function stored(db: Raw): { readonly [name: string]: string } {
  const rows = db.prepare(
    "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  )
  return Object.fromEntries((rows.all() as { name: string; sql: string }[]).map(({ name, sql }) => [name, sql]))
}

const refuse = (): never => {
  throw new Error('this session only reads')
}

/** The reading half of a session, on the bare driver. */
export function reader(db: Raw): Session {
  return {
    isOpen: true,
    query: async (sql, params: readonly SqlValue[] = []) =>
      db
        .prepare(sql)
        .safeIntegers()
        .all(...params) as Row[],
    execute: refuse,
    begin: refuse,
    savepoint: refuse,
    copy: refuse,
    close: async () => undefined,
  }
}
