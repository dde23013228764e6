import { graphOf, integer, type Revision, revisions } from '@org/migrate-core'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line } from '../../kit/migrator.ts'
import { countRoundTrips } from '../../kit/round-trips.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'
import { chain } from './kit.ts'

const ofDataStep: readonly Revision[] = line(
  (op) => op.createTable('users', (t) => t.column('id', integer(), { nullable: false })),
  (op) =>
    op.run('fill', { up: async (db) => void (await db.execute('UPDATE users SET id = 2 WHERE id = 1')), down: 'none' }),
)

describeOnEach(['mariadb'], 'a member with a revision that is due', (createDatabase) => {
  /** The round trips of one more member, where others were in its state. */
  async function ofOneMore(revisionsOfAll: readonly Revision[], from: string): Promise<number> {
    const databases: string[] = []
    for (let at = 0; at < 8; at += 1) databases.push((await createDatabase()).url)
    const fleetOf = (urls: readonly string[]): Fleet =>
      createFleet({
        members: urls.map((url) => ({ id: url, url })),
        dialect: ({ url = '' }) => dialectFor('mysql', url),
        tiers: [graphOf(revisions(revisionsOfAll))],
        parallel: 1,
      })
    await fleetOf(databases).upgrade(from)
    const count = countRoundTrips(databases[0] ?? '')
    const during = async (urls: readonly string[]): Promise<number> => {
      const before = count()
      expect(await fleetOf(urls).upgrade()).toMatchObject({ migrated: urls.length, plans: 1 })
      return count() - before
    }
    // What the catalog says of a table is read once in a process, whatever the databases.
    await during(databases.slice(0, 1))
    return (await during(databases.slice(4))) - (await during(databases.slice(1, 4)))
  }

  it('Is read in one round trip before the lock and in one under it, where others were in its state', async () => {
    // Four to connect and set up, the lock, two reads, two parts with a note before each, the end of the step and of the lock.
    expect(await ofOneMore(chain, 'r2')).toBe(13)
  })

  it('Has its first data step in seven round trips under the lock', async () => {
    // The row of the lock, the table of preserved values, the bookkeeping before and after the step, the step, its end and that of the lock.
    expect(await ofOneMore(ofDataStep, 'r1')).toBe(14)
  })
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a member at head', (createDatabase, server) => {
  // PostgreSQL writes to its log what is read of a table that does not exist: it is asked first which ones do.
  const reads = server === 'postgres' ? 2 : 1

  it('Costs a connection and what is read of it, and takes no lock', async () => {
    const { url } = await createDatabase()
    const dialect = dialectFor(familyOf(server), url)
    const member = (at: number): FleetMember => ({ id: String(at), url })
    const tiers = [graphOf(revisions(chain))]
    const fleetOf = (members: number): Fleet =>
      createFleet({
        members: Array.from({ length: members }, (_, at) => member(at)),
        dialect: () => dialect,
        tiers,
        parallel: 1,
      })
    const fleet = fleetOf(1)
    await fleet.upgrade()
    const count = countRoundTrips(url)
    const during = async (work: () => Promise<unknown>): Promise<number> => {
      const before = count()
      await work()
      return count() - before
    }
    const connecting = await during(async () => (await dialect.connection.connect({ purpose: 'inspect' })).close())
    /** What one more member costs. */
    const ofOneMore = async (work: (fleet: Fleet) => Promise<unknown>): Promise<number> =>
      (await during(() => work(fleetOf(3)))) - (await during(() => work(fleetOf(2)))) - connecting
    const ensuring = fleetOf(1)
    await ensuring.ensure(member(0))
    expect({
      upgrade: await ofOneMore((each) => each.upgrade()),
      plan: await ofOneMore((each) => each.plan()),
      status: await ofOneMore((each) => each.status()),
      ensure: (await during(() => ensuring.ensure(member(0)))) - connecting,
    }).toEqual({ upgrade: reads, plan: reads, status: reads, ensure: reads })
  })
})
