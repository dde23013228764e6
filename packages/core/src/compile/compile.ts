import type { OperationAround } from '../dialect/compiler.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { present, tableKey } from '../model/edit.ts'
import type { SchemaModel, TableRef } from '../model/schema-model.ts'
import { type Irreversible, isOpaque, type Operation, type OperationKind } from '../operations/operation.ts'
import { counterLabel } from '../operations/preserved-label.ts'
import { type OperationLimits, operationsOf, type RecordedOperation } from '../operations/recording.ts'
import { withOperation, withSourceOf } from '../operations/source.ts'
import { describe, invert } from '../operations/table.ts'
import type { Statement } from '../sql/statement.ts'
import { requireOwnRows } from './deleted-keys.ts'
import { resolveDerived, resolveGuard } from './guards.ts'

/** One or more operations that became statements together, with the schema on both sides. */
export interface CompiledGroup {
  readonly operations: readonly CompiledOperation[]
  readonly statements: readonly Statement[]
  /** How many of the recorded operations end with it: none where more follows of what one amounts to. */
  readonly ends: number
  readonly before: SchemaModel
  readonly after: SchemaModel
}

export interface CompiledOperation {
  /** The resolved operation: its guard is evaluated. */
  readonly operation: Operation
  readonly describe: string
  readonly inverse: readonly Operation[] | Irreversible
  readonly skipped?: string
  readonly source?: string
  readonly limits?: OperationLimits
  /** The schema on both sides of it; a merged group has more than one operation between its own two. */
  readonly before: SchemaModel
  readonly after: SchemaModel
}

/** The tables are looked at again after these. */
export function isBarrier(operation: Operation): boolean {
  return operation.kind === 'run' || isOpaque(operation)
}

function compileOne<K extends OperationKind>(dialect: Dialect, around: OperationAround<K>): readonly Statement[] {
  return dialect.compiler.table[around.operation.kind as K](around)
}

function limited(
  dialect: Dialect,
  statements: readonly Statement[],
  limits: OperationLimits = {},
): readonly Statement[] {
  const { algorithm, lock } = limits
  if ((algorithm === undefined && lock === undefined) || dialect.compiler.online === undefined) return statements
  const how = { ...present({ algorithm, lock }) }
  return statements.map((statement) => dialect.compiler.online?.(statement, how) ?? statement)
}

/** Says of an error of ours which recorded operation it is about. */
export function located<T>(recorded: RecordedOperation, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isMigrateError(error)) throw error
    throw locate(error, { operation: describe(recorded.operation), ...present({ source: recorded.source }) })
  }
}

/** What has to run without foreign keys, where they can't be switched off. */
function refuseUnchecked(dialect: Dialect, statements: readonly Statement[]): readonly Statement[] {
  const unchecked = statements.find(({ foreignKeys }) => foreignKeys === 'off')
  if (unchecked === undefined || dialect.capabilities.foreignKeysStayOn !== true) return statements
  const operation = unchecked.sql
  const why = 'it needs foreign keys switched off, and this database keeps them on'
  throw new MigrateError('UNSUPPORTED', { dialect: dialect.name, operation, why }, `${operation}: ${why}.`, {
    remedy: 'Write the change with operations such as `op.alterTable`, which need no foreign keys switched off.',
  })
}

interface CompilationUnit {
  /** It is the last of what its recorded operation amounts to. */
  readonly ends?: true
  readonly recorded: RecordedOperation
  readonly compiled: CompiledOperation
  readonly around: OperationAround
}

function prepare(
  dialect: Dialect,
  before: SchemaModel,
  recorded: RecordedOperation,
  later: () => readonly Operation[],
): CompilationUnit {
  const guarded = recorded.derived
    ? resolveDerived(dialect, before, recorded.operation)
    : resolveGuard(dialect, before, recorded.operation, later)
  const operation = 'operation' in guarded ? guarded.operation : recorded.operation
  const limits = present({ limits: recorded.limits })
  if ('skipped' in guarded) {
    const around = { operation, before, after: before }
    const compiled = { ...around, describe: describe(operation), inverse: [], skipped: guarded.skipped, ...limits }
    return { recorded, compiled: withSourceOf(compiled, recorded), around }
  }
  const around = { operation, before, after: dialect.model.apply(before, operation) }
  const plain = invert(before, operation)
  const inverse = 'irreversible' in plain ? plain : (dialect.compiler.invert?.(around, plain) ?? plain)
  const compiled = { ...around, describe: describe(operation), inverse, ...limits }
  return { recorded, compiled: withSourceOf(compiled, recorded), around }
}

