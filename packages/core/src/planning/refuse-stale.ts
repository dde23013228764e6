import type { Plan } from '../compile/plan.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { canonicalJson } from '../model/canonical.ts'

/** A plan is run only if planning again gives the same: same revisions and statements, between the same heads. */
export function refuseStale(expected: Plan, actual: Plan): void {
  const essence = (plan: Plan): string =>
    canonicalJson([
      plan.from,
      plan.steps.map((step) => [
        step.tier,
        step.revision,
        step.direction,
        // A revision that got other parents moves other heads, with the same statements.
        step.removed,
        step.added,
        step.textHash ?? null,
        step.operations.map((each) => each.statements),
      ]),
    ])
  if (essence(expected) === essence(actual)) return
  const headsText = (plan: Plan): readonly string[] => plan.from.flatMap((each) => each.heads)
  const isElsewhere = expected.database !== actual.database
  throw new MigrateError(
    'PLAN_STALE',
    { planned: headsText(expected), actual: headsText(actual) },
    isElsewhere
      ? `The plan was made for ${expected.database}, and ${actual.database} has another one.`
      : 'The database, or a revision file, has changed since the plan was made.',
    isElsewhere ? { remedy: `Plan for ${actual.database}, or run the plan on the database that it was made for.` } : {},
  )
}
