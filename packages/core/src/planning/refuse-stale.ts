import type { Plan, PlanStep } from '../compile/plan.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import { canonicalJson, sha256 } from '../model/canonical.ts'
import { present } from '../model/edit.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'

/** What the functions of a step depend on, besides the database. */
export function ofFunctions(
  { arguments: given }: ResolvedOptions,
  { textHash }: RevisionHeader,
): Pick<PlanStep, 'textHash' | 'arguments'> {
  const hash = Object.keys(given).length === 0 ? undefined : sha256(canonicalJson(given))
  return present({ textHash, arguments: hash })
}

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
        step.arguments ?? null,
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
      : 'The database, a revision file, or an argument of a data step, has changed since the plan was made.',
    isElsewhere ? { remedy: `Plan for ${actual.database}, or run the plan on the database that it was made for.` } : {},
  )
}
