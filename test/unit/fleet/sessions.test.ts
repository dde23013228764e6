import { graphOf, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type FleetMember } from '@org/migrate-fleet'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { chain, dialectOf, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

/** The dialect, and the purposes that its sessions are for. */
function recordingSessions(dialect: UnloadedDialect, purposes: string[]): UnloadedDialect {
  const { connection } = dialect
  return {
    ...dialect,
    connection: {
      ...connection,
      connect(options) {
        purposes.push(options.purpose)
        return connection.connect(options)
      },
    },
  }
}

describe('the sessions of a run over a fleet', () => {
  it('Are one for a member, once another one had something due', async () => {
    const members = await makeMembers(newFolder(), numbered(5), 'r2')
    const purposes: string[] = []
    const dialect = (member: FleetMember) => recordingSessions(dialectOf(member), purposes)
    expect(await fleetOf(members, { dialect, parallel: 1 }).upgrade()).toMatchObject({ migrated: 5, failed: 0 })
    expect(purposes).toEqual(['inspect', 'run', 'run', 'run', 'run', 'run'])
    purposes.length = 0
    expect(await fleetOf(members, { dialect, parallel: 1 }).upgrade()).toMatchObject({ upToDate: 5, failed: 0 })
    expect(purposes).toEqual(['inspect', 'inspect', 'inspect', 'inspect', 'inspect'])
  })
})

describeOn('postgres', 'a member that takes no changes', (createDatabase) => {
  it('Is up to date where nothing is due, whatever the others need', async () => {
    const [writable, readOnly] = [await createDatabase(), await createDatabase()]
    await migratorOf(postgresDialect({ url: readOnly.url }), chain).upgrade()
    await writable.sql(`ALTER DATABASE ${readOnly.name} SET default_transaction_read_only = on`)
    const fleet = createFleet({
      members: [
        { id: 'writable', url: writable.url },
        { id: 'readOnly', url: readOnly.url },
      ],
      dialect: ({ url = '' }) => postgresDialect({ url }),
      tiers: [graphOf(revisions(chain))],
      parallel: 1,
      retry: { times: 0 },
    })
    expect(await fleet.upgrade()).toMatchObject({ migrated: 1, upToDate: 1, failed: 0 })
  })
})
