import type { CheckReport } from '@org/migrate-autogenerate'
import type { HistoryRow, MigratorStatus } from '@org/migrate-core'
import type { DrawnRow } from '../../drawing/lanes.ts'
import type { Mark } from '../../drawing/lines.ts'
import type { RevisionFacts } from '../../graph/revision-facts.ts'
import type { PicturedSchema } from '../erd/picture.ts'

export interface ReportedStatement {
  readonly sql: string
  /** Characters that were left out at its end. */
  readonly omitted?: number
  /** Its values, each for people. */
  readonly params: readonly string[]
  /** `commits by itself`, `outside a transaction`. */
  readonly remarks: readonly string[]
  readonly ms?: number
}

export interface ReportedOperation {
  readonly describe: string
  /** Why there is nothing to do, limits of time, what is assumed. */
  readonly remarks: readonly string[]
  readonly statements: readonly ReportedStatement[]
}

/** `none`: the table or the column is empty. */
export type LossFate = 'lost' | 'preserved' | 'none'

export interface ReportedLoss {
  readonly text: string
  readonly fate: LossFate
}

/** A step of a plan or of a run. */
export interface ReportedStep {
  readonly tier: string
  readonly revision: string
  readonly message: string
  readonly direction: 'up' | 'down'
  readonly source?: string
  /** Of a run; a step without an end was interrupted. */
  readonly outcome?: 'done' | 'failed' | 'skipped' | 'interrupted'
  readonly ms?: number
  readonly operations: readonly ReportedOperation[]
  /** How many operations there are besides. */
  readonly omitted?: number
  readonly losses: readonly ReportedLoss[]
  readonly notes: readonly string[]
  /** Which tables other sessions wait for. */
  readonly locks: readonly string[]
  /** How long it took elsewhere or before. */
  readonly durations: readonly string[]
}

/** A diagram of the schema, with what could not be in it. */
export interface ReportedDiagram {
  readonly picture: PicturedSchema
  readonly svg?: string
  readonly notes: readonly string[]
}

export interface ReportedGraph {
  readonly rows: readonly DrawnRow[]
  readonly revisions: ReadonlyMap<string, RevisionFacts & { readonly mark?: Mark }>
  /** Heads of the database that no file describes. */
  readonly unknown: readonly string[]
  readonly omitted?: string
}

/** A part of the report that could not be made. */
export interface ReportProblem {
  readonly part: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** Everything that a page shows. */
export interface ReportData {
  readonly title: string
  /** One sentence: what was run, or would be. */
  readonly verdict: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly tool: string
  /** Absent: no database was read. */
  readonly database?: string
  readonly dialect: string
  readonly from: string
  readonly to: string
  readonly isRun: boolean
  readonly steps: readonly ReportedStep[]
  readonly stepCount: number
  /** What would run is not known: the plan could not be made. */
  readonly isUnplanned?: true
  /** A run's time. */
  readonly ms?: number
  readonly warnings: readonly string[]
  readonly failure?: ReportProblem
  readonly status?: MigratorStatus
  readonly graph?: ReportedGraph
  readonly diagram?: ReportedDiagram
  readonly history?: readonly HistoryRow[]
  readonly check?: CheckReport
  readonly problems: readonly ReportProblem[]
}
