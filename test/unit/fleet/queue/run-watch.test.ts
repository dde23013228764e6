import { expect, it } from 'vitest'
import type { RunRecord } from '../../../../packages/fleet/src/state/runs.ts'
import { RunWatch } from '../../../../packages/fleet/src/work/run-watch.ts'

const record = (run: string, release: string, more: Partial<RunRecord> = {}): RunRecord => ({
  ...{ run, release, direction: 'up', isDead: false },
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:01.000Z',
  stages: [{ name: 'all', members: 2, migrated: 2, upToDate: 0, failed: 0 }],
  ...more,
})
const ended = { finishedAt: '2026-01-01T00:00:02.000Z' }

/** What a worker of the release `own` concludes of the runs that it reads, each with the ms since it began. */
function conclusions(...reads: readonly (readonly [ms: number, runs: readonly RunRecord[]])[]): readonly boolean[] {
  let now = 1_000
  const watch = new RunWatch('own', () => now)
  return reads.map(([ms, runs]) => {
    now = 1_000 + ms
    return watch.hasEnded(runs)
  })
}

it.each([
  [
    'that began before a second run waits for it, and ends with it',
    [
      [0, [record('a', 'own', ended)]],
      [2_000, [record('a', 'own', ended)]],
      [90_000, [record('b', 'own'), record('a', 'own', ended)]],
      [500_000, [record('b', 'own'), record('a', 'own', ended)]],
      [500_100, [record('b', 'own', ended), record('a', 'own', ended)]],
    ],
    [false, false, false, false, true],
  ],
  [
    'ends with a second run that it has never read while it was on',
    [
      [0, [record('a', 'own', ended)]],
      [2_000, [record('b', 'own', ended), record('a', 'own', ended)]],
    ],
    [false, true],
  ],
  [
    'that comes too late ends when no other run has begun',
    [
      [0, [record('a', 'own', ended)]],
      [119_000, [record('a', 'own', ended)]],
      [120_000, [record('a', 'own', ended)]],
    ],
    [false, false, true],
  ],
  [
    'that comes after a run with failures waits for the next one',
    [
      [0, [record('a', 'own', { ...ended, stopped: 'failures' })]],
      [600_000, [record('a', 'own', { ...ended, stopped: 'failures' })]],
    ],
    [false, false],
  ],
  [
    'of a run that was killed waits for the next one, and ends when one with other revisions has begun',
    [
      [0, [record('a', 'own')]],
      [60_000, [record('a', 'own', { isDead: true })]],
      [600_000, [record('a', 'own', { isDead: true })]],
      [601_000, [record('c', 'other'), record('a', 'own', { isDead: true })]],
    ],
    [false, false, false, true],
  ],
  [
    'that begins after a run that was killed and one with other revisions waits for the next one as long',
    [
      [0, [record('c', 'other', ended), record('a', 'own', { isDead: true })]],
      [100_000, [record('b', 'own'), record('c', 'other', ended), record('a', 'own', { isDead: true })]],
      [300_000, [record('b', 'own', ended), record('c', 'other', ended), record('a', 'own', { isDead: true })]],
    ],
    [false, false, true],
  ],
  [
    'waits for the first run',
    [
      [0, []],
      [600_000, [record('c', 'other', ended)]],
    ],
    [false, false],
  ],
] as const)('A worker %s', (_, reads, expected) => {
  expect(conclusions(...reads)).toEqual(expected)
})
