import type { IntrospectRequest, Session } from '@org/migrate-core/dialect'
import { foldName, nameOf, tokenize } from '../sql/tokenize.ts'

/** One object of sqlite_schema that has a text. */
export interface SchemaEntry {
  readonly type: string
  readonly name: string
  /** The table or view it belongs to, in that one's own spelling. */
  readonly table: string
  readonly sql: string
  /** Only virtual tables and views have no page of their own. */
  readonly rooted: boolean
}

/** SQLite's own: sqlite_sequence, sqlite_stat1, … No other name may begin so. D1 has two tables of its own. */
const isInternal = (name: string): boolean => /^(?:sqlite_|_cf_(?:kv|metadata)$)/.test(foldName(name))

/**
 * What has a CREATE text in the `main` database, by one statement whatever there is: everything, or with `of` (folded names)
 * those tables with their indexes, and all views, triggers and virtual tables.
 */
export async function readEntries(session: Session, of?: ReadonlySet<string>): Promise<readonly SchemaEntry[]> {
  // Indexes without a text belong to PRIMARY KEY and UNIQUE constraints, which the table's text says.
  const every = 'SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_master WHERE sql IS NOT NULL'
  const some = `${every} AND (coalesce(rootpage, 0) = 0 OR tbl_name COLLATE NOCASE IN (SELECT value FROM json_each(?)))`
  const rows =
    of === undefined
      ? await session.query(`${every} ORDER BY rowid`)
      : await session.query(`${some} ORDER BY rowid`, [JSON.stringify([...of])])
  const owners = new Map<string, string>()
  for (const { type, name } of rows) {
    if (type === 'table' || type === 'view') owners.set(foldName(String(name)), String(name))
  }
  return rows
    .map((row): SchemaEntry => {
      // Of a trigger tbl_name is what its text says, which may be in another case.
      const table = String(row.tbl_name)
      return {
        type: String(row.type),
        name: String(row.name),
        table: owners.get(foldName(table)) ?? table,
        sql: String(row.sql),
        rooted: row.rootpage !== 0n && row.rootpage !== null,
      }
    })
    .filter((entry) => !isInternal(entry.name))
}

/** The tables, folded, that have a name which is about to be given, or an index of that name. */
export function namesakes(
  entries: readonly SchemaEntry[],
  newNames: IntrospectRequest['newNames'] = [],
): readonly string[] {
  if (newNames.length === 0) return []
  const names = new Set(newNames.flatMap(({ ref, indexes }) => [ref, ...indexes].map(({ name }) => foldName(name))))
  return entries.filter(({ name }) => names.has(foldName(name))).map(({ table }) => foldName(table))
}

/** The tables, folded, whose foreign keys refer to one of `names`; `all`: and those that refer to these, and so on. */
export async function referrersOf(
  session: Session,
  entries: readonly SchemaEntry[],
  names: ReadonlySet<string>,
  which: 'direct' | 'all',
): Promise<ReadonlySet<string>> {
  if (names.size === 0 || !entries.some(({ type, sql }) => type === 'table' && /references/i.test(sql)))
    return new Set()
  const keys = `(SELECT m.name, lower(f."table") AS parent FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name, 'main') AS f
      WHERE m.type = 'table' AND instr(lower(m.sql), 'references'))`
  const rows = await session.query(
    which === 'all'
      ? `WITH RECURSIVE keys (name, parent) AS MATERIALIZED ${keys}, family (name) AS (SELECT value FROM json_each(?)
          UNION SELECT lower(keys.name) FROM keys, family WHERE keys.parent = family.name) SELECT name FROM family`
      : `SELECT DISTINCT name FROM ${keys} WHERE parent IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...names])],
  )
  return new Set(rows.map((row) => foldName(String(row.name))))
}

/**
 * The names, folded, in the views and triggers that read one of these tables, and in the views that those read: whose column a name in
 * them means depends on the columns of all these tables.
 */
export function namedAround(entries: readonly SchemaEntry[], tables: ReadonlySet<string>): ReadonlySet<string> {
  const bodies = entries
    .filter(({ type }) => type === 'view' || type === 'trigger')
    .map(({ type, name, sql }) => ({
      view: type === 'view' ? foldName(name) : undefined,
      names: tokenize(sql).map((token) => foldName(nameOf(token) ?? '')),
    }))
  const read = new Set(tables)
  const named = new Set<string>()
  for (const relation of read) {
    for (const { view, names } of bodies) {
      if (!names.includes(relation)) continue
      for (const name of names) named.add(name)
      if (view !== undefined) read.add(view)
    }
  }
  for (const name of named) {
    const view = bodies.find((body) => body.view === name)
    for (const each of view?.names ?? []) named.add(each)
  }
  return named
}
