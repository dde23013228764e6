import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { createDatabaseOn } from '../../kit/own-sessions.ts'
import { serverUrl } from '../../kit/servers.ts'
import { type Contents, type Ground, isPassing, type Snapshot } from './ground.ts'

const own = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'`

/** What the catalog says of everything that a migration could make, invalid things too. */
const schemaSql = `
  SELECT format('%s %I.%I %s', c.relkind, n.nspname, c.relname, c.reloptions) || coalesce(': ' || CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, '') AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${own}
  UNION ALL SELECT format('column %I.%I %s %I %s%s default %s identity %s generated %s', n.nspname, c.relname,
      row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${own}
  UNION ALL SELECT format('constraint %s %I %s valid %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${own}
  UNION ALL SELECT format('index %s valid %s ready %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own}
  UNION ALL SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled) FROM pg_trigger t WHERE NOT t.tgisinternal
  UNION ALL SELECT format('enum %I %s', t.typname, (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND ${own}
  UNION ALL SELECT format('sequence %I.%I %s from %s by %s', schemaname, sequencename, data_type, start_value, increment_by) FROM pg_sequences
  UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p') AND ${own} AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
  UNION ALL SELECT format('comment %s %s', pg_describe_object(s.classoid, s.objoid, s.objsubid), s.description) FROM pg_description s
    WHERE s.objoid >= 16384
  UNION ALL SELECT format('lock %s %s %s', l.classid, l.objid, l.granted) FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** A database of a server, copied by CREATE DATABASE … TEMPLATE. */
export async function postgresGround(server: 'postgres' | 'postgres-next' = 'postgres'): Promise<Ground> {
  const database = await createDatabaseOn(server)
  const text = { to: 0, from: [20, 1700, 114, 3802, 1082, 1114, 1184], serialize: String, parse: String }
  const clientOf = (url: string) => postgres(url, { max: 1, onnotice: () => undefined, types: { text } })
  const admin = clientOf(serverUrl(server) ?? '')
  let openClient: postgres.Sql | undefined
  const client = (): postgres.Sql => {
    openClient ??= clientOf(database.url)
    return openClient
  }
  const leave = async (): Promise<void> => {
    const leaving = openClient
    openClient = undefined
    await leaving?.end({ timeout: 5 })
  }
  const copies = new Set<string>()
  const drop = (name: string): Promise<unknown> => admin.unsafe(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)

  async function inspect(): Promise<Contents> {
    const schema = (await client().unsafe(schemaSql)).map(({ line }) => String(line)).sort()
    const columns = await client().unsafe<{ schema: string; table: string; names: string[] }[]>(
      `SELECT n.nspname AS schema, c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS names
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND ${own} GROUP BY 1, 2`,
    )
    const raw: Record<string, string[]> = { schema }
    const lasting: Record<string, string[]> = { schema }
    if (columns.length === 0) return { raw, lasting }
    const result = await client().unsafe<{ at: number; raw: string; lasting: string }[]>(
      columns
        .map(({ schema: home, table, names }, at) => {
          const some = names.filter((name) => !isPassing(table, name)).map((name) => `t."${name}"`)
          return `SELECT ${at} AS at, t::text AS raw, ROW(${some.join(', ')})::text AS lasting FROM "${home}"."${table}" t`
        })
        .join(' UNION ALL '),
    )
    for (const [at, { schema: home, table }] of columns.entries()) {
      const name = `rows of ${home}.${table}`
      const rows = result.filter((row) => row.at === at)
      raw[name] = rows.map((row) => row.raw).sort()
      lasting[name] = rows.map((row) => row.lasting).sort()
    }
    return { raw, lasting }
  }

  return {
    name: server,
    dialect: 'postgres',
    url: database.url,
    inspect,
    save: async (contents) => {
      const name = `k_${randomBytes(6).toString('hex')}`
      await leave()
      await copied(database.name, name)
      copies.add(name)
      const forget = async (): Promise<void> => {
        copies.delete(name)
        await drop(name)
      }
      const result: Snapshot = { name, forget, ...(contents === undefined ? {} : { contents }) }
      return result
    },
    restore: async ({ name }) => {
      await leave()
      await drop(database.name)
      await copied(name, database.name)
    },
    script: async (sql) => void (await client().unsafe(sql)),
    rows: async (sql) => [...(await client().unsafe(sql))],
    close: async () => {
      await leave()
      for (const name of [database.name, ...copies]) await drop(name)
      await admin.end({ timeout: 5 })
    },
  }

  /** The server copies a database only while no session is connected to it; a killed client takes a moment to go. */
  async function copied(from: string, to: string): Promise<void> {
    await admin.unsafe(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`)
    for (let round = 0; ; round += 1) {
      try {
        await admin.unsafe(`CREATE DATABASE "${to}" TEMPLATE "${from}"`)
        return
      } catch (error) {
        if ((error as { code?: string }).code !== '55006' || round > 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
}