/** What is compiled together: up to the first barrier, or to the end. */
export interface Compiled {
  readonly groups: readonly CompiledGroup[]
  readonly after: SchemaModel
  readonly taken: number
}

/**
 * The one way from operations to statements: pure, no connection. Guards are evaluated against the schema so far; the dialect
 * says how many adjacent operations it compiles as one. Stops after the first barrier: what follows it has to be compiled
 * from the schema that is then seen.
 *
 * @param from the first of them; a revision of SQL may have as many barriers as operations, and a copy for each would take long
 */
export function compileOperations(
  dialect: Dialect,
  before: SchemaModel,
  operations: readonly RecordedOperation[],
  from = 0,
): Compiled {
  const units: CompilationUnit[] = []
  let model = before
  let taken = 0
  for (let at = from; at < operations.length; at += 1) {
    const recorded = operations[at]
    if (recorded === undefined) break
    const rest = at + 1
    const later = (): readonly Operation[] => operationsOf(operations.slice(rest))
    for (const operation of dialect.compiler.decompose?.(model, recorded.operation) ?? [recorded.operation]) {
      const one = withOperation(recorded, operation)
      const next = located(one, () => prepare(dialect, model, one, later))
      units.push(next)
      model = next.around.after
    }
    const last = units.pop()
    if (last !== undefined) units.push({ ...last, ends: true })
    taken += 1
    if (isBarrier(recorded.operation)) break
  }
  const groups: CompiledGroup[] = []
  const arounds = units.map((each) => each.around)
  let dropped: ReadonlySet<string> | undefined
  const isDropped = (table: TableRef): boolean => {
    dropped ??= droppedBy(operations)
    return dropped.has(tableKey(table))
  }
  const ends = batchEnds(units)
  for (let at = 0; at < units.length; ) {
    const first = units[at]
    if (first === undefined) break
    const size = batchLength(dialect, arounds.slice(at, ends[at]))
    const part = units.slice(at, at + size)
    const last = part.at(-1) ?? first
    const statements =
      first.compiled.skipped !== undefined
        ? []
        : located(first.recorded, () =>
            limited(
              dialect,
              refuseUnchecked(
                dialect,
                size === 1
                  ? [...checksOf(dialect, first, isDropped), ...compileOne(dialect, first.around)]
                  : (dialect.compiler.batch?.compile(arounds.slice(at, at + size)) ?? []),
              ),
              first.compiled.limits,
            ),
          )
    groups.push({
      operations: part.map((each) => each.compiled),
      statements,
      ends: part.filter((each) => each.ends).length,
      before: first.around.before,
      after: last.around.after,
    })
    at += size
  }
  return { groups, after: model, taken }
}

/** What the server does not refuse, and a derived downgrade must not do. Rows of a table that it drops go in any case. */
function checksOf(
  dialect: Dialect,
  { recorded, around }: CompilationUnit,
  isDropped: (table: TableRef) => boolean,
): readonly Statement[] {
  const { operation, before } = around
  if (!recorded.derived || operation.kind !== 'deleteRows' || isDropped(operation.table)) return []
  return requireOwnRows(dialect, before, operation)
}

const droppedBy = (operations: readonly RecordedOperation[]): ReadonlySet<string> =>
  new Set(operations.flatMap(({ operation }) => (operation.kind === 'dropTable' ? [tableKey(operation.table)] : [])))

/** Skipped operations and barriers end a batch, and what preserves: that is read right before it, under the names that stand then. */
function endsBatch({ compiled, around: { operation } }: CompilationUnit): boolean {
  return compiled.skipped !== undefined || isBarrier(operation) || counterLabel(operation) !== undefined
}

/** For each unit, before which one a batch that begins with it has to end. */
function batchEnds(units: readonly CompilationUnit[]): readonly number[] {
  const ends: number[] = []
  let end = units.length
  for (const [at, unit] of [...units.entries()].reverse()) {
    if (endsBatch(unit)) end = at
    else if (unit.compiled.limits !== units[at + 1]?.compiled.limits) end = Math.min(end, at + 1)
    ends[at] = end
  }
  return ends
}

function batchLength(dialect: Dialect, candidates: readonly OperationAround[]): number {
  if (candidates.length < 2) return 1
  return Math.max(1, Math.min(dialect.compiler.batch?.size(candidates) ?? 1, candidates.length))
}
