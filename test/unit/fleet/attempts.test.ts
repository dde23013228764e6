import { type ErrorOutcome, graphOf, MigrateError, type Revision, type RunResult, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { beforeEach, expect, it } from 'vitest'
import { AttemptChanges } from '../../../packages/fleet/src/row-changes.ts'
import { chain, fileOf, fleetOf, makeMembers, newFolder } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})

const lost = (outcome?: ErrorOutcome): MigrateError =>
  new MigrateError('CONNECTION_LOST', { database: 'the server', what: 'the connection' }, 'The connection was lost.', {
    ...(outcome === undefined ? {} : { outcome, location: { tier: 'main', revision: 'r4', direction: 'up' } }),
  })

/** A data step behind the chain that loses its connection so often. */
function losing(times: number): readonly Revision[] {
  let left = times
  return [
    ...chain,
    {
      revision: 'r4',
      downRevision: 'r3',
      upgrade: (op) =>
        op.run('asks the server', {
          up: async () => {
            if (left === 0) return
            left -= 1
            throw lost()
          },
          down: 'none',
        }),
    },
  ]
}

async function upgraded(history: readonly Revision[], times = 1) {
  const members = await makeMembers(folder, ['m1'], 'r1')
  const fleet = fleetOf(members, {
    tiers: [graphOf(revisions(history))],
    retry: { times, delayMs: 1 },
    state: sqliteDialect({ url: `sqlite:///${fileOf(folder, 'state')}` }),
  })
  const finished: unknown[] = []
  const result = await fleet.upgrade(undefined, {
    onEvent: (event) => {
      if (event.type === 'memberFinished') finished.push(event.applied)
    },
  })
  return { fleet, result, finished, record: await fleet.record('m1') }
}

it('A member has applied what any of its attempts applied', async () => {
  const { result, finished, record } = await upgraded(losing(1))
  expect(result).toMatchObject({ migrated: 1, upToDate: 0, failed: 0 })
  const applied = ['main:r2', 'main:r3', 'main:r4']
  expect(finished).toEqual([applied])
  expect(record).toMatchObject({ outcome: 'migrated', attempts: 2, applied })
})

it('A member that fails in the end has applied what stays of its attempts', async () => {
  const { result, record, fleet } = await upgraded(losing(9))
  expect(result).toMatchObject({ migrated: 0, failed: 1 })
  expect(record).toMatchObject({ outcome: 'failed', attempts: 2, applied: ['main:r2', 'main:r3'] })
  const [group] = (await fleet.status()).groups
  expect(group).toMatchObject({ heads: ['r3'], pending: 1 })
})

it.each([
  [[], ['main:r4']],
  [['main:r4'], ['main:r4']],
  [
    ['main:r4', 'main:r5'],
    ['main:r4', 'main:r5'],
  ],
])('Of a commit without an answer, behind which %j ran, the losses are counted once', (ran, applied) => {
  const changes = new AttemptChanges()
  const loss = {
    type: 'loss',
    tier: 'main',
    revision: 'r4',
    direction: 'up',
    object: 'column users.name',
    rows: 3,
  } as never
  changes.onEvent(loss)
  changes.fail(lost('unknown'))
  const losses = ran.includes('main:r4') ? [{ revision: 'r4', rows: 3 }] : []
  const { applied: found, losses: all } = changes.of({
    applied: ran,
    losses,
    reports: [],
    warnings: [],
  } as unknown as RunResult)
  expect(found).toEqual(applied)
  expect(all).toMatchObject([{ revision: 'r4', rows: 3 }])
})
