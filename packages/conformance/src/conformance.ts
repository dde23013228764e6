import { operationTests } from './operations/operations.ts'
import { randomModelTests } from './random/round-trip.ts'
import { type ConformanceOptions, type ConformanceTest, resolveSubject, type Subject } from './subject.ts'
import { checkTests } from './suites/checks.ts'
import { dataStepTests } from './suites/data-steps.ts'
import { failureTests } from './suites/failures.ts'
import { keyTests } from './suites/keys.ts'
import { nameTests } from './suites/names.ts'
import { preservedValueTests } from './suites/preserved.ts'
import { updateEachTests } from './suites/update-each.ts'
import { valueTests } from './suites/values.ts'

const suites: { readonly [group: string]: (subject: Subject) => readonly ConformanceTest[] } = {
  operations: operationTests,
  names: nameTests,
  values: valueTests,
  'data steps': dataStepTests,
  'updates of many rows': updateEachTests,
  keys: keyTests,
  'preserved values': preservedValueTests,
  checks: checkTests,
  failures: failureTests,
  'random models': randomModelTests,
}

/**
 * The promises that every dialect keeps, as tests that any runner can run, one after the other. Each opens a database of its own
 * and closes it.
 *
 * @example
 * for (const { title, run, timeoutMs } of conformance({ open, transactional: true })) test(title, run, timeoutMs)
 */
export function conformance(options: ConformanceOptions): readonly ConformanceTest[] {
  const subject = resolveSubject(options)
  return Object.entries(suites).flatMap(([group, tests]) =>
    tests(subject).map((each) => ({ ...each, title: `${group}: ${each.title}` })),
  )
}
