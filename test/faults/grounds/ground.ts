import type { ServerName } from '../../kit/servers.ts'
import type { DisturbedDialect } from '../runner/dialects.ts'

/** What is in a database by the words of its server, a line each; lines of one kind or of one table under one name. */
export type Lines = { readonly [name: string]: readonly string[] }

/** A database as it was looked at. */
export interface Contents {
  /** Everything, to the letter. */
  readonly raw: Lines
  /** Without what may differ from run to run: times, durations. */
  readonly lasting: Lines
}

/** A database as it was, to go back to. */
export interface Snapshot {
  readonly name: string
  /** What it had, where that was looked at. */
  readonly contents?: Contents
  forget(): Promise<void>
}

export type GroundName = 'sqlite' | ServerName

/** A database that runs are disturbed in, with the means of its server beside it; nothing here goes through our own code. */
export interface Ground {
  readonly name: GroundName
  readonly dialect: DisturbedDialect
  readonly url: string
  inspect(): Promise<Contents>
  save(contents?: Contents): Promise<Snapshot>
  /** Puts back what was kept; what is there now, where that is known, tells what need not be touched. */
  restore(snapshot: Snapshot, now?: Contents): Promise<void>
  /** Several statements, as they are. */
  script(text: string): Promise<void>
  rows(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

/** Columns of our own tables that tell when, how long, or in which run. */
const passing: { readonly [table: string]: readonly string[] } = {
  migrate_history: ['started_at', 'finished_at', 'duration_ms', 'run'],
  // What is kept again takes the next number.
  migrate_preserved: ['id', 'preserved_at'],
  migrate_journal: ['started_at'],
  migratehistory: ['migrated_at'],
  // The epoch counts every taking of the lock. The owner column says whether it is held.
  migrate_lock: ['epoch', 'session', 'host', 'user_name', 'revision', 'since_ms', 'lease_ms', 'beat_ms'],
}

export function isPassing(table: string, column: string): boolean {
  return passing[table]?.includes(column) === true
}

/** What differs between two looks, a line each. */
export function differences(expected: Lines, actual: Lines): readonly string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
  return names.flatMap((name) => {
    const [expectedLines, actualLines] = [expected[name] ?? [], actual[name] ?? []]
    const [left, right] = [new Set(expectedLines), new Set(actualLines)]
    const lines = [
      ...expectedLines.filter((line) => !right.has(line)).map((line) => `${name} lacks ${line.slice(0, 400)}`),
      ...actualLines.filter((line) => !left.has(line)).map((line) => `${name} has ${line.slice(0, 400)}`),
    ]
    if (lines.length > 0 || expectedLines.length === actualLines.length) return lines
    return [`${name} has ${actualLines.length} lines, not ${expectedLines.length}`]
  })
}
