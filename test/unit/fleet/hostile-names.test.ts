import { createHash } from 'node:crypto'
import { graphOf, type Revision, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { chain } from './kit.ts'

/** What a name is put together from: what ends a quotation, what is looked up elsewhere, and what is cut. */
const parts = [
  '"',
  "'",
  '`',
  ';',
  '.',
  ',',
  ' ',
  '--',
  '/*',
  '*/',
  '\\',
  '%',
  '$',
  '$user',
  '$1',
  '?',
  ':x',
  'public',
  '"public"',
].concat([
  'pg_catalog',
  'pg_temp',
  'information_schema',
  'select',
  'A',
  'a',
  'ä',
  '日',
  '🙂',
  '\t',
  '{',
  '[',
  '#',
  '@',
  'x'.repeat(40),
])

const namesOf = (seed: number, isTaken: (name: string) => boolean): readonly string[] => {
  const name = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }).map((each) => each.join(''))
  const drawn = fc.sample(name, { seed, numRuns: counts.hostileMembers * 3 })
  return [...new Set(drawn)].filter(isTaken).slice(0, counts.hostileMembers)
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** What a name that the server cannot take, and a member that leaves its schema, end with. */
const refusals = ['DATABASE_UNREACHABLE', 'INVALID_NAME', 'SESSION_SETTING_REFUSED']

/** Schemas that are there already. */
const serverOwn = ['public', 'information_schema', 'pg_catalog']

/** Tables of the same names as those of the members. */
const victim = ['CREATE TABLE users (id integer, name varchar(400))', "INSERT INTO users VALUES (7, 'untouched')"]

/** SQL of an author that names no schema, with what would hurt where it ran elsewhere. */
const own = (name: string): Revision => ({
  revision: 'r4',
  downRevision: 'r3',
  upgrade(op) {
    op.sql('CREATE TABLE logged (id integer)')
    op.sql(`INSERT INTO users (id, name) VALUES (1, ${name})`)
    op.sql(`UPDATE users SET name = ${name}`)
    op.sql('DELETE FROM users WHERE id > 1')
    op.run('writes a row', {
      up: async (db) => void (await db.execute('INSERT INTO logged (id) VALUES (?)', [1])),
      down: 'none',
    })
  },
})

const fleetOn = (
  ids: readonly string[],
  dialect: (member: FleetMember) => ReturnType<typeof postgresDialect>,
  history: readonly Revision[],
): Fleet =>
  createFleet({
    members: ids.map((id) => ({ id, schema: id })),
    dialect,
    tiers: [graphOf(revisions(history))],
    parallel: 4,
    retry: { times: 0 },
  })

const quoted = (name: string, mark: string): string => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`

describeOn('postgres', 'random names of schemas', (createDatabase) => {
  const statePublic = async ({ sql }: TestDatabase): Promise<unknown> => [
    await sql("SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
    await sql('SELECT id, name FROM public.users'),
  ]

  it('Each member writes to its own schema, whatever one of them does, or is refused', async () => {
    const seed = runSeed()
    const database = await createDatabase()
    for (const text of victim) await database.sql(text)
    const before = await statePublic(database)
    const ids = namesOf(seed, (name) => !serverOwn.includes(name))
    const dialect = ({ schema = '' }: FleetMember) => postgresDialect({ url: database.url, schema })
    const [bad = ''] = ids
    // One of them leaves its schema in the middle, in a way that no text shows.
    await database.sql(`CREATE SCHEMA helpers; CREATE FUNCTION helpers.leave() RETURNS text LANGUAGE sql AS
      $$ SELECT CASE WHEN current_schema() = ${quoted(bad, "'")} THEN set_config('search_path', 'public', false) ELSE '' END $$`)
    const leaves: Revision = {
      revision: 'r5',
      downRevision: 'r4',
      upgrade(op) {
        op.sql('SELECT helpers.leave()')
        op.sql('CREATE TABLE behind (id integer)')
        op.sql('INSERT INTO users (id, name) VALUES (9, md5(current_schema()))')
      },
    }
    const fleet = fleetOn(ids, dialect, [...chain, own('md5(current_schema())'), leaves])
    // What the server cuts to another name, or refuses, is no schema of theirs.
    for (const id of ids.filter((name) => Buffer.byteLength(name) <= 63))
      await database.sql(`CREATE SCHEMA ${quoted(id, '"')}`).catch(() => undefined)
    const result = await fleet.upgrade()
    expect(result.migrated, `TEST_SEED=${seed}`).toBeGreaterThan(ids.length / 2)
    for (const { code } of result.failures) expect(refusals, `TEST_SEED=${seed}`).toContain(code)
    expect(await statePublic(database), `TEST_SEED=${seed}`).toEqual(before)
    const schemas = (await database.sql(
      "SELECT nspname::text AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'helpers', 'information_schema') AND EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_namespace.oid)",
    )) as readonly { name: string }[]
    for (const { name } of schemas) {
      expect(ids, `TEST_SEED=${seed}`).toContain(name)
      const rows = await database.sql(`SELECT DISTINCT name FROM ${quoted(name, '"')}.users`)
      expect(rows, `TEST_SEED=${seed}: ${name}`).toEqual([{ name: md5(name) }])
    }
    expect(schemas.length).toBeGreaterThanOrEqual(result.migrated)
  }, 600_000)
})

describeOn('mariadb', 'random names of databases', (createDatabase) => {
  it('Each member writes to its own database, or is refused', async () => {
    const seed = runSeed()
    const { url, name: outer, sql } = await createDatabase()
    for (const text of victim) await sql(text)
    const before = await sql('SELECT id, name FROM users')
    const ids = namesOf(seed, (name) => name.length < 30).map((name) => `${outer.slice(0, 30)}_${name}`)
    const dialect = ({ schema = '' }: FleetMember) => mysqlDialect({ url, schema })
    try {
      const first = fleetOn(ids, dialect, chain)
      for (const id of ids) {
        await first.create({ id, schema: id }).catch(({ code }) => {
          expect(refusals, `TEST_SEED=${seed}: ${id}`).toContain(code)
        })
      }
      const result = await fleetOn(ids, dialect, [...chain, own('md5(DATABASE())')]).upgrade()
      expect(result.migrated, `TEST_SEED=${seed}`).toBeGreaterThan(ids.length / 3)
      for (const { code } of result.failures) expect(refusals, `TEST_SEED=${seed}`).toContain(code)
      expect(await sql('SELECT id, name FROM users'), `TEST_SEED=${seed}`).toEqual(before)
      expect(await sql('SHOW TABLES'), `TEST_SEED=${seed}`).toHaveLength(1)
      const found = (await sql('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA')) as readonly {
        name: string
      }[]
      const created = found.map(({ name }) => name).filter((name) => name.startsWith(`${outer.slice(0, 30)}_`))
      for (const name of created) {
        expect(ids, `TEST_SEED=${seed}`).toContain(name)
        const rows = await sql(`SELECT DISTINCT name FROM ${quoted(name, '`')}.users`)
        expect(rows, `TEST_SEED=${seed}: ${name}`).toEqual([{ name: md5(name) }])
      }
      expect(created).toHaveLength(result.migrated)
    } finally {
      for (const name of ids) await sql(`DROP DATABASE IF EXISTS ${quoted(name, '`')}`).catch(() => undefined)
    }
  }, 600_000)
})
