import { type ConformanceOptions, type ConformanceTest, conformance } from '@org/migrate-conformance'
import type { StepDatabase } from '@org/migrate-core'
import { test } from 'vitest'
import { onlyCase, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { drizzleTransaction } from './drizzle.ts'
import { features, fragments } from './subjects.ts'

export interface ServerSubject extends Pick<ConformanceOptions, 'open' | 'transactional' | 'onOutcome'> {
  readonly flavour: keyof typeof fragments
  readonly drizzle: (db: StepDatabase) => Promise<void>
  /** Which tests are run; absent: all. */
  readonly select?: (tests: readonly ConformanceTest[]) => readonly ConformanceTest[]
}

/** The suite on one of our databases, as tests of vitest. */
export function testConformance({ flavour, drizzle, select = (tests) => tests, ...subject }: ServerSubject): void {
  const only = onlyCase()
  const randomModels = {
    count: counts.randomModels,
    seed: runSeed(),
    first: counts.firstOfRandom,
    ...(only === undefined ? {} : { only }),
  }
  const options = { ...subject, fragments: fragments[flavour], random: features[flavour], randomModels }
  for (const { title, run, timeoutMs } of select(conformance(options))) test(title, run, timeoutMs)
  drizzleTransaction(subject.open, drizzle)
}
