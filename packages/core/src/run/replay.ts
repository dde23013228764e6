import type { RecordBasesOptions } from '../data-steps/preserved/record-bases.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { LiveModel } from './live-model.ts'
import type { RunContext } from './run-context.ts'
import { runOperations } from './run-operations.ts'

/** What is taken back needs nothing preserved. */
function withoutPreserving(operation: Operation): Operation {
  return 'preserve' in operation ? { ...operation, preserve: false } : operation
}

/** Ends a savepoint whose work is only looked at. */
const takenBack = Symbol('taken back')

/** Runs the upgrade of a downgraded step in a savepoint, calls the body above it and takes everything back. */
export function replayOf(context: RunContext, below: SchemaModel): RecordBasesOptions['replay'] {
  const { session, named } = context
  const { route, upgrade = [] } = context.executableStep
  const executableStep: ExecutableStep = {
    route: { ...route, step: { ...route.step, direction: 'up' } },
    operations: upgrade.map(({ operation, ...rest }) => ({ ...rest, operation: withoutPreserving(operation) })),
    functions: new Map(),
  }
  const upwards = { executableStep, named: { ...named, direction: 'up' as const } }
  const unheard = { emit: () => undefined, losses: [], reports: [] }
  return async (body) => {
    try {
      await session.checkDeferred?.()
      await session.savepoint(async () => {
        await runOperations({ ...context, ...upwards, ...unheard }, new LiveModel(below, context.reintrospect))
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
