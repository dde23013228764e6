import type { RevisionTest } from '@org/migrate-autogenerate'
import type { JunitCase } from '../../reporters/junit.ts'

/** The test of a revision as CI servers read it. */
export function revisionCase(test: RevisionTest): JunitCase {
  const { tier, revision, message, source, outcome, findings, steps } = test
  return {
    classname: tier,
    name: message === revision ? revision : `${revision} ${message}`,
    file: source,
    seconds: steps.reduce((sum, { ms }) => sum + ms, 0) / 1_000,
    failures: findings.map(({ kind, what, next, differences }) => ({
      kind,
      what,
      body: [...differences, next].join('\n'),
    })),
    ...(outcome === 'tested' || findings.length > 0 ? {} : { skipped: outcome }),
  }
}
