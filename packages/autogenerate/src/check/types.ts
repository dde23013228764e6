import type { DeclaredSchema, EditedRevision, Finding, PlannedLoss } from '@org/migrate-core'
import type { SchemaFilter } from '../differences/filter.ts'

/** How an applied file differs from what was applied. */
export type EditKind = EditedRevision['what']

/** From which edit on an applied file is a problem: any (`text`), one that may change what it does, one that surely does. */
export type EditLimit = 'text' | 'functions' | 'operations'

export interface CheckFinding {
  readonly kind:
    | 'not at head'
    | 'loses values'
    | 'cannot be planned'
    | 'edited'
    | 'file missing'
    | 'history missing'
    | 'interrupted'
    | 'rows overlap'
    | 'foreign history'
    | 'not adopted'
    | 'pushed'
    | 'several heads'
    | 'cannot be recorded'
    | 'irreversible'
    | 'opaque'
    | 'model differs'
    | 'model not compared'
    | 'drift'
    | 'drift not compared'
    | 'schema note'
    | 'unreadable rows'
    | 'rows not read'
    | 'snapshot differs'
    | 'snapshot not compared'
  /** Only a problem makes a check fail; the rest is worth knowing. */
  readonly level: 'problem' | 'information'
  readonly tier?: string
  /** What it is about, in the order to look at it. */
  readonly revisions: readonly string[]
  /** The file that it is about, where that is no revision's. */
  readonly file?: string
  readonly edit?: EditKind
  /** One sentence. */
  readonly what: string
  /** What to do next. */
  readonly next: string
  /** Of a comparison of schemas: what would have to be changed, a line each. */
  readonly differences?: readonly string[]
  /** Of a pending revision: what it takes away and does not preserve. */
  readonly losses?: readonly PlannedLoss[]
}

export interface CheckOptions extends SchemaFilter {
  /** False: only the files are looked at, and nothing is connected to. Default true. */
  readonly database?: boolean
  /** The declared schema to compare with; absent: none. */
  readonly declared?: DeclaredSchema
  /** True: every row is read, and those are named that the declared types of their columns cannot read. Default false. */
  readonly data?: boolean
  /**
   * Which edit of an applied file is a problem; others are information. `text`: each, a formatter's too. `functions`: one that could
   * change its operations, its data steps or its downgrade. `operations`: one that changes its operations, or hides whether it does.
   * Default `functions`.
   */
  readonly edits?: EditLimit
  /** What the declared schema is compared with. Default: the database; without it, and of one that was pushed, what the revisions make. */
  readonly from?: 'database' | 'replay'
  /** The snapshot of the schema to compare with what the revisions make; without `text` there is no such file. Absent: none. */
  readonly snapshot?: { readonly file: string; readonly text?: string; readonly signal?: AbortSignal }
}

/** `unknown`: something was in the way, and a finding says what. */
export type CheckAnswer = 'yes' | 'no' | 'not checked' | 'unknown'

/** The questions that a check answers, each for itself. */
export interface CheckAnswers {
  /** Whether every revision is applied. */
  readonly atHead: CheckAnswer
  /** Whether the declared schema equals the database, or what the revisions make. */
  readonly model: CheckAnswer
  /** Whether the database is what its revisions make. */
  readonly noDrift: CheckAnswer
  /** Whether the files of applied revisions do what they did. */
  readonly unedited: CheckAnswer
  readonly oneHead: CheckAnswer
}

export interface CheckReport {
  /** Without a problem. */
  readonly ok: boolean
  readonly database: string
  readonly answers: CheckAnswers
  /** What was looked at. */
  readonly inspected: readonly ('files' | 'database')[]
  /** Problems first, else in the order of the tiers. */
  readonly findings: readonly CheckFinding[]
}

/** What an examination of a database found, problems first. */
export interface Examination {
  readonly database: string
  /** Without a problem. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
}
