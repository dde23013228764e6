import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { deepFreeze } from '../model/deep-freeze.ts'
import { emptySchema, present } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, isSentAsItIs, type Operation } from '../operations/operation.ts'
import { encodeRowValue } from '../operations/recorder.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import { withSourceOf } from '../operations/source.ts'
import { describe } from '../operations/table.ts'
import type { SqlClass } from '../sql/classification.ts'
import type { Statement } from '../sql/statement.ts'
import { type Compiled, type CompiledGroup, compileOperations, located } from './compile.ts'
import { withEarlyChecks } from './early-checks.ts'
import { endsPart, isNonTransactional, partsOf } from './parts.ts'
import type { PlannedOperation, PlannedStatement } from './plan.ts'

/** What was compiled from one schema. */
interface CompiledSegment extends Compiled {
  readonly before: SchemaModel
}

/** A whole step as it would be if every data step and every opaque text left the schema as expected. */
export interface ForecastStep {
  readonly recorded: readonly RecordedOperation[]
  readonly operations: readonly PlannedOperation[]
  readonly groups: readonly CompiledGroup[]
  /** By the place of its first operation. */
  readonly segments: ReadonlyMap<number, CompiledSegment>
  /** Compiled when they run, for opaque SQL comes before them. */
  readonly unforeseen: readonly Operation[]
  readonly foreignKeys?: 'off'
  /** How many times it commits, where that is more than once. */
  readonly parts?: number
  readonly after: SchemaModel
  /** Opaque SQL ran: the schema may be another than `after` says. */
  readonly opaque: boolean
}

function plannedStatement({ params, ...statement }: Statement): PlannedStatement {
  return params === undefined ? statement : { ...statement, params: params.map((value) => encodeRowValue(value)) }
}

function sentAsItIs(dialect: Dialect, recorded: RecordedOperation, schema: SchemaModel): readonly Statement[] {
  const { operation } = recorded
  const around = { before: schema, after: schema }
  if (operation.kind === 'expectNone')
    return located(recorded, () => dialect.compiler.table.expectNone({ operation, ...around }))
  if (operation.kind === 'sql') return located(recorded, () => dialect.compiler.table.sql({ operation, ...around }))
  return []
}

/** Frozen here: what freezes a whole plan would read each source, which is found when it is read. */
const planned = (operation: Omit<PlannedOperation, 'source'>, from: { readonly source?: string }): PlannedOperation =>
  Object.freeze(withSourceOf({ ...deepFreeze(operation) }, from))

/**
 * Operations that stand after opaque SQL may be about objects that it made. They are compiled when they run; a plan names
 * them without statements. What is sent as it is is the same on any schema: that a check is none is found out before anything
 * runs, and so is what ends a transaction.
 */
function unforeseen(
  dialect: Dialect,
  schema: SchemaModel,
  recorded: readonly RecordedOperation[],
): readonly PlannedOperation[] {
  return recorded.map((each) => {
    const { operation } = each
    const statements = sentAsItIs(dialect, each, schema).map(plannedStatement)
    return planned({ describe: describe(operation), operation, statements, asExpected: true }, each)
  })
}

function plannedOperations(group: CompiledGroup, expected: boolean): readonly PlannedOperation[] {
  const asExpected = expected ? { asExpected: true as const } : {}
  return group.operations.map((each, at) => {
    const { describe, operation, skipped, limits } = each
    // The statements of operations that were compiled as one stand at the last of them.
    const statements = at === group.operations.length - 1 ? group.statements.map(plannedStatement) : []
    return planned({ describe, operation, statements, ...present({ skipped, limits }), ...asExpected }, each)
  })
}

/** Whether what is compiled when it runs may commit by itself then, or need what stands before it committed. */
function mayEndPart({ capabilities }: Dialect, { operation, statements }: PlannedOperation): boolean {
  if (statements.length > 0) return statements.some(isNonTransactional) || endsPart({ statements })
  const isOfRows = ['run', 'insertRows', 'deleteRows'].includes(operation.kind)
  if (capabilities.transactionalDdl === 'implicitCommit') return !isOfRows
  return operation.kind === 'alterEnum' || ('concurrently' in operation && operation.concurrently === true)
}

function refuseMixedSegments(dialect: Dialect, statements: readonly Statement[], otherOperations: number): void {
  const nonTransactional = statements.find((statement) => statement.transaction === 'none')
  if (nonTransactional === undefined || (otherOperations === 0 && statements.length === 1)) return
  const operation = nonTransactional.sql
  const why = 'a statement that cannot run in a transaction has to be the only one of its revision'
  throw new MigrateError('UNSUPPORTED', { dialect: dialect.name, operation, why }, `${operation}: ${why}.`, {
    remedy: 'Put the statement into a revision of its own.',
  })
}

const schemaClasses: ReadonlySet<SqlClass> = new Set<SqlClass>(['ddl', 'unknown'])

/** SQL of an author after which the schema is another one than the model of it. */
function mayChangeSchema(dialect: Dialect, recorded: RecordedOperation): boolean {
  if (!isOpaque(recorded.operation)) return false
  return sentAsItIs(dialect, recorded, emptySchema).some(({ sql }) => schemaClasses.has(dialect.sql.classify(sql)))
}

