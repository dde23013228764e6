import { MigrateError, type MigrationEvent } from '@org/migrate-core'
import { createListener } from '@org/migrate-core/internal'
import type { EnsuredMember, EnsureMemberOptions, HeardRun, SingleMembers } from './ensure-types.ts'
import { checkMember, type FleetMember } from './member.ts'

/** One call of those that wait for a run. */
interface Caller {
  readonly emit: (event: MigrationEvent) => void
}

/** A run for a member, and the calls that wait for it. */
interface SharedRun {
  readonly work: Promise<EnsuredMember>
  readonly callers: Set<Caller>
  readonly stop: AbortController
}

function aborted(cause: unknown): MigrateError<'ABORTED'> {
  return new MigrateError('ABORTED', { applied: [] }, 'Stopped while the member was brought to the head.', {
    cause,
    remedy: 'Run it again.',
  })
}

/** What the run gives. The signal ends the waiting; the last call that waits ends the run. */
async function waitFor(
  { work, callers, stop }: SharedRun,
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<EnsuredMember> {
  callers.add(caller)
  let leave = (): void => undefined
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      callers.delete(caller)
      if (callers.size === 0) stop.abort(signal?.reason)
      else reject(aborted(signal?.reason))
    }
  })
  signal?.addEventListener('abort', leave, { once: true })
  if (signal?.aborted) leave()
  try {
    return await Promise.race([work, left])
  } finally {
    signal?.removeEventListener('abort', leave)
    callers.delete(caller)
  }
}

/** Calls for the same member, while it runs, share one run. */
export function sharingRuns(
  keyOf: (member: FleetMember) => string,
  work: (member: FleetMember, isNew: boolean, heard: HeardRun) => Promise<EnsuredMember>,
): SingleMembers {
  const running = new Map<string, SharedRun>()
  const start = (key: string, member: FleetMember, isNew: boolean): SharedRun => {
    const callers = new Set<Caller>()
    const stop = new AbortController()
    const onEvent = (event: MigrationEvent): void => {
      for (const { emit } of callers) emit(event)
    }
    const ended = work(member, isNew, { onEvent, signal: stop.signal })
      .catch((error: unknown) => {
        throw stop.signal.aborted && error === stop.signal.reason ? aborted(error) : error
      })
      .finally(() => running.delete(key))
    const run = { work: ended, callers, stop }
    running.set(key, run)
    return run
  }
  const joined = async (
    given: FleetMember,
    isNew: boolean,
    { onEvent, signal }: EnsureMemberOptions = {},
  ): Promise<EnsuredMember> => {
    const member = checkMember(given)
    const key = keyOf(member)
    let run = running.get(key)
    // One that ends for a signal is none of this call's.
    while (run?.stop.signal.aborted) {
      await run.work.catch(() => undefined)
      run = running.get(key)
    }
    const { emit, complaints } = createListener(onEvent)
    const ensured = await waitFor(run ?? start(key, member, isNew), { emit }, signal)
    if (complaints.length === 0) return ensured
    return { ...ensured, warnings: [...(ensured.warnings ?? []), ...complaints] }
  }
  return {
    ensure: (member, options) => joined(member, false, options),
    create: (member, options) => joined(member, true, options),
  }
}
