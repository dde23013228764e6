import { forecastStep } from '../../compile/compile-step.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import type { ExecutableStep } from '../prepare.ts'
import type { RunContext } from '../run-context.ts'
import { runOperations } from '../run-operations.ts'
import { noReplayOn } from './bases.ts'
import type { RecordBasesOptions } from './record-bases.ts'

/** Whether the upgrade of a downgraded step can be run and taken back directly after it. */
export interface ReplayForecast {
  readonly why?: string
  /** It rebuilds tables, which the transaction of the downgrade has to be opened for. */
  readonly foreignKeys?: 'off'
}

/**
 * @param below the tables directly after the downgrade
 * @param commits the downgrade is no single transaction
 */
export function forecastReplay(
  dialect: Dialect,
  below: SchemaModel,
  { upgrade = [] }: ExecutableStep,
  commits: boolean,
): ReplayForecast {
  const why = noReplayOn(dialect, commits)
  if (why !== undefined) return { why }
  if (upgrade.some(({ operation }) => operation.kind === 'run')) return {}
  try {
    const { parts, foreignKeys } = forecastStep(dialect, below, upgrade)
    const late = noReplayOn(dialect, parts !== undefined)
    return late === undefined ? (foreignKeys === undefined ? {} : { foreignKeys }) : { why: late }
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { why: `it does not fit the tables below it (${error.message})` }
  }
}

/** What is taken back needs nothing preserved. */
function withoutPreserving(operation: Operation): Operation {
  return 'preserve' in operation ? { ...operation, preserve: false } : operation
}

/** Ends a savepoint whose work is only looked at. */
const takenBack = Symbol('taken back')

/** Runs the upgrade of a downgraded step in a savepoint, calls the body above it and takes everything back. */
export function replayOf(
  context: RunContext,
  executableStep: ExecutableStep,
  below: SchemaModel,
  reintrospect: () => Promise<SchemaModel>,
): RecordBasesOptions['replay'] {
  const { session } = context
  const { route, upgrade = [] } = executableStep
  const upwards: ExecutableStep = {
    route: { ...route, step: { ...route.step, direction: 'up' } },
    operations: upgrade.map(({ operation, ...rest }) => ({ ...rest, operation: withoutPreserving(operation) })),
    functions: new Map(),
  }
  return async (body) => {
    try {
      await session.checkDeferred?.()
      await session.savepoint(async () => {
        await runOperations({ ...context, emit: () => undefined, losses: [] }, upwards, below, reintrospect)
        await body()
        throw takenBack
      })
      return undefined
    } catch (error) {
      if (error === takenBack) return undefined
      if (isMigrateError(error, 'STATEMENT_FAILED') || isMigrateError(error, 'BLOCKING_ROWS')) return error.message
      throw error
    }
  }
}
