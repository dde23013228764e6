import { createMigrator, graphOf, type Revision, revisions, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { contextOf, withLock } from '@org/migrate-core/internal'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { chain, numbered } from './kit.ts'

const tiers = [graphOf(revisions(chain))]

/** Where each of the members failed. */
async function causes(fleet: Fleet): Promise<readonly string[]> {
  const { failures } = await fleet.upgrade()
  return failures.flatMap(({ code, members }) => members.map(({ id }) => `${id} ${code}`)).sort()
}

/** Holds the lock of a run on the database until the work has ended. */
function whileLocked<T>(dialect: UnloadedDialect, work: () => Promise<T>): Promise<T> {
  const { resolved } = contextOf('test', createMigrator({ dialect, tiers }))
  return withLock(resolved, {}, work)
}

/** Where DDL commits, it can end between its two statements. */
const inTwoCommits: readonly Revision[] = [
  ...chain.slice(0, 2),
  {
    revision: 'r3',
    downRevision: 'r2',
    upgrade: (op) => {
      op.alterTable('users', (t) => t.addColumn('locale', varchar(12)))
      op.sql('ALTER TABLE notes ADD COLUMN x INTEGER')
    },
  },
]

const good = numbered(counts.fleetMembers, 'good')

describeOn('postgres', 'bad schemas among good ones', (createDatabase) => {
  it('Are each named with the cause, the others are migrated, and a run after the repair finishes', async () => {
    const { url, sql }: TestDatabase = await createDatabase()
    const role = `fleet_${Date.now().toString(36)}`
    const own = (schema: string, at = url): FleetMember => ({ id: schema, schema, url: at })
    const dialect = ({ url: at = '', schema = '' }: FleetMember): UnloadedDialect =>
      postgresDialect({ url: at, schema })
    const bad = ['drift', 'heads', 'locked', 'rights', 'tampered']
    const fleetOf = (members: readonly FleetMember[]): Fleet =>
      createFleet({ members, dialect, tiers, lockWaitMs: 300, retry: { times: 0 } })
    const whole = [...good, ...bad].map((schema) => own(schema))
    for (const { id } of whole) await sql(`CREATE SCHEMA ${id}`)
    expect(await fleetOf(whole).upgrade('r2')).toMatchObject({ migrated: whole.length, failed: 0 })
    await sql('DROP TABLE drift.users')
    await sql("UPDATE heads.migrate_version SET version_num = 'unknown1'")
    await sql('ALTER TABLE tampered.migrate_history DROP COLUMN direction')
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'fleet'`)
    try {
      const limited = new URL(url)
      limited.username = role
      limited.password = 'fleet'
      const unreachable = new URL(url)
      unreachable.port = '1'
      const planted = [
        ...whole.filter(({ id }) => id !== 'rights'),
        own('rights', limited.href),
        own('unreachable', unreachable.href),
      ]
      const found = await whileLocked(dialect(own('locked')), () => causes(fleetOf(planted)))
      expect(found).toEqual([
        'drift OBJECT_MISSING',
        'heads UNKNOWN_APPLIED_REVISION',
        'locked LOCKED',
        'rights DATABASE_UNREACHABLE',
        'tampered BOOKKEEPING_INVALID',
        'unreachable DATABASE_UNREACHABLE',
      ])
      const at = await fleetOf(whole).status()
      expect(at.groups[0]).toMatchObject({ state: 'atHead', count: good.length })
      for (const schema of ['drift', 'heads', 'tampered'])
        await sql(`DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema}`)
      expect(await fleetOf(whole).upgrade()).toMatchObject({ migrated: 5, upToDate: good.length, failed: 0 })
    } finally {
      await sql(`DROP ROLE ${role}`)
    }
  })
})

describeOn('mariadb', 'bad databases among good ones', (createDatabase) => {
  it('Are each named with the cause, also one that was interrupted, and a run after the repair finishes', async () => {
    const { url, name, sql } = await createDatabase()
    const nameOf = (id: string): string => `${name}_${id}`
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => mysqlDialect({ url, schema })
    const bad = ['drift', 'heads', 'interrupted', 'locked', 'tampered']
    const ids = [...good, ...bad]
    const member = (id: string): FleetMember => ({ id, schema: nameOf(id) })
    const history = [graphOf(revisions(inTwoCommits))]
    const fleet = createFleet({
      members: ids.map(member),
      dialect,
      tiers: history,
      lockWaitMs: 300,
      retry: { times: 0 },
    })
    try {
      const earlier = createFleet({ members: [], dialect, tiers: [graphOf(revisions(chain.slice(0, 2)))] })
      for (const id of ids) await earlier.create(member(id))
      await sql(`DROP TABLE \`${nameOf('drift')}\`.users`)
      await sql(`UPDATE \`${nameOf('heads')}\`.migrate_version SET version_num = 'unknown1'`)
      await sql(`ALTER TABLE \`${nameOf('tampered')}\`.migrate_history DROP COLUMN direction`)
      // The table of r3 is made and committed, and the column of the same revision can't be.
      await sql(`ALTER TABLE \`${nameOf('interrupted')}\`.notes ADD COLUMN x INTEGER`)
      const found = await whileLocked(dialect(member('locked')), () => causes(fleet))
      expect(found).toEqual([
        'drift OBJECT_MISSING',
        'heads UNKNOWN_APPLIED_REVISION',
        'interrupted STATEMENT_FAILED',
        'locked LOCKED',
        'tampered BOOKKEEPING_INVALID',
      ])
      const { groups } = await fleet.status()
      expect(groups).toContainEqual(expect.objectContaining({ state: 'interrupted', members: ['interrupted'] }))
      await sql(`ALTER TABLE \`${nameOf('interrupted')}\`.notes DROP COLUMN x`)
      for (const id of ['drift', 'heads', 'tampered']) {
        await sql(`DROP DATABASE \`${nameOf(id)}\``)
        await earlier.create(member(id))
      }
      expect(await fleet.upgrade()).toMatchObject({ migrated: 5, upToDate: good.length, failed: 0 })
    } finally {
      for (const id of ids) await sql(`DROP DATABASE IF EXISTS \`${nameOf(id)}\``)
    }
  })
})
