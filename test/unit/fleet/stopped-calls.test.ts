import { graphOf, type Revision, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { rowsOf } from '../run/kit.ts'
import { chain, fileOf, fleetOf, makeMembers, newFolder } from './kit.ts'

/** A data step that waits until it is let go, or the run is stopped. */
function waiting() {
  let start = (): void => undefined
  let letGo = (): void => undefined
  const hasStarted = new Promise<void>((resolve) => {
    start = resolve
  })
  const isLetGo = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const history: readonly Revision[] = [
    ...chain,
    {
      revision: 'r4',
      downRevision: 'r3',
      upgrade: (op) =>
        op.run('waits', {
          up: async () => {
            start()
            await isLetGo
          },
          down: 'none',
        }),
    },
  ]
  return { history, hasStarted, letGo: () => letGo() }
}

async function started() {
  const folder = newFolder()
  const [member = { id: '' }] = await makeMembers(folder, ['m1'], 'r1')
  const step = waiting()
  const fleet = fleetOf([member], { tiers: [graphOf(revisions(step.history))] })
  return { ...step, fleet, member, file: fileOf(folder, 'm1') }
}

const versionIn = (file: string): unknown => rowsOf(file, 'SELECT version_num FROM migrate_version')

it('A call of ensure or create that is stopped before it begins changes nothing', async () => {
  const { fleet, member, file } = await started()
  const signal = AbortSignal.abort()
  await expect(fleet.ensure(member, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(fleet.create(member, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  expect(versionIn(file)).toEqual([{ version_num: 'r1' }])
})

it('The only call of a run ends it by its signal, at the boundary of a revision', async () => {
  const { fleet, member, file, hasStarted, letGo } = await started()
  const stop = new AbortController()
  const call = fleet.create(member, { signal: stop.signal })
  await hasStarted
  stop.abort()
  letGo()
  await expect(call).rejects.toMatchObject({ code: 'ABORTED', location: { revision: 'r4' } })
  expect(versionIn(file)).toEqual([{ version_num: 'r3' }])
})

it('One call of several leaves, and the run goes on for the others', async () => {
  const { fleet, member, file, hasStarted, letGo } = await started()
  const stop = new AbortController()
  const leaving = fleet.ensure(member, { signal: stop.signal })
  const staying = fleet.ensure(member)
  await hasStarted
  stop.abort()
  await expect(leaving).rejects.toMatchObject({ code: 'ABORTED' })
  letGo()
  expect(await staying).toMatchObject({ applied: ['main:r2', 'main:r3', 'main:r4'] })
  expect(versionIn(file)).toEqual([{ version_num: 'r4' }])
})

it('Calls with one signal end their run together, and a call behind them has one of its own', async () => {
  const { fleet, member, file, hasStarted, letGo } = await started()
  const stop = new AbortController()
  const calls = [1, 2].map(() => fleet.ensure(member, { signal: stop.signal }))
  await hasStarted
  stop.abort()
  const next = fleet.ensure(member)
  letGo()
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await next).toMatchObject({ applied: ['main:r4'] })
  expect(versionIn(file)).toEqual([{ version_num: 'r4' }])
})
