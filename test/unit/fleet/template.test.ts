import { rmSync } from 'node:fs'
import {
  expression,
  graphOf,
  integer,
  type OperationRecorder,
  type Revision,
  revisions,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { withDatabaseName } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { differencesBetween } from '../../autogenerate/snapshot/kit.ts'
import { line } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { executeIn } from '../run/kit.ts'
import { fileOf, newFolder } from './kit.ts'

/** A history with reference rows, a view, a trigger's function on PostgreSQL, and a data step that writes elsewhere. */
const whole: readonly Revision[] = line(
  (op) => {
    op.createTable('roles', (t) => {
      t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
      t.column('name', varchar(50), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('role', integer())
      t.column('name', varchar(50))
      t.primaryKey(['id'])
      t.foreignKey({ name: 'users_role_fk', columns: ['role'], references: { table: 'roles', columns: ['id'] } })
      t.index('users_name', ['name'])
    })
  },
  (op) => op.insertRows('roles', [{ name: 'reader' }, { name: 'writer' }]),
  (op) => {
    op.createView('names', expression('SELECT id, name FROM users'))
    op.run('fill names', {
      up: async (db) => void (await db.execute("UPDATE users SET name = 'nameless' WHERE name IS NULL")),
      down: 'none',
      to: [{ table: 'users', columns: ['name'] }],
    })
  },
  (op) =>
    op.on({
      sqlite: () => undefined,
      mysql: () => undefined,
      postgres(its) {
        its.sql(
          'CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := lower(NEW.name); RETURN NEW; END $$',
        )
        its.sql('CREATE TRIGGER users_named BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION named()')
      },
    }),
)

const stamped = ['main:r1', 'main:r2', 'main:r3', 'main:r4']

function fleetOf(
  members: readonly FleetMember[],
  dialect: (member: FleetMember) => UnloadedDialect,
  history: readonly Revision[] = whole,
  state?: UnloadedDialect,
): Fleet {
  return createFleet({
    members,
    dialect,
    tiers: [graphOf(revisions(history))],
    template: true,
    ...(state === undefined ? {} : { state }),
  })
}

/** The same members, one by the template and one by the revisions. */
async function expectEqual(
  dialect: (member: FleetMember) => UnloadedDialect,
  [templated, other]: readonly [FleetMember, FleetMember],
): Promise<void> {
  const fleet = fleetOf([templated, other], dialect)
  const created = await fleet.create(templated)
  expect(created).toEqual({ applied: [], loaded: stamped })
  const plain = createFleet({ members: [templated, other], dialect, tiers: [graphOf(revisions(whole))] })
  expect(await plain.create(other)).toEqual({ applied: stamped })
  expect(await differencesBetween(dialect(other), dialect(templated))).toEqual([])
  expect(await plain.status()).toMatchObject({ groups: [{ state: 'atHead', count: 2 }], failures: [] })
  expect((await plain.history(templated)).map(({ direction, revision }) => [direction, revision])).toEqual([
    ['load', 'r1'],
    ['load', 'r2'],
    ['load', 'r3'],
    ['load', 'r4'],
  ])
  // A later revision runs on both.
  const more: Revision = {
    revision: 'r5',
    downRevision: 'r4',
    upgrade: (op) => op.alterTable('users', (t) => t.addColumn('locale', varchar(12))),
  }
  const next = createFleet({ members: [templated, other], dialect, tiers: [graphOf(revisions([...whole, more]))] })
  expect(await next.upgrade()).toMatchObject({ migrated: 2, failed: 0 })
}

describe('sqlite: members from a template', () => {
  let folder: string
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const dialect = ({ url = '' }: FleetMember): UnloadedDialect => sqliteDialect({ url })
  const member = (id: string): FleetMember => ({ id, url: `sqlite:///${fileOf(folder, id)}` })

  it('A file of a new member is what the revisions make of one, and its history tells how it came', async () => {
    await expectEqual(dialect, [member('a'), member('b')])
  })

  it('What a template may not hold is made by the revisions, and the answer says why', async () => {
    const token = (op: OperationRecorder): void =>
      op.run('give tokens', {
        up: async (db) => void (await db.execute("UPDATE roles SET name = 'secret ' || hex(randomblob(8))")),
        down: 'none',
      })
    const owned = (op: OperationRecorder): void => op.sql('INSERT INTO users SELECT 1, 1, hex(randomblob(8))')
    const attached = (op: OperationRecorder): void => op.sql('PRAGMA user_version = 7')
    for (const [extra, why] of [
      [token, 'the rows of roles, which the data step "give tokens" of r5 may have changed'],
      [owned, 'the rows of users, which a data step or SQL writes'],
      [attached, 'what SQL of r5 does: PRAGMA user_version = 7'],
    ] as const) {
      const history = [...whole, { revision: 'r5', downRevision: 'r4', upgrade: extra }]
      const id = `m${why.length}`
      const created = await fleetOf([member(id)], dialect, history).create(member(id))
      expect(created).toEqual({ applied: [...stamped, 'main:r5'], withoutTemplate: `a template does not hold ${why}` })
    }
  })

  it('A template is recorded in the state for its revisions, and another process takes it from there', async () => {
    const state = sqliteDialect({ url: `sqlite:///${folder}/fleet.db` })
    await fleetOf([], dialect, whole, state).create(member('a'))
    executeIn(fileOf(folder, 'fleet'), `UPDATE fleet_templates SET missing = '["what was read"]'`)
    expect(await fleetOf([], dialect, whole, state).create(member('b'))).toEqual({
      applied: stamped,
      withoutTemplate: 'a template does not hold what was read',
    })
    expect(await fleetOf([], dialect, whole.slice(0, 3), state).create(member('c'))).toEqual({
      applied: [],
      loaded: stamped.slice(0, 3),
    })
  })

  it('Two calls for one member make it once, and a member that is there is left as it is', async () => {
    const [one, other] = [fleetOf([], dialect), fleetOf([], dialect)]
    const results = await Promise.all([one.create(member('a')), other.create(member('a')), one.create(member('a'))])
    const made = results.filter(({ loaded }) => loaded !== undefined)
    expect(made.length).toBeGreaterThan(0)
    expect(await one.history(member('a'))).toHaveLength(4)
    expect(await one.create(member('a'))).toEqual({ applied: [] })
  })
})

describeOn('postgres', 'members from a template', (createDatabase) => {
  it('A schema', async () => {
    const { url, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => postgresDialect({ url, schema })
    await expectEqual(dialect, [
      { id: 'a', schema: 'Tenant "a"' },
      { id: 'b', schema: 'tenant_b' },
    ])
    expect(
      await sql(`SELECT n.nspname::text AS s, p.proname::text AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.proname = 'named' ORDER BY 1`),
    ).toEqual([
      { s: 'Tenant "a"', f: 'named' },
      { s: 'tenant_b', f: 'named' },
    ])
    expect(await sql("SELECT relname::text AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([])
    await sql(`INSERT INTO "Tenant ""a""".users VALUES (1, 1, 'LOUD')`)
    expect(await sql(`SELECT name FROM "Tenant ""a""".users`)).toEqual([{ name: 'loud' }])
  })

  it('A database', async () => {
    const { url, name, sql } = await createDatabase()
    const dialect = (member: FleetMember): UnloadedDialect => postgresDialect({ url: member.url ?? '' })
    const ids = [`${name}_a`, `${name}_b`] as const
    try {
      await expectEqual(dialect, [
        { id: 'a', url: withDatabaseName(url, ids[0]) },
        { id: 'b', url: withDatabaseName(url, ids[1]) },
      ])
    } finally {
      for (const id of ids) await sql(`DROP DATABASE IF EXISTS "${id}"`)
    }
  })
})

describeOn('mariadb', 'members from a template', (createDatabase) => {
  it('A database', async () => {
    const { url, name, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => mysqlDialect({ url, schema })
    const ids = [`${name}_a`, `${name}_b`] as const
    try {
      await expectEqual(dialect, [
        { id: 'a', schema: ids[0] },
        { id: 'b', schema: ids[1] },
      ])
    } finally {
      for (const id of ids) await sql(`DROP DATABASE IF EXISTS \`${id}\``)
    }
  })
})
