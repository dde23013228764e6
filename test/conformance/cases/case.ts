import type { OperationRecorder } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import type { SqlFragments } from '../subject.ts'

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
  /** The major version that the server has it from: the one that the matrix names. */
  readonly since?: { readonly [subject: string]: number }
  /** What the words have to offer; without it the server is asked nothing and the matrix says that it has no such thing. */
  readonly needs?: (fragments: SqlFragments) => unknown
}

export type Cases<K extends OperationKind> = { readonly [P in K]: readonly [OperationCase, ...OperationCase[]] }

export type Row = readonly (string | null)[]
