import { type ConformanceOptions, conformance } from '@org/migrate-conformance'
import type { StepDatabase } from '@org/migrate-core'
import { test } from 'vitest'
import { onlyCase, runSeed } from '../kit/random.ts'
import { counts } from '../kit/scale.ts'
import { drizzleTransaction } from './drizzle.ts'
import { features, fragments } from './subjects.ts'

export interface ServerSubject extends Pick<ConformanceOptions, 'open' | 'transactional' | 'onOutcome'> {
  readonly flavour: keyof typeof fragments
  readonly drizzle: (db: StepDatabase) => Promise<void>
  /** Of the cases of operations each n-th is run. */
  readonly operationEvery?: number
  /** A case of an operation that is run in any case. */
  readonly isNew?: (title: string) => boolean
}

/** The suite on one of our databases, as tests of vitest. */
export function testConformance({ flavour, drizzle, operationEvery = 1, isNew, ...subject }: ServerSubject): void {
  const only = onlyCase()
  const randomModels = {
    count: counts.randomModels,
    seed: runSeed(),
    first: counts.firstOfRandom,
    ...(only === undefined ? {} : { only }),
  }
  const options = { ...subject, fragments: fragments[flavour], random: features[flavour], randomModels }
  for (const [at, { title, run, timeoutMs }] of conformance(options).entries()) {
    const isRun = !title.startsWith('operations: ') || at % operationEvery === 0 || isNew?.(title)
    if (isRun) test(title, run, timeoutMs)
  }
  drizzleTransaction(subject.open, drizzle)
}
