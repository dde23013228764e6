import { readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { chain, steps } from '../../openwebui/chain/kit/revisions.ts'
import type { Ground } from '../grounds/ground.ts'
import { type Leg, migratorOn } from '../runner/matrix.ts'

const fixtures = new URL('../../kit/fixtures/openwebui/', import.meta.url)

/** What stands in the folders fixture for tables: text everywhere, so that SQLite hands over what is written. */
const folderTables = `
  CREATE TABLE "folder" ("id" TEXT, "parent_id" TEXT, "user_id" TEXT, "name" TEXT, "items" TEXT, "meta" TEXT,
    "is_expanded" INTEGER, "created_at" TEXT, "updated_at" TEXT);
  CREATE TABLE "chat" ("id" TEXT, "user_id" TEXT, "title" TEXT, "chat" TEXT, "archived" INTEGER, "created_at" INTEGER,
    "updated_at" INTEGER, "folder_id" TEXT);
`

const queryOf: { readonly [D in Ground['dialect']]: (table: string) => string } = {
  sqlite: (table) => `SELECT name, lower(type) AS type FROM pragma_table_info('${table}')`,
  postgres: (table) =>
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '${table}'`,
  mysql: (table) =>
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'`,
}

const quoted: { readonly [D in Ground['dialect']]: (name: string) => string } = {
  sqlite: (name) => `"${name}"`,
  postgres: (name) => `"${name}"`,
  mysql: (name) => `\`${name}\``,
}

const quoteText: { readonly [D in Ground['dialect']]: (text: string) => string } = {
  sqlite: (text) => `'${text.replaceAll("'", "''")}'`,
  postgres: (text) => `'${text.replaceAll("'", "''")}'`,
  mysql: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
}

function literal(dialect: Ground['dialect'], value: unknown, type: string): string {
  if (value === null) return 'NULL'
  if (type === 'boolean') return value === 1n ? 'TRUE' : 'FALSE'
  if (typeof value === 'bigint' && !type.startsWith('json')) return String(value)
  return quoteText[dialect](String(value))
}

/** The rows of fixtures into the tables that stand there, which lose their own. */
async function load(ground: Ground, before: string, names: readonly string[]): Promise<void> {
  const { dialect } = ground
  const name = quoted[dialect]
  const sqlite = new Sqlite(':memory:')
  sqlite.exec(before)
  for (const each of names) sqlite.exec(readFileSync(new URL(each, fixtures), 'utf8'))
  const tables = sqlite.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[]
  for (const table of tables.filter((each) => each !== 'migratehistory')) {
    const types = new Map(
      (await ground.rows(queryOf[dialect](table))).map((row) => [String(row.name), String(row.type)]),
    )
    const rows = sqlite.prepare(`SELECT * FROM "${table}"`).safeIntegers().all() as Record<string, unknown>[]
    await ground.script(`DELETE FROM ${name(table)}`)
    // What stands for numbers in strange places SQLite takes, and no other.
    const some = rows.filter(({ id }) => dialect === 'sqlite' || !String(id).startsWith('int-'))
    for (let from = 0; from < some.length; from += 50) {
      const part = some.slice(from, from + 50)
      const columns = Object.keys(part[0] ?? {})
      const values = part.map(
        (row) => `(${columns.map((each) => literal(dialect, row[each], types.get(each) ?? '')).join(', ')})`,
      )
      await ground.script(`INSERT INTO ${name(table)} (${columns.map(name).join(', ')}) VALUES ${values.join(', ')}`)
    }
    if (dialect === 'postgres' && typeof rows[0]?.id === 'bigint')
      await ground.script(
        `SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), (SELECT MAX("id") FROM "${table}"))`,
      )
  }
  sqlite.close()
}

const given: { readonly [before: string]: (ground: Ground) => Promise<void> } = {
  '005_add_updated_at': (ground) => load(ground, '', ['legacy-004.sql']),
  '7e5b5dc7342b': (ground) => load(ground, '', ['legacy-018.sql', 'legacy-018-hostile.sql']),
  '4ace53fd72c8': (ground) => load(ground, folderTables, ['folders-at-c69f45358db4.sql']),
}

const legacy = { tier: 'legacy' } as const

/** Open WebUI's whole chain, revision by revision, with the rows of the fixtures. */
export const upgradeLegs: readonly Leg[] = [
  ...steps.map((name) => ({ name, direction: 'up' as const, target: name, ...legacy })),
  ...chain.map((name) => ({ name, direction: 'up' as const, target: name })),
].map((leg) => ({ ...leg, ...(given[leg.name] === undefined ? {} : { given: given[leg.name] }) })) as readonly Leg[]

/** At head, with the rows of the fixtures. */
async function atHead(ground: Ground): Promise<void> {
  const migrator = migratorOn(ground, 'openWebui')
  await migrator.upgrade('004_add_archived', legacy)
  await given['005_add_updated_at']?.(ground)
  await migrator.upgrade('018_add_function_is_global', legacy)
  await given['7e5b5dc7342b']?.(ground)
  await migrator.upgrade('c69f45358db4')
  await given['4ace53fd72c8']?.(ground)
  await migrator.upgrade()
}

export const downgradeLegs: readonly Leg[] = [
  ...[...chain].reverse().map((name, at, all) => ({
    name,
    direction: 'down' as const,
    target: all[at + 1] ?? 'base',
    ...(at === 0 ? { given: atHead } : {}),
  })),
  ...[...steps]
    .reverse()
    .map((name, at, all) => ({ name, direction: 'down' as const, target: all[at + 1] ?? 'base', ...legacy })),
]
