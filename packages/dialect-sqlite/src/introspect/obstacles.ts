import type { Obstacle, Session, TableModel } from '@org/migrate-core/dialect'

/** Views and indexes share the names of tables: https://www.sqlite.org/lang_createtable.html */
export async function obstacles(session: Session, tables: readonly TableModel[]): Promise<readonly Obstacle[]> {
  const names = tables.map(({ ref }) => ref.name)
  const rows = await session.query(
    `SELECT type, name FROM main.sqlite_master WHERE type IN ('view', 'index') AND name COLLATE NOCASE IN (${names.map(() => '?').join(', ')})`,
    names,
  )
  return rows.map(({ type, name }) => {
    // Names of SQLite are the same in another case.
    const table = names.find((each) => each.toLowerCase() === String(name).toLowerCase()) ?? String(name)
    return { table, why: `${type === 'view' ? 'a view' : 'an index'} has its name` }
  })
}
