import type { RecordedInverse } from '../bookkeeping/history.ts'
import { databaseDifferences } from '../compare/database-differences.ts'
import { roundTrip } from '../compile/drift.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type Operation } from '../operations/operation.ts'
import type { ExecutableStep } from './prepare.ts'
import { withServerTexts } from './server-texts.ts'

/** Part of a downgrade without opaque SQL, whose effect is not known. */
interface Stretch {
  /** Where it begins in the step's operations. */
  readonly at: number
  readonly inverses: Operation[]
  readonly upgrade: Operation[]
}

function stretchesOf(undoes: readonly RecordedInverse[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  let at = 0
  let current: Stretch = { at, inverses: [], upgrade: [] }
  for (const { operation, inverse } of [...undoes].reverse()) {
    const back = 'irreversible' in inverse ? [] : inverse
    at += back.length
    if (isOpaque(operation) || back.some(isOpaque)) {
      stretches.push(current)
      current = { at, inverses: [], upgrade: [] }
    } else {
      current.inverses.push(...back)
      current.upgrade.unshift(operation)
    }
  }
  return [...stretches, current]
}

interface Drift {
  readonly differences: readonly string[]
  /** Why the server could not be asked what it writes for the expressions in them. */
  readonly unasked?: string
  /** What the revision made is not there under its name: accepted, the operations on it would be left out, and their change would stay. */
  readonly isMissing?: true
}

/** Where the server writes expressions in its own words, what differs counts once it has written both. It is asked only then. */
async function driftOf(dialect: Dialect, stretch: Stretch, live: SchemaModel): Promise<Drift> {
  const trip = roundTrip(dialect, live, stretch.inverses, stretch.upgrade)
  if ('refused' in trip) return { differences: [trip.refused], isMissing: true }
  const { expected, actual } = trip
  const { normalise, normaliseForDrift = normalise } = dialect.model
  const compared = { ...dialect, model: { ...dialect.model, normalise: normaliseForDrift } }
  let differences = databaseDifferences(compared, expected, actual)
  if (differences.length === 0 || dialect.capabilities.storedTexts !== 'rewritten') return { differences }
  try {
    const written = await withServerTexts(dialect, expected, actual)
    differences = databaseDifferences(compared, written, actual)
    if (differences.length === 0) return { differences }
    // What an earlier step of the plan leaves is known as that step states it.
    return { differences: databaseDifferences(compared, written, await withServerTexts(dialect, actual, written)) }
  } catch (error) {
    return { differences, unasked: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * What stands in the way of going down by inverses from operation `from` on, as far as can be told before opaque SQL runs.
 * Throws DRIFT unless it is accepted.
 */
export async function checkDrift(
  dialect: Dialect,
  model: SchemaModel,
  executableStep: ExecutableStep,
  accept: boolean,
  from = 0,
): Promise<readonly string[]> {
  const stretch = stretchesOf(executableStep.undoes ?? []).find(({ at }) => at === from)
  if (stretch === undefined || stretch.upgrade.length === 0) return []
  const { revision } = executableStep.route.header
  const { differences, unasked, isMissing } = await driftOf(dialect, stretch, model)
  if (differences.length === 0 || accept) return differences
  const lines = differences.map((line) => `  - ${line}`).join('\n')
  const doubt =
    unasked === undefined ? '' : `\nThe server could not be asked whether it only writes them otherwise: ${unasked}`
  const message = `What revision ${revision} made has been changed since:\n${lines}${doubt}`
  const remedy =
    isMissing === true
      ? `If a revision of another branch renamed or dropped it, revert that one first (\`migrate downgrade <label>@-1\`), and run the command again; else bring it back. With --accept-drift, operations on what is not there are left out.`
      : undefined
  throw new MigrateError('DRIFT', { revision, object: revision, differences }, message, { remedy })
}
