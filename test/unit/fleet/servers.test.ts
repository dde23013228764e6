import { graphOf, type Revision, revisions } from '@org/migrate-core'
import { withDatabaseName } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type Fleet, type FleetMember, queryMembers } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../kit/own-sessions.ts'
import { chain } from './kit.ts'

/** Names that mean something else where they are not quoted, or looked up elsewhere. */
const hostile = [
  'plain',
  'With Space',
  'quo"te',
  "apos'trophe",
  'back`tick',
  '"public"',
  'public, pg_catalog',
  'select',
  'semi;colon',
  'dash--dash',
  'ümläut',
  '$users',
  'dot.dot',
  'percent%s',
  'comma,comma',
]

function schemaFleet(url: string, schemas: readonly string[], history: readonly Revision[] = chain): Fleet {
  return createFleet({
    members: schemas.map((schema) => ({ id: schema, schema })),
    dialect: ({ schema = '' }) => postgresDialect({ url, schema }),
    tiers: [graphOf(revisions(history))],
    parallel: 4,
    retry: { times: 0 },
  })
}

const makeSchemas = async (query: TestDatabase['sql'], names: readonly string[]): Promise<void> => {
  for (const name of names) await query(`CREATE SCHEMA "${name.replaceAll('"', '""')}"`)
}

const missingRemedy = 'Make it with `migrate fleet create`, or correct the list of members.'

