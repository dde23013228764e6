import { graphOf, type Revision, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { MemberRecord } from '@org/migrate-fleet'
import { expect, it, test } from 'vitest'
import { FleetState } from '../../../packages/fleet/src/state/store.ts'
import { describeOnEach } from '../../kit/servers.ts'
import { executeIn } from '../run/kit.ts'
import { chain, fileOf, fleetOf, makeMembers, newFolder } from './kit.ts'

describeOnEach(['mariadb', 'mysql'], 'the state of a fleet', (createDatabase) => {
  it('Tells apart members whose ids differ only in case, in accents or in a blank at the end', async () => {
    const { url } = await createDatabase()
    const folder = newFolder()
    const files = await makeMembers(folder, ['m1', 'm2', 'm3', 'm4', 'm5'], 'r1')
    const ids = ['acme', 'Acme', 'acmé', 'acme ', 'ACME']
    const members = files.map((member, at) => ({ ...member, id: ids[at] ?? '' }))
    const fleet = fleetOf(members, { state: mysqlDialect({ url }) })
    expect(await fleet.upgrade()).toMatchObject({ migrated: 5, failed: 0 })
    expect(await fleet.upgrade()).toMatchObject({ upToDate: 5, failed: 0 })
    expect((await fleet.records()).map(({ id }) => id).sort()).toEqual(['ACME', 'Acme', 'acme', 'acme ', 'acmé'])
    expect(await fleet.record('acme ')).toMatchObject({ id: 'acme ', outcome: 'upToDate' })
  })
})

test('A state of an earlier version is read before a run brings it to its newest form', async () => {
  const folder = newFolder()
  const state = fileOf(folder, 'state')
  const fleet = fleetOf(await makeMembers(folder, ['m1', 'm2'], 'r1'), {
    state: sqliteDialect({ url: `sqlite:///${state}` }),
  })
  expect(await fleet.records()).toEqual([])
  await fleet.upgrade('r2')
  executeIn(state, 'ALTER TABLE fleet_members DROP COLUMN changes')
  executeIn(state, "UPDATE fleet_version SET version_num = 'f1ee70000003'")
  expect(await fleet.records()).toMatchObject([
    { id: 'm1', heads: ['r2'], applied: [] },
    { id: 'm2', heads: ['r2'], applied: [] },
  ])
  expect(await fleet.runs()).toHaveLength(1)
  expect(await fleet.upgrade()).toMatchObject({ migrated: 2, failed: 0 })
  expect(await fleet.runs()).toHaveLength(2)
  expect(await fleet.record('m1')).toMatchObject({ id: 'm1', applied: ['main:r3'] })
})

/** As a driver, or a data step, may put them into its message: a NUL, and a text that was cut in the middle of a character. */
const odd = `bad row \0${'🙂'.slice(0, 1)}`

const failing: readonly Revision[] = [
  ...chain,
  {
    revision: 'r4',
    downRevision: 'r3',
    upgrade: (op) =>
      op.run('reads rows', {
        up: async () => {
          throw new Error(odd)
        },
        down: 'none',
      }),
  },
]

const stateOn = (name: string, url: string): UnloadedDialect =>
  name === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a state on a server', (createDatabase, name) => {
  it('Records a failure whose text the server can store in none of its texts, and the other members too', async () => {
    const { url } = await createDatabase()
    const members = await makeMembers(newFolder(), ['m1', 'm2'], 'r3')
    const fleet = fleetOf(members, { tiers: [graphOf(revisions(failing))], state: stateOn(name, url) })
    expect(await fleet.upgrade()).toMatchObject({ members: 2, failed: 2 })
    for (const id of ['m1', 'm2'])
      expect(await fleet.record(id)).toMatchObject({ id, message: expect.stringContaining('bad row \uFFFD\uFFFD') })
  })

  it('Is written by two runs at a time', async () => {
    const { url } = await createDatabase()
    const members = await makeMembers(newFolder(), ['m1'], 'r3')
    await fleetOf(members, { state: stateOn(name, url) }).upgrade()
    const record = (run: string, at: number): MemberRecord => ({
      ...{ id: `m${at}`, outcome: 'upToDate', heads: ['r3'], stage: 'all', run, attempts: 1 },
      ...{ finishedAt: '2026-11-30T00:00:00.000Z', durationMs: 1, applied: [], warnings: [] },
    })
    const states = await Promise.all(['one', 'two'].map(() => FleetState.open(stateOn(name, url))))
    for (let round = 0; round < 10; round += 1) {
      for (let at = 0; at < 50; at += 1) for (const [of, state] of states.entries()) state.add(record(`run ${of}`, at))
      await Promise.all(states.map((state) => state.written()))
    }
    await Promise.all(states.map((state) => state.close()))
    expect(await fleetOf(members, { state: stateOn(name, url) }).records()).toHaveLength(50)
  })
})
