import {
  isFlag,
  isFunction,
  isSignal,
  isText,
  isTextOrTexts,
  isWait,
  type OptionChecks,
  requireArgument,
  requireOptions,
} from '../errors/option-check.ts'
import { withSession } from '../history/with-session.ts'
import { present } from '../model/edit.ts'
import type { RunResult, StampOptions } from '../options/migrator-options.ts'
import { invalid, type UnloadedOptions } from '../options/resolve-options.ts'
import { interruptedText } from '../planning/journal/interrupted-revision.ts'
import { observeRun } from './observe-run.ts'
import { prepareStamp, stamp } from './stamp.ts'
import { withLock } from './with-lock.ts'

const stampChecks: OptionChecks<StampOptions> = {
  signal: isSignal,
  onEvent: isFunction,
  lockWaitMs: isWait,
  tier: isText,
  purge: isFlag,
  acceptEdit: isFlag,
}

/** Stamps a database, under the lock of a run. `readOnlyWaitMs`: how long the inspection before it waits for a locked database. */
export async function stampTo(
  resolved: UnloadedOptions,
  targets: string | readonly string[],
  options: StampOptions,
  readOnlyWaitMs: number,
): Promise<RunResult> {
  requireArgument('stamp', 'target', targets, isTextOrTexts)
  requireOptions('stamp', options, stampChecks)
  const startedAt = performance.now()
  const { purge, acceptEdit, tier } = options
  if (purge && acceptEdit) throw invalid('acceptEdit', '`purge` forgets what it corrects')
  const request = { targets: [targets].flat(), ...present({ purge, acceptEdit, tier }) }
  const observer = observeRun(resolved, options)
  const { warn, waiting, rethrow } = observer
  observer.throwIfStopped()
  // Everything that can be refused is refused before a file could be made.
  await withSession(resolved, { purpose: 'inspect', ...waiting, waitMs: readOnlyWaitMs }, (session, here) =>
    prepareStamp(here, session, request),
  ).catch(rethrow)
  const stamped = await withLock(resolved, { ...waiting, warn }, (session, here, hold, signal) =>
    stamp(here, session, request, hold, signal),
  ).catch(rethrow)
  for (const interrupted of stamped.interrupted)
    warn(
      `${interruptedText(interrupted)} Its journal was deleted: what is done of it stays, and no command resumes it.`,
    )
  if (stamped.left.size > 0) {
    const { leftWarnings } = await import('../data-steps/preserved/restore/leave.ts')
    for (const line of leftWarnings(stamped.left)) warn(line)
  }
  await observer.waitUntilIdle()
  return {
    applied: [],
    heads: [{ tier: tier ?? resolved.tiers.at(-1)?.name ?? '', heads: stamped.heads }],
    reports: [],
    losses: [],
    warnings: observer.allWarnings(),
    preserved: 0,
    ms: Math.round(performance.now() - startedAt),
  }
}
