import type { PlannedLoss } from '@org/migrate-core'
import type { DialectName } from '@org/migrate-core/dialect'
import type { FillAnswer } from '../compose/composition.ts'
import type { Change } from '../differences/change.ts'
import type { SchemaFilter } from '../differences/filter.ts'
import type { RenameAnswers, RenameCandidate } from '../renames/answers.ts'
import type { DerivedDowngrade } from './derive-downgrade.ts'

export interface CompareOptions extends SchemaFilter {
  /**
   * What the declaration is compared with: the database, which has to be at the head, or what all revisions make. Default `database`; of a
   * database that was pushed `replay`.
   */
  readonly from?: 'database' | 'replay'
  /**
   * Whether the server may be asked what it makes of a schema, in a shadow schema or database. False with `from: 'replay'`: nothing is connected to.
   * Default true.
   */
  readonly server?: boolean
  /** What got another name, and who can be asked. Without an answer, what could be a rename comes back in `open`. */
  readonly answers?: RenameAnswers
  /** Looks at the changes before anything is made of them: may leave some out, edit them or add others. */
  readonly process?: (changes: readonly Change[]) => readonly Change[] | Promise<readonly Change[]>
  /** Values for rows that are there already; what it does not say, the file asks for. */
  readonly fill?: FillAnswer
  readonly signal?: AbortSignal
}

/** One change as the server would be told of it. */
export interface ComparedChange {
  readonly change: Change
  /** One line for people. */
  readonly describe: string
  /** Empty for what the author has to fill in first, and for what is not supported. */
  readonly statements: readonly string[]
  /** The server has no statement for it. */
  readonly unsupported?: { readonly why: string; readonly next: string }
}

/** What leads from the one side to the other. */
export interface Comparison {
  readonly database: string
  readonly dialect: DialectName
  readonly from: 'database' | 'replay'
  readonly changes: readonly ComparedChange[]
  /** What their conversions take from the rows of the database, beside what changes name as `loses`; empty for `replay`. */
  readonly losses: readonly PlannedLoss[]
  /** What leads back, and whether it is derived without being written down. */
  readonly downgrade: DerivedDowngrade
  /** Pairs that may be renames and that are not answered: then there are no changes yet. */
  readonly unanswered: readonly RenameCandidate[]
  readonly notes: readonly string[]
}
