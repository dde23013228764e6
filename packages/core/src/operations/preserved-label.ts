import type { TableRef } from '../model/schema-model.ts'
import type { Operation, Preserve } from './operation.ts'
import type { RecordedOperation } from './recording.ts'

/** What data steps of authors are never called: core's own, which restores what an operation has preserved. */
const preservePrefix = ':preserve '

interface Preserving {
  readonly table: TableRef
  readonly column?: string
  readonly preserve?: Preserve
}

/** The step under which values of one operation are preserved by an upgrade. */
function preservedLabel({ table, column, preserve }: Preserving): string {
  const parts = [table.schema, table.name, column].filter((part) => part !== undefined)
  // Column b of table t.a is not column a.b of table t.
  const names = parts.map((part) => (part.includes('.') ? JSON.stringify(part) : part))
  const number = typeof preserve === 'number' ? ` (${preserve})` : ''
  return `${preservePrefix}${column === undefined ? 'table' : 'column'} ${names.join('.')}${number}`
}

export function isPreservedLabel(label: string): boolean {
  return label.startsWith(preservePrefix)
}

/** The label of a data step for people: core's own without its mark. */
export function dataStepText(label: string): string {
  return isPreservedLabel(label) ? label.slice(1) : label
}

/** The operation that takes values away and preserves them; undefined: it does not. */
export function preservingLabel(operation: Operation): string | undefined {
  const takes = operation.kind === 'dropTable' || operation.kind === 'dropColumn' || operation.kind === 'alterColumn'
  return takes && operation.preserve !== undefined && operation.preserve !== false
    ? preservedLabel(operation)
    : undefined
}

/**
 * Under which the position of a counter is preserved that an operation of an upgrade takes away: it asks for no `preserve` where the
 * operation takes nothing else.
 */
export function counterLabel(operation: Operation): string | undefined {
  const switchesOff = operation.kind === 'alterColumn' && operation.change.identity === null
  return switchesOff ? preservedLabel(operation) : preservingLabel(operation)
}

/**
 * The operation under a label that none of the earlier ones has: it may be of what has taken the name of something else in the revision,
 * or the second change of one column.
 */
export function withOwnLabel(operation: Operation, earlier: readonly RecordedOperation[]): Operation {
  if (preservingLabel(operation) === undefined) return operation
  const labels = new Set(earlier.map((each) => preservingLabel(each.operation)))
  for (let own = operation, number = 2; ; own = { ...operation, preserve: number } as Operation, number += 1)
    if (!labels.has(preservingLabel(own))) return own
}
