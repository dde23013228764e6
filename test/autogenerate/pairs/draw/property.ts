import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { caseSeed, onlyCase, runSeed } from '../../../kit/random.ts'
import { counts, longRun } from '../../../kit/scale.ts'
import { projectFolder } from '../../render/kit.ts'
import { mutationsOn, randomPair } from './pair.ts'
import { type Outcome, type PairSubject, runPair } from './run.ts'

/** How often something was met. */
type Tally = Map<string, number>

const add = (tally: Tally, what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1)

const listed = (tally: Tally): string =>
  [...tally]
    .sort(([, a], [, b]) => b - a)
    .map(([what, times]) => `${what} ${times}`)
    .join(', ')

/** What a refusal is about, without the names that are in it. */
const reasonOf = (line: string): string => line.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`/g, '…').slice(0, 90)

/** Of one case that is replayed: its files, and what was refused. */
function shown(folder: string, { refusals }: Outcome): string {
  const files = ['r1.ts', 'r2.ts'].map((name) => join(folder, name)).filter((file) => existsSync(file))
  return [...files.map((file) => readFileSync(file, 'utf8')), ...refusals].join('\n')
}

export function pairsHold(subject: PairSubject): void {
  const seed = runSeed()
  const only = onlyCase()
  const cases = only === undefined ? Array.from({ length: counts.randomPairs }, (_, at) => at) : [only]
  const project = projectFolder()
  const mutations: Tally = new Map()
  const refusals: Tally = new Map()
  const downgradeKinds: Tally = new Map()
  let runCount = 0
  const share = { tables: 0, withRows: 0, changes: 0, withRemainingRows: 0 }

  const count = (names: readonly string[], { changes, filled, back, refusals: lines }: Outcome): void => {
    for (const name of names) add(mutations, name)
    for (const line of lines) add(refusals, reasonOf(line))
    add(downgradeKinds, back)
    share.tables += filled.tables
    share.withRows += filled.withRows
    share.changes += changes.length
    if (!lines.some((line) => line.startsWith('rows'))) share.withRemainingRows += 1
  }

  afterAll(() => {
    console.log(
      [
        `${subject.name}: ${runCount} of ${cases.length} pairs of schemas, TEST_SEED=${seed}, ${share.changes} changes`,
        `  mutations: ${listed(mutations)}`,
        `  tables with rows: ${share.withRows} of ${share.tables}; pairs whose rows stayed: ${share.withRemainingRows}`,
        `  downgrades: ${listed(downgradeKinds)}`,
        `  refused: ${listed(refusals) || 'nothing'}`,
      ].join('\n'),
    )
  })

  test(`${cases.length} pairs: what is generated leads from one to the other, and back`, async () => {
    const failures: string[] = []
    for (const at of cases) {
      const own = caseSeed(seed, at)
      const pair = randomPair(own, at, subject)
      const names = pair.mutations.length === 0 ? ['equal'] : pair.mutations
      const isNew = names.some((name) => !mutations.has(name))
      if (at >= counts.firstOfRandom && only === undefined && !isNew) continue
      const outcome = await runPair(subject, pair, { folder: join(project.path, `pair${at}`), seed: own })
      runCount += 1
      count(names, outcome)
      if (outcome.problems.length > 0)
        failures.push(
          `TEST_SEED=${seed} TEST_CASE=${at} (${pair.mutations.join(', ')}): ${outcome.problems.join('\n    ')}`,
        )
      if (only !== undefined) console.log(shown(join(project.path, `pair${at}`), outcome))
    }
    expect(failures.length, `${failures.slice(0, 15).join('\n')}\n`).toBe(0)
  })

  describe.skipIf(only !== undefined)('the pairs', () => {
    test('have every mutation often enough', () => {
      const least = Math.max(1, Math.floor(runCount / 100))
      const rare = mutationsOn(subject.random, subject.fragments).filter(([name]) => (mutations.get(name) ?? 0) < least)
      expect(rare.map(([name]) => name)).toEqual([])
      expect(mutations.get('unrelated') ?? 0).toBeGreaterThanOrEqual(longRun ? Math.floor(cases.length / 4) : 1)
    })
  })
}
