import type { MigrationEvent, RunResult } from '@org/migrate-core'
import type { FleetMember } from '../members/member.ts'
import { AttemptChanges } from '../row-changes.ts'
import { storable } from '../state/storable.ts'
import type { MemberChanges, MemberOutcome, MemberRecord } from '../state/store.ts'
import { type RetryOptions, withRetries } from '../transient.ts'
import { failureOf, type MemberFailure } from './failures.ts'

/** How a member ended in a run, wherever it was taken: JSON. */
export interface MemberReport extends MemberChanges {
  readonly id: string
  readonly outcome: MemberOutcome
  readonly heads: readonly string[]
  readonly attempts: number
  readonly ms: number
  readonly failure?: MemberFailure
}

/** Migrates one member, and tries again after transient errors. Never throws. */
export async function takeMember(
  member: FleetMember,
  retry: RetryOptions,
  migrate: (member: FleetMember, onEvent: (event: MigrationEvent) => void) => Promise<RunResult>,
  onRetry: (attempt: number, failure: MemberFailure) => void,
): Promise<MemberReport> {
  const startedAt = performance.now()
  let attempts = 1
  const elapsed = (): number => Math.round(performance.now() - startedAt)
  const retried = (attempt: number, error: unknown): void => {
    attempts = attempt + 1
    onRetry(attempt, failureOf(member, error))
  }
  const changes = new AttemptChanges()
  const attempt = async (): Promise<RunResult> => {
    try {
      return await migrate(member, changes.onEvent)
    } catch (error) {
      changes.fail(error)
      throw error
    }
  }
  try {
    const result = await withRetries(retry, retried, attempt)
    const ofRun = changes.of(result)
    const outcome = ofRun.applied.length > 0 ? 'migrated' : 'upToDate'
    const heads = result.heads.flatMap((tier) => tier.heads)
    return storable({ id: member.id, outcome, heads, ...ofRun, attempts, ms: elapsed() })
  } catch (error) {
    const failure = failureOf(member, error)
    const end = { attempts, ms: elapsed(), failure }
    return storable({ id: member.id, outcome: 'failed', heads: [], ...changes.of(), ...end })
  }
}

/** What the state keeps of it. */
export function recordOf(
  { id, outcome, heads, attempts, ms, failure, ...changes }: MemberReport,
  taken: Pick<MemberRecord, 'run' | 'stage'>,
): MemberRecord {
  const failed = failure === undefined ? {} : { code: failure.code, message: failure.message }
  const ended = { outcome, heads, attempts, durationMs: ms, finishedAt: new Date().toISOString() }
  return { id, ...ended, ...taken, ...failed, ...changes }
}
