import type { Row, SqlValue } from '@org/migrate-core/dialect'

/** How far a stage of a run is. */
export interface StageProgress {
  readonly name: string
  /** How many members it has. */
  readonly members: number
  readonly migrated: number
  readonly upToDate: number
  readonly failed: number
}

/** What a run writes of itself while it goes on. */
export interface RunState {
  readonly run: string
  readonly direction: 'up' | 'down'
  /** Absent: the head. */
  readonly target?: string
  /** Names the revisions that it ran: a worker with other ones takes no part in it. */
  readonly release: string
  /** ISO 8601, UTC, like the others. */
  readonly startedAt: string
  /** The last sign of life. */
  readonly updatedAt: string
  /** Absent: it is running, or it was killed. */
  readonly finishedAt?: string
  /** Why not every member was taken. */
  readonly stopped?: 'failures' | 'signal' | 'gate' | 'error'
  readonly stages: readonly StageProgress[]
}

/** What the fleet knows of a run over it. */
export interface RunRecord extends RunState {
  /** It has not ended, and gave no sign of life for a minute. */
  readonly isDead: boolean
}

const deadAfterMs = 60_000

export const runColumns = [
  'run',
  'direction',
  'target',
  'release',
  'started_at',
  'updated_at',
  'finished_at',
  'stopped',
  'stages',
]

export function cellsOfRun(record: RunState): readonly (readonly [column: string, value: SqlValue])[] {
  return [
    ['run', record.run],
    ['direction', record.direction],
    ['target', record.target ?? null],
    ['release', record.release],
    ['started_at', record.startedAt],
    ['updated_at', record.updatedAt],
    ['finished_at', record.finishedAt ?? null],
    ['stopped', record.stopped ?? null],
    ['stages', JSON.stringify(record.stages)],
  ]
}

export function runOf(row: Row): RunRecord {
  const { target, finished_at: finishedAt, stopped } = row
  return {
    run: String(row.run),
    direction: row.direction === 'down' ? 'down' : 'up',
    release: String(row.release),
    startedAt: String(row.started_at),
    updatedAt: String(row.updated_at),
    isDead: typeof finishedAt !== 'string' && Date.now() - Date.parse(String(row.updated_at)) > deadAfterMs,
    stages: JSON.parse(String(row.stages)) as readonly StageProgress[],
    ...(typeof target === 'string' ? { target } : {}),
    ...(typeof finishedAt === 'string' ? { finishedAt } : {}),
    ...(typeof stopped === 'string' ? { stopped: stopped as 'failures' | 'signal' | 'gate' | 'error' } : {}),
  }
}
