import { graphOf, revisions } from '@org/migrate-core'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { countRoundTrips } from '../../kit/round-trips.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'
import { chain } from './kit.ts'

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
