import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it, test } from 'vitest'
import { describeOnEach } from '../../kit/servers.ts'
import { executeIn } from '../run/kit.ts'
import { fileOf, fleetOf, makeMembers, newFolder } from './kit.ts'

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