describeOn('postgres', 'a schema for each member', (createDatabase) => {
  it('Hostile names are each a schema of its own, and nothing is made in another one', async () => {
    const { url, sql: query } = await createDatabase()
    await query('CREATE TABLE public.users (secret text)')
    await query("INSERT INTO public.users VALUES ('untouched')")
    await makeSchemas(query, hostile)
    const fleet = schemaFleet(url, hostile)
    const first = await fleet.upgrade('r2')
    expect(first.failures).toEqual([])
    expect(first).toMatchObject({ migrated: hostile.length, plans: 1 })
    const withOwnSql = [
      ...chain,
      {
        revision: 'r4',
        downRevision: 'r3',
        upgrade: (op) => op.sql('INSERT INTO users (id, name) VALUES (1, current_schema())'),
      },
    ] satisfies readonly Revision[]
    const second = await schemaFleet(url, hostile, withOwnSql).upgrade()
    expect(second.failures).toEqual([])
    expect(second).toMatchObject({ migrated: hostile.length, failed: 0, plans: 1 })
    const tables = await query(
      "SELECT schemaname::text AS s, count(*)::text AS n FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1",
    )
    const counts = new Map(tables.map(({ s, n }) => [s, n]))
    expect(counts.get('public')).toBe('1')
    expect([...counts.keys()].sort()).toEqual([...hostile, 'public'].sort())
    expect(new Set(hostile.map((schema) => counts.get(schema))).size).toBe(1)
    for (const schema of hostile) {
      const rows = await query(`SELECT name FROM "${schema.replaceAll('"', '""')}".users`)
      expect(rows).toEqual([{ name: schema }])
    }
    expect(await query('SELECT * FROM public.users')).toEqual([{ secret: 'untouched' }])
  })

  it('Names that the server would read as another schema are refused', async () => {
    const { url, sql: query } = await createDatabase()
    const long = 'x'.repeat(63)
    const refused = ['$user', `${long}1`, `${long}2`, 'pg_temp']
    for (const id of refused) {
      await expect(schemaFleet(url, []).create({ id, schema: id })).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
      })
    }
    expect(await schemaFleet(url, refused).upgrade()).toMatchObject({ migrated: 0, failed: 4 })
    const found = await query(
      "SELECT nspname::text AS s FROM pg_namespace WHERE nspname LIKE 'xxx%' OR nspname LIKE '$%'",
    )
    expect(found).toEqual([])
    expect(await schemaFleet(url, []).create({ id: long, schema: long })).toMatchObject({ applied: { length: 3 } })
  })

  it('A revision that leaves the schema of its member fails, and changes nothing', async () => {
    const { url, sql: query } = await createDatabase()
    const leaving = line(
      (op) => op.sql('SELECT 1'),
      (op) => op.sql("SELECT set_config('search_path', 'public', false)"),
    )
    await makeSchemas(query, ['a', 'b', 'c', 'd', 'e', 'f'])
    const result = await schemaFleet(url, ['a', 'b'], leaving).upgrade()
    expect(result).toMatchObject({ migrated: 0, failed: 2, failures: [{ code: 'SESSION_SETTING_REFUSED', count: 2 }] })
    expect(await query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
    const unproven = line(
      (op) =>
        op.sql(
          "CREATE TABLE plain (id integer); -- as public.users is\nINSERT INTO plain SELECT 1 WHERE 'from a.b' <> ''",
        ),
      (op) => op.sql('INSERT INTO other_tenant.users SELECT 1'),
      (op) => op.sql('CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$'),
      (op) => op.sql('DO $$ BEGIN PERFORM 1; END $$'),
    )
    const planned = await schemaFleet(url, ['a'], unproven).plan()
    expect(planned.groups.flatMap((group) => group.unproven.map((each) => each.slice(0, 40)))).toEqual([
      'main:r2 names another schema: INSERT INT',
      'main:r3 defines a function whose body is',
      'main:r4 runs SQL that its text does not ',
    ])
    // Of a function the text of a statement does not show it.
    await query(`CREATE FUNCTION public.moves() RETURNS integer LANGUAGE plpgsql AS
      $$ BEGIN PERFORM set_config('search' || '_path', 'public', false); RETURN 1; END $$`)
    const hidden = line(
      (op) => op.sql('CREATE TABLE before (id integer)'),
      (op) => {
        op.sql('SELECT public.moves()')
        op.sql('CREATE TABLE after (id integer)')
      },
      (op) =>
        op.run('calls it', {
          up: async (db) => void (await db.query('SELECT public.moves()')),
          down: 'none',
        }),
    )
    const moved = await schemaFleet(url, ['d', 'e'], hidden).upgrade()
    expect(moved).toMatchObject({ migrated: 0, failures: [{ code: 'SESSION_SETTING_REFUSED', count: 2 }] })
    const inStep = await schemaFleet(
      url,
      ['f'],
      [...line((op) => op.sql('SELECT 1')), { ...hidden[2], revision: 'r2', downRevision: 'r1' } as Revision],
    ).upgrade()
    expect(inStep).toMatchObject({ migrated: 0, failures: [{ code: 'SESSION_SETTING_REFUSED', count: 1 }] })
    expect(await query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
    const naming = line((op) =>
      op.sql('CREATE TABLE public.shared (id integer)', { inverse: 'DROP TABLE public.shared' }),
    )
    expect(await schemaFleet(url, ['c'], naming).upgrade()).toMatchObject({ migrated: 1, failed: 0 })
  })

  it('A schema that the role may not use is named with the grant, which works', async () => {
    const { url, sql: query } = await createDatabase()
    const role = `usage_${process.pid}`
    await query(`CREATE SCHEMA tenant; CREATE ROLE ${role} LOGIN PASSWORD 'hush-hush'`)
    try {
      const limited = Object.assign(new URL(url), { username: role, password: 'hush-hush' }).href
      const grant = `GRANT USAGE ON SCHEMA "tenant" TO "${role}"`
      const refused = await schemaFleet(limited, ['tenant']).status()
      expect(refused).toMatchObject({
        failures: [{ code: 'DATABASE_UNREACHABLE', members: [{ id: 'tenant', remedy: `Grant it: ${grant}.` }] }],
      })
      await query(grant)
      expect(await schemaFleet(limited, ['tenant']).status()).toMatchObject({ groups: [{ count: 1 }], failures: [] })
    } finally {
      await query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  it('A database that the role may not make is named with the right, which works', async () => {
    const { url, name, sql: query } = await createDatabase()
    const [role, database] = [`creates_${process.pid}`, `${name}_member`]
    await query(`CREATE ROLE ${role} LOGIN PASSWORD 'hush-hush'`)
    try {
      const limited = Object.assign(new URL(withDatabaseName(url, database)), { username: role, password: 'hush-hush' })
      const member = { id: 'a', url: limited.href }
      const fleet = createFleet({
        members: [member],
        dialect: () => postgresDialect({ url: member.url }),
        tiers: [graphOf(revisions(chain))],
        retry: { times: 0 },
      })
      const missing = { code: 'DATABASE_UNREACHABLE', remedy: missingRemedy }
      expect(await fleet.upgrade()).toMatchObject({ failed: 1, failures: [{ members: [missing] }] })
      await expect(fleet.create(member)).rejects.toMatchObject({
        remedy: `Create it: CREATE DATABASE "${database}"; or let the role create databases.`,
      })
      await query(`ALTER ROLE ${role} CREATEDB`)
      expect(await fleet.create(member)).toMatchObject({ applied: { length: 3 } })
      expect(await fleet.upgrade()).toMatchObject({ upToDate: 1, failed: 0 })
    } finally {
      await query(`DROP DATABASE IF EXISTS ${database}`)
      await query(`DROP ROLE ${role}`)
    }
  })

  it('The members of a query on a control database are created, migrated and read', async () => {
    const { url, sql: query } = await createDatabase()
    await query('CREATE TABLE tenants (name text, plan text)')
    await query("INSERT INTO tenants VALUES ('one', 'free'), ('two', 'paid'), ('three', 'free')")
    const toMember = ({ name, plan }: { readonly [column: string]: unknown }): FleetMember => ({
      id: String(name),
      schema: `tenant_${String(name)}`,
      labels: { plan: String(plan) },
    })
    const fleet = createFleet({
      members: queryMembers(postgresDialect({ url }), 'SELECT name, plan FROM tenants', toMember),
      dialect: ({ schema = '' }) => postgresDialect({ url, schema }),
      tiers: [graphOf(revisions(chain))],
      stages: [{ name: 'free', match: { labels: { plan: 'free' } } }, { name: 'paid' }],
      state: postgresDialect({ url }),
    })
    expect(await fleet.create({ id: 'one', schema: 'tenant_one' })).toEqual({
      applied: ['main:r1', 'main:r2', 'main:r3'],
    })
    expect(await fleet.upgrade()).toMatchObject({ migrated: 0, upToDate: 1, failed: 2 })
    await makeSchemas(query, ['tenant_two', 'tenant_three'])
    const result = await fleet.upgrade()
    expect(result).toMatchObject({
      stages: [
        { name: 'free', migrated: 1, upToDate: 1 },
        { name: 'paid', migrated: 1, upToDate: 0 },
      ],
    })
    expect(await fleet.record('two')).toMatchObject({ outcome: 'migrated', heads: ['r3'], stage: 'paid' })
    expect(await fleet.status()).toMatchObject({ groups: [{ state: 'atHead', count: 3 }], failures: [] })
  })
})

const withoutDots = hostile.filter((name) => !name.includes('.'))

describeOn('mariadb', 'a database for each member', (createDatabase) => {
  it('Hostile names are each a database of its own, planned once', async () => {
    const { url, sql: query } = await createDatabase()
    const [{ own = '' } = {}] = (await query('SELECT DATABASE() AS own')) as readonly { own?: string }[]
    const names = withoutDots.map((name) => `${own}_${name}`)
    const fleet = createFleet({
      members: names.map((schema) => ({ id: schema, schema })),
      dialect: ({ schema = '' }) => mysqlDialect({ url, schema }),
      tiers: [graphOf(revisions(chain))],
      parallel: 4,
      retry: { times: 0 },
    })
    try {
      for (const schema of names) await fleet.create({ id: schema, schema })
      expect(await fleet.status()).toMatchObject({ groups: [{ state: 'atHead', count: names.length }], failures: [] })
      const down = await fleet.downgrade('r2')
      expect(down.failures).toEqual([])
      const up = await fleet.upgrade()
      expect(up).toMatchObject({ migrated: names.length, failed: 0, plans: 1 })
      const counts = (await query(
        `SELECT TABLE_SCHEMA AS s, COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE '${own}\\\\_%' GROUP BY 1`,
      )) as readonly { s: string; n: unknown }[]
      expect(counts.map(({ s }) => s).sort()).toEqual([...names].sort())
      expect(new Set(counts.map(({ n }) => String(n))).size).toBe(1)
    } finally {
      for (const name of names) await query(`DROP DATABASE IF EXISTS \`${name.replaceAll('`', '``')}\``)
    }
  })

  it('A revision that leaves the database of its member fails, and changes nothing elsewhere', async () => {
    const { url, name, sql: query } = await createDatabase()
    const schema = `${name}_member`
    const fleetWith = (text: string): Fleet =>
      createFleet({
        members: [{ id: 'a', schema }],
        dialect: () => mysqlDialect({ url, schema }),
        tiers: [graphOf(revisions(line((op) => op.sql(text))))],
        retry: { times: 0 },
      })
    try {
      const refused = fleetWith(`/* as another tool does */ USE \`${name}\``)
      await expect(refused.create({ id: 'a', schema })).rejects.toMatchObject({ code: 'SESSION_SETTING_REFUSED' })
      await query(`CREATE PROCEDURE \`${schema}\`.moves() BEGIN EXECUTE IMMEDIATE 'USE \`${name}\`'; END`)
      for (const text of ['CALL moves()', `EXECUTE IMMEDIATE 'USE \`${name}\`'`, `/*!50000 USE \`${name}\` */`]) {
        const hidden = await fleetWith(text).upgrade()
        expect(hidden).toMatchObject({ migrated: 0, failures: [{ code: 'SESSION_SETTING_REFUSED' }] })
      }
      expect(
        await query(`SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${name}'`),
      ).toEqual([])
      await fleetWith(`CREATE TABLE \`${name}\`.shared (id INTEGER)`).upgrade()
      expect(
        await query(`SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${name}'`),
      ).toEqual([{ t: 'shared' }])
    } finally {
      await query(`DROP DATABASE IF EXISTS \`${schema}\``)
    }
  })

  it('A member whose database does not exist is named by each command, and made by create and ensure', async () => {
    const { url, name, sql: query } = await createDatabase()
    const ids = [`${name}_a`, `${name}_b`]
    const fleet = createFleet({
      members: [
        ...ids.map((schema) => ({ id: schema, schema })),
        { id: 'absent', url: withDatabaseName(url, 'there_is_none') },
      ],
      dialect: ({ schema, url: own = url }) => mysqlDialect(schema === undefined ? { url: own } : { url: own, schema }),
      tiers: [graphOf(revisions(chain))],
      retry: { times: 0 },
    })
    try {
      const members = [...ids, 'absent'].map((id) => ({ id, remedy: missingRemedy }))
      const failures = [
        {
          code: 'DATABASE_UNREACHABLE',
          count: 3,
          members: expect.arrayContaining(members.map((each) => expect.objectContaining(each))),
        },
      ]
      expect(await fleet.upgrade()).toMatchObject({ failed: 3, failures })
      expect(await fleet.status()).toMatchObject({ groups: [], failures })
      const [first = '', second = ''] = ids
      expect(await fleet.create({ id: first, schema: first })).toMatchObject({ applied: { length: 3 } })
      expect(await fleet.ensure({ id: second, schema: second })).toMatchObject({ applied: { length: 3 } })
      expect(await fleet.upgrade()).toMatchObject({ upToDate: 2, failed: 1 })
    } finally {
      for (const id of ids) await query(`DROP DATABASE IF EXISTS \`${id}\``)
    }
  })
})
