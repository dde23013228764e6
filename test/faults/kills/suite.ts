import { describe, expect, it } from 'vitest'
import { counts, longRun } from '../../kit/scale.ts'
import { serverUrl } from '../../kit/servers.ts'
import { record } from '../figures.ts'
import type { Ground, GroundName } from '../grounds/ground.ts'
import { groundOn } from '../grounds/index.ts'
import { type Figures, killMatrix, type Leg, type MatrixOptions } from '../runner/matrix.ts'
import type { ScenarioName } from '../scenarios/index.ts'
import { downgradeLegs, upgradeLegs } from '../scenarios/open-webui.ts'

/** There through all revisions, and back. */
function upAndDown(names: readonly string[]): readonly Leg[] {
  return [
    ...names.map((name) => ({ name, direction: 'up' as const, target: name })),
    ...[...names]
      .reverse()
      .map((name, at, all) => ({ name, direction: 'down' as const, target: all[at + 1] ?? 'base' })),
  ]
}

const [a, b, c] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc']

export type Set = 'there' | 'back' | Exclude<ScenarioName, 'openWebui' | 'slow'>

const legsOf: { readonly [S in Set]: readonly Leg[] } = {
  there: upgradeLegs,
  back: downgradeLegs,
  changes: upAndDown([a, b, c]),
  backfills: upAndDown([a, b]),
  mixed: upAndDown([a, b, c]),
  rebuilds: upAndDown([a, b]),
  opaque: [a, b].map((name) => ({ name, direction: 'up' as const, target: name })),
}

/** Segments commit one after the other; MySQL and MariaDB commit at each statement of DDL. */
const isWhole = (ground: Ground, set: Set): boolean => ground.dialect !== 'mysql' && set !== 'mixed'

/** What an inspection shows of whether the author's own statement ran. */
async function ran(ground: Ground, part: number): Promise<boolean> {
  const [entry] = await ground.rows(`SELECT statements FROM migrate_journal WHERE position = ${part}`)
  const [evidence] = String(entry?.statements).includes('CREATE INDEX')
    ? await ground.rows("SHOW INDEX FROM t WHERE Key_name = 't_c'")
    : await ground.rows("SHOW COLUMNS FROM t LIKE 'c'")
  return evidence !== undefined
}

export function onGround(make: () => Promise<Ground>, body: (ground: Ground) => Promise<void>): () => Promise<void> {
  return async () => {
    const ground = await make()
    try {
      await body(ground)
    } finally {
      await ground.close()
    }
  }
}

export function isThere(name: GroundName): boolean {
  return name === 'sqlite' || serverUrl(name) !== undefined
}

/** All were killed where they should be, and nothing was found that is not as in an undisturbed run. */
export function expectRight(figures: Figures): void {
  expect(figures.wrong).toEqual([])
  expect(figures.kills).toBe(figures.intended)
  expect(figures.kills).toBeGreaterThan(3)
  expect(figures.old + figures.new + figures.parts).toBe(figures.kills)
}

const optionsOf = (ground: Ground, set: Set): MatrixOptions => {
  const whole = set === 'there' || set === 'back'
  return {
    ground,
    scenario: whole ? 'openWebui' : set,
    legs: legsOf[set],
    everyLeg: set === 'there' ? counts.killedLegEvery : set === 'back' ? counts.killedLegBackEvery : 1,
    // Of its many boundaries most are batches of one kind.
    everyPoint: set === 'backfills' ? 3 * counts.killEvery - 2 : counts.killEvery,
    whole: () => isWhole(ground, set),
    onToHead: set === 'there',
    // Inside statements it is killed by the other sets, and at random.
    boundariesOnly: whole,
    ...(set === 'opaque' ? { ran } : {}),
  }
}

/** A run that is killed at every boundary to its database; `long`: sets that an ordinary run proves on another server. */
export function kills(name: GroundName, some: readonly Set[], long: readonly Set[] = []): void {
  const sets = longRun ? [...some, ...long] : some
  const titles: { readonly [S in Set]: string } = {
    there: 'of each revision of the whole chain, with rows, is ended by the next run, as if nothing had been',
    back: 'of each downgrade of the whole chain is ended by the next run, as if nothing had been',
    changes: 'of revisions with data steps between their changes, and what is preserved in the downgrade',
    backfills: 'in every batch of a backfill: each row is changed once',
    mixed:
      'of revisions that fall into segments: deferred checks, a new value of an enum, indexes that are built concurrently',
    rebuilds: 'of tables that are copied, with children, triggers and views',
    opaque: 'beside SQL of the author: what inspection cannot resolve is asked for, and resumed as a person says',
  }
  describe.skipIf(!isThere(name))(`${name}: a kill at any boundary`, () => {
    for (const set of sets) {
      it(
        titles[set],
        onGround(
          () => groundOn(name),
          async (ground) => {
            const figures = await killMatrix(optionsOf(ground, set))
            expectRight(figures)
            const { wrong: _, intended: __, ...reportedFigures } = figures
            record(`kills ${set}`, name, reportedFigures)
          },
        ),
        14_400_000,
      )
    }
  })
}
