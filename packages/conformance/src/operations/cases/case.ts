import type { OperationRecorder } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import type { SqlFragments } from '../../subject.ts'

export type Build = (op: OperationRecorder, fragments: SqlFragments) => void

/** A query in SQL that every server reads, and the rows it has to give, as texts. */
export interface Sight {
  readonly sql: string
  readonly rows: readonly (readonly (string | null)[])[]
}

/** One operation with some options of it, on a schema with rows. */
export interface OperationCase {
  /** What is special about it: a row of the support matrix. */
  readonly title: string
  /** What stands before. */
  readonly given?: Build
  readonly change: Build
  /** What is there after the upgrade. */
  readonly after?: Sight
  /** What is there after the derived downgrade. */
  readonly back?: Sight
  /** There is no derived downgrade; the words of the refusal. */
  readonly irreversible?: RegExp
  /** It is the inverse of what is recorded that makes an operation of this kind. */
  readonly inverse?: true
  /** What the fragments have to offer; without it there is no test. */
  readonly needs?: (fragments: SqlFragments) => unknown
}

export type Cases<K extends OperationKind> = { readonly [P in K]: readonly [OperationCase, ...OperationCase[]] }

export type Row = readonly (string | null)[]