/** Means the same on every schema that it can be compiled for. */
function isUninformed(operation: Operation): boolean {
  if (operation.kind === 'createTable') return operation.ifNotExists !== true
  return ['run', 'sql', 'expectNone', 'insertRows', 'deleteRows'].includes(operation.kind)
}

function refuseUninspected(dialect: Dialect, recorded: RecordedOperation, cause?: unknown): never {
  const operation = describe(recorded.operation)
  const why =
    'SQL before it in the revision may have changed the schema, which cannot be inspected before the statement list is sent'
  throw located(recorded, () => {
    const details = { dialect: dialect.name, operation, why }
    return new MigrateError('UNSUPPORTED', details, `${operation}: ${why}.`, {
      cause,
      remedy: 'Put the statement into a revision of its own.',
    })
  })
}

/** In a statement list, what SQL of the revision has made is known only when the list has been sent. */
function refuseUninspectedOperations(dialect: Dialect, recorded: readonly RecordedOperation[]): void {
  if (dialect.capabilities.statementList !== true) return
  const first = recorded.findIndex((each) => mayChangeSchema(dialect, each))
  if (first === -1) return
  const uninspected = recorded.slice(first).find(({ operation }) => !isUninformed(operation))
  if (uninspected !== undefined) refuseUninspected(dialect, uninspected)
}

/** Segments of a step by the place of their first operation, with the checks in front that need not wait for their own operation. */
function withChecks<S extends Compiled>(
  dialect: Dialect,
  segments: ReadonlyMap<number, S>,
  recorded: readonly RecordedOperation[],
): ReadonlyMap<number, S> {
  const compiled = [...segments.values()].flatMap((each) => each.groups)
  const checked = withEarlyChecks(compiled, recorded, dialect)
  let passed = 0
  return new Map(
    Array.from(segments, ([at, each]) => {
      const groups = checked.slice(passed, passed + each.groups.length)
      passed += each.groups.length
      return [at, { ...each, groups }]
    }),
  )
}

/**
 * Compiles a step from the schema before it to its end. Pure.
 *
 * @param uncertain opaque SQL of an earlier step may have made another schema of `before`
 */
export function forecastStep(
  dialect: Dialect,
  before: SchemaModel,
  recorded: readonly RecordedOperation[],
  uncertain = false,
): ForecastStep {
  const compiledAt = new Map<number, CompiledSegment & { readonly expected: boolean }>()
  let later: readonly PlannedOperation[] = []
  let unknown: readonly Operation[] = []
  let model = before
  let expected = uncertain
  let opaque = false
  refuseUninspectedOperations(dialect, recorded)
  for (let at = 0; at < recorded.length; ) {
    try {
      const compiled = compileOperations(dialect, model, recorded, at)
      compiledAt.set(at, { ...compiled, before: model, expected })
      model = compiled.after
      at += compiled.taken
    } catch (error) {
      if (!(opaque || uncertain) || !isMigrateError(error)) throw error
      const rest = recorded.slice(at)
      const [next] = rest
      if (opaque && dialect.capabilities.statementList === true && next !== undefined)
        refuseUninspected(dialect, next, error)
      later = unforeseen(dialect, model, rest)
      unknown = rest.map((each) => each.operation)
      break
    }
    const last = recorded[at - 1]?.operation
    opaque ||= last !== undefined && isOpaque(last)
    // A data step may not change the schema: the server is asked again after it, and has the same.
    expected ||= opaque
  }
  const segments = withChecks(dialect, compiledAt, recorded)
  const groups = [...segments.values()].flatMap((segment) => segment.groups)
  const operations = [
    ...[...segments.values()].flatMap((each) =>
      each.groups.flatMap((group) => plannedOperations(group, each.expected)),
    ),
    ...later,
  ]
  const statements = groups.flatMap((group) => group.statements)
  const splits = dialect.capabilities.nonTransactional === 'segments'
  if (!splits) refuseMixedSegments(dialect, statements, recorded.length - 1)
  const mayEnd =
    (opaque || uncertain) &&
    (operations.some((each) => each.asExpected === true && mayEndPart(dialect, each)) ||
      (unknown.length > 0 && groups.some(endsPart)))
  const parts = splits ? Math.max(partsOf(groups), mayEnd ? 2 : 1) : 1
  // After opaque SQL it is not known what the rest compiles to: a rebuild has to be possible.
  const off =
    (opaque &&
      dialect.capabilities.foreignKeysStayOn !== true &&
      operations.some((each) => each.asExpected && !isSentAsItIs(each.operation))) ||
    statements.some((statement) => statement.foreignKeys === 'off')
  return {
    recorded,
    operations,
    groups,
    segments,
    unforeseen: unknown,
    after: model,
    opaque,
    ...(off ? { foreignKeys: 'off' } : {}),
    ...(parts > 1 ? { parts } : {}),
  }
}

/** What follows in a step from `before` on: as it was compiled for the plan, where that was from the same schema. */
export function compileFrom(
  dialect: Dialect,
  planned: ForecastStep | undefined,
  before: SchemaModel,
  recorded: readonly RecordedOperation[],
  at: number,
): Compiled {
  // Models and operations never change, so that the same one is the same schema.
  const segment = planned?.recorded === recorded ? planned.segments.get(at) : undefined
  if (segment?.before === before) return segment
  const compiled = compileOperations(dialect, before, recorded, at)
  return withChecks(dialect, new Map([[at, compiled]]), recorded).get(at) ?? compiled
}
