import { present } from '../model/edit.ts'
import type { Operation } from './operation.ts'
import type { RecordedOperation } from './recording.ts'

type WithSource<T> = T & { readonly source?: string }

/** Gives `value` the source of another, which is found when it is read. */
export function withSourceOf<T extends object>(value: T, from: { readonly source?: string }): WithSource<T> {
  const source = Object.getOwnPropertyDescriptor(from, 'source')
  return source === undefined ? value : Object.defineProperty(value, 'source', source)
}

/** What was recorded, with another operation. */
export function withOperation(recorded: RecordedOperation, operation: Operation): RecordedOperation {
  if (operation === recorded.operation) return recorded
  const { limits, derived } = recorded
  return withSourceOf({ operation, ...present({ limits, derived }) }, recorded)
}
