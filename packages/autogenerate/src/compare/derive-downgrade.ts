import type { Operation, OperationOf } from '@org/migrate-core'
import {
  columnAt,
  type Dialect,
  describe,
  invert,
  mayName,
  type SchemaModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import type { FillAnswer } from '../compose/composition.ts'
import type { Change, OperationChange } from '../differences/change.ts'
import { inverseFills } from '../differences/inverse-fills.ts'
import { viewOrder } from '../differences/view-order.ts'
import type { BodyChange } from '../render/body-change.ts'
import { plain, refillColumn, refillComputed, restoredValues } from './restore-values.ts'

export interface DerivedDowngrade {
  /** Every operation has an inverse: the downgrade that is derived when it is needed undoes what has really happened. */
  readonly isDerived: boolean
  readonly changes: readonly BodyChange[]
}

interface InverseStep {
  readonly derived: boolean
  readonly back: readonly BodyChange[]
}

/** The values were converted by an expression: the downgrade needs its own expression, and the dialect may know it. */
function invertConversion(
  dialect: Dialect,
  before: SchemaModel,
  after: SchemaModel,
  operation: OperationOf<'alterColumn'>,
): readonly BodyChange[] | undefined {
  const { using: _using, usingBack: _usingBack, ...bare } = operation
  const inverse = invert(before, bare)
  const { table, column } = operation
  const [columnBefore, columnAfter] = [before, after].map((model) => columnAt(model, table, column))
  if ('irreversible' in inverse || columnBefore === undefined || columnAfter === undefined) return undefined
  return inverse.map((each) => {
    if (each.kind !== 'alterColumn') return plain(each)
    const using = dialect.types.conversion?.(operation.column, columnAfter.type, columnBefore.type, 'back')
    const note = 'see whether this is what turns the values back'
    return plain(using === undefined ? each : { ...each, using }, note)
  })
}

/** The server converts by itself in one direction, and asks for an expression in the other. */
function needsUsing(dialect: Dialect, before: SchemaModel, after: SchemaModel, operation: Operation): boolean {
  if (operation.kind !== 'alterColumn' || operation.change.type === undefined) return false
  const { table, column } = operation
  const [columnBefore, columnAfter] = [before, after].map((model) => columnAt(model, table, column))
  if (columnBefore === undefined || columnAfter === undefined) return false
  return dialect.types.conversion?.(operation.column, columnAfter.type, columnBefore.type, 'back') !== undefined
}

/** The downgrade of a column that requires values and has lost them; undefined: it has not lost them. */
function refillIfEmptied(
  fill: FillAnswer | undefined,
  before: SchemaModel,
  operation: Operation,
  back: readonly BodyChange[],
): readonly BodyChange[] | undefined {
  if (operation.kind === 'dropColumn') return refillColumn(fill, before, operation, back)
  return operation.kind === 'alterColumn' ? refillComputed(fill, before, operation, back) : undefined
}

/** What a drop preserves is restored by a derived downgrade; one that is written restores it at its end. */
function withoutPreserve(operation: Operation, preserves = false) {
  if (operation.kind !== 'dropColumn') return { operation, isPreserved: false }
  const { preserve = preserves, ...dropped } = operation
  return { operation: dropped, isPreserved: preserve !== false }
}

function inverseOf(
  options: DowngradeDerivation,
  before: SchemaModel,
  after: SchemaModel,
  change: OperationChange,
): InverseStep {
  const { dialect } = options
  const { replacements = [] } = change
  const { operation, isPreserved } = withoutPreserve(change.operation, options.preserves)
  if (
    operation.kind === 'alterEnum' &&
    (replacements.length > 0 || operation.drop?.some(({ replaceBy }) => replaceBy))
  ) {
    const back = restoredValues(before, after, operation)
    if (back !== undefined) return { derived: false, back }
  }
  const inverse = invert(before, operation)
  if (!('irreversible' in inverse) && !needsUsing(dialect, before, after, operation)) {
    const bare = inverse.map((each) => plain(each))
    const back = refillIfEmptied(options.fill, before, operation, bare)
    return back === undefined ? { derived: true, back: bare } : { derived: isPreserved, back }
  }
  const conversion = operation.kind === 'alterColumn' ? invertConversion(dialect, before, after, operation) : undefined
  if (conversion !== undefined)
    return { derived: false, back: refillIfEmptied(options.fill, before, operation, conversion) ?? conversion }
  const why = 'irreversible' in inverse ? inverse.why : 'how to convert the values back is unknown'
  const what = `the downgrade of ${JSON.stringify(describe(operation))}: ${why}`
  return { derived: false, back: [{ kind: 'gap', what }] }
}

interface DowngradeDerivation {
  readonly dialect: Dialect
  /** Values for rows whose own are gone; what it does not say, the file asks for. */
  readonly fill?: FillAnswer
  /** Upgrades preserve what they drop. */
  readonly preserves?: boolean
}

/**
 * The view as it stood before the revision, where it has followed a rename since and is now replaced or dropped: how the server writes it
 * meanwhile is not known, so it is made again once the old names are back. Undefined where the operation can be taken back in its turn.
 */
function followedView(
  { dialect }: DowngradeDerivation,
  from: SchemaModel,
  before: SchemaModel,
  operation: Operation,
): ViewModel | undefined {
  if (operation.kind !== 'replaceView' && operation.kind !== 'dropView') return undefined
  if (dialect.capabilities.storedTexts !== 'rewritten') return undefined
  const ref = operation.kind === 'dropView' ? operation.view : operation.view.ref
  const [original, current] = [from, before].map((model) => model.views.get(tableKey(ref)))
  if (original === undefined || current === undefined || original.definition === current.definition) return undefined
  const isRead = [...before.views.values()].some((other) => other !== current && mayName(other.definition)(ref.name))
  return isRead ? undefined : original
}

/** A view that reads one which comes last comes last itself: it is put to those. */
function withoutReaders(changes: readonly BodyChange[], late: Map<string, ViewModel>): readonly BodyChange[] {
  return changes.filter((change) => {
    if (change.kind !== 'operation' || change.operation.kind !== 'createView') return true
    const { view } = change.operation
    const names = mayName(view.definition)
    if (![...late.values()].some(({ ref }) => names(ref.name))) return true
    late.set(tableKey(view.ref), view)
    return false
  })
}

/** What leads back from the changes of a revision, in the order to run, with gaps where only its author can say how. */
export function deriveDowngrade(
  options: DowngradeDerivation,
  from: SchemaModel,
  changes: readonly Change[],
): DerivedDowngrade {
  const { dialect } = options
  let model = from
  let isDerived = true
  const inverses: (readonly BodyChange[])[] = []
  const late = new Map<string, ViewModel>()
  for (const change of changes) {
    if (change.kind === 'fill') {
      inverses.push(inverseFills(change))
      continue
    }
    const followed = followedView(options, from, model, change.operation)
    if (followed !== undefined) {
      const { ref, materialized } = followed
      late.set(tableKey(ref), followed)
      const isThere = change.operation.kind === 'replaceView'
      inverses.push(isThere ? [plain({ kind: 'dropView', view: ref, ...(materialized ? { materialized } : {}) })] : [])
      isDerived = false
      model = dialect.model.apply(model, change.operation)
      continue
    }
    // What the server needs besides is taken back besides: on MySQL a column keeps the shape that a key has given it.
    for (const operation of dialect.compiler.decompose?.(model, change.operation) ?? [change.operation]) {
      const after = dialect.model.apply(model, operation)
      const { derived, back } = inverseOf(options, model, after, { ...change, operation })
      isDerived &&= derived
      inverses.push(back)
      model = after
    }
  }
  const inverse = withoutReaders(inverses.reverse().flat(), late)
  const views = viewOrder({ views: late }).map(({ source: _, ...view }) => plain({ kind: 'createView', view }))
  return { isDerived, changes: [...inverse, ...views] }
}
