import type { Finding } from '../dialect/finding.ts'

/** How an applied file differs from what was applied. */
export type EditKind =
  /** Neither its operations nor any function of it: a comment, a message, another form. */
  | 'only text'
  /** The operations are the same; its data steps or its own downgrade may be others. */
  | 'same operations'
  | 'operations differ'
  /** It cannot be loaded any more, or nobody recorded what it did. */
  | 'cannot be compared'

export interface CheckFinding {
  readonly kind:
    | 'not at head'
    | 'edited'
    | 'file gone'
    | 'half-way'
    | 'rows overlap'
    | 'foreign history'
    | 'several heads'
    | 'cannot be recorded'
    | 'irreversible'
    | 'opaque'
  /** Only a problem makes a check fail; the rest is worth knowing. */
  readonly level: 'problem' | 'information'
  readonly tier?: string
  /** What it is about, in the order to look at it. */
  readonly revisions: readonly string[]
  readonly edit?: EditKind
  /** One sentence. */
  readonly what: string
  /** What to do next. */
  readonly next: string
}

export interface CheckOptions {
  /** False: only the files are looked at, and nothing is connected to. Default true. */
  readonly database?: boolean
}

export interface CheckReport {
  /** Without a problem. */
  readonly ok: boolean
  readonly database: string
  /** What was looked at. */
  readonly looked: readonly ('files' | 'database')[]
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
