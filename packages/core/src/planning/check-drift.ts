import type { RecordedInverse } from '../bookkeeping/history.ts'
import { driftSince } from '../compile/drift.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type Operation } from '../operations/operation.ts'
import type { ExecutableStep } from './prepare.ts'

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

/**
 * What stands in the way of going down by inverses from operation `from` on, as far as can be told before opaque SQL runs.
 * Throws DRIFT unless it is accepted.
 */
export function checkDrift(
  dialect: Dialect,
  model: SchemaModel,
  executableStep: ExecutableStep,
  accept: boolean,
  from = 0,
): readonly string[] {
  const stretch = stretchesOf(executableStep.undoes ?? []).find(({ at }) => at === from)
  if (stretch === undefined || stretch.upgrade.length === 0) return []
  const { revision } = executableStep.route.header
  const differences = driftSince(dialect, model, stretch.inverses, stretch.upgrade)
  if (differences.length === 0 || accept) return differences
  const lines = differences.map((line) => `  - ${line}`).join('\n')
  const message = `What revision ${revision} made has been changed since:\n${lines}`
  throw new MigrateError('DRIFT', { revision, object: revision, differences }, message)
}
