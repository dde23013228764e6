import type { Obstacle, Session, TableModel } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { searchPath } from '../sql/search-path.ts'

const kinds: ReadonlyMap<string, string> = new Map([
  ['v', 'a view'],
  ['m', 'a materialised view'],
  ['S', 'a sequence'],
  ['c', 'a composite type'],
  ['f', 'a foreign table'],
  ['i', 'an index'],
  ['I', 'an index'],
  ['type', 'a type'],
])

/**
 * Tables, views, sequences, indexes and composite types share their names, and a table makes a type of its own name:
 * https://www.postgresql.org/docs/current/sql-createtable.html. A schema of the search path that the user may not use is passed over.
 */
export async function obstacles(session: Session, tables: readonly TableModel[]): Promise<readonly Obstacle[]> {
  const tableOf = new Map(
    tables.flatMap(({ ref, constraints }) =>
      [ref.name, ...constraints.flatMap(({ name }) => name ?? [])].map((name) => [name, ref.name] as const),
    ),
  )
  const names = [...tableOf.keys()].map((name) => quote.literal(name).text).join(', ')
  // The key of a table of ours that another session has made since is none.
  const keys = [...tableOf]
    .map(([name, table]) => `(${quote.literal(table).text}, ${quote.literal(name).text})`)
    .join(', ')
  const rows = await session.query(`SELECT c.relname AS name, c.relkind::text AS kind, NULL AS schema
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_catalog.pg_class owner ON owner.oid = i.indrelid
      WHERE n.nspname = current_schema() AND c.relname IN (${names})
        AND (coalesce(owner.relname, ''), c.relname) NOT IN (${keys})
    UNION ALL SELECT t.typname, 'type', NULL
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = current_schema() AND t.typname IN (${names}) AND t.typrelid = 0 AND t.typcategory <> 'A'
    UNION ALL SELECT c.relname, 'hidden', n.nspname
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relname IN (${names}) AND NOT has_schema_privilege(n.oid, 'USAGE')
        AND n.nspname IN (${searchPath})`)
  return rows.flatMap((row): readonly Obstacle[] => {
    const name = String(row.name)
    const table = tableOf.get(name) ?? name
    if (row.kind === 'hidden')
      return [{ table, hidden: true, why: `this user lacks USAGE on the schema ${String(row.schema)}` }]
    const kind = kinds.get(String(row.kind))
    // A table of another schema in the search path may be ours; one that has the name of a key is not.
    if (kind === undefined) return name === table ? [] : [{ table, why: `a table has the name of its key ${name}` }]
    return [{ table, why: name === table ? `${kind} has its name` : `${kind} has the name of its key ${name}` }]
  })
}
