import type { DialectName } from '@org/migrate-core/dialect'
import type { ComparedChange } from '../compare/types.ts'
import type { SchemaFilter } from '../differences/filter.ts'
import type { ToolHistory } from '../recognise/recogniser.ts'

export interface SurveyOptions extends SchemaFilter {
  /** Tables of another tool that were given a name of their own: `{ knex_migrations: 'internal.steps' }`. */
  readonly tables?: Readonly<Record<string, string>>
}

/** What is in a database that is not ours yet. */
export interface Survey {
  readonly database: string
  readonly dialect: DialectName
  /** Revisions of ours that are applied already, or interrupted: then there is nothing to take over. */
  readonly applied: readonly string[]
  readonly tools: readonly ToolHistory[]
  /** What makes all that is there from nothing, in the order to run. */
  readonly changes: readonly ComparedChange[]
  /** What is there and cannot be made by a revision, a sentence each. */
  readonly notes: readonly string[]
}

/** Whether a revision, and all before it, make what is there. */
export interface Proof {
  /** What would have to be changed, a line each; empty: it is the same, if it was compared. */
  readonly differences: readonly string[]
  /** False: it could not be run, and has SQL that does not say what it makes. Whether it makes what is there is not known. */
  readonly compared: boolean
  /** Whether it was really run, in a shadow schema or database; else only its operations were compared. */
  readonly ran: boolean
  /** What the revisions made by SQL of what no operation makes: these notes of the survey don't apply to them. */
  readonly producedNotes: readonly string[]
  readonly notes: readonly string[]
}
