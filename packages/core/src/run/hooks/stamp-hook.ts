import { createPreservedStore } from '../../data-steps/preserved/store.ts'
import type { HookedRevision } from '../../options/hooks.ts'
import { type GuardedRun, guardBookkeeping } from '../guard-bookkeeping.ts'
import { callRevisionHook } from './revision-hook.ts'

/** Calls the hook of a revision that is recorded without being run. Throws HOOK_FAILED, BOOKKEEPING_INVALID, LOCK_LOST. */
export async function callStampHook(
  stamping: GuardedRun & { readonly signal: AbortSignal },
  revision: Omit<HookedRevision, 'direction'>,
): Promise<void> {
  const { resolved, session, signal } = stamping
  const { hooks, dialect, names } = resolved
  const preserved = createPreservedStore(dialect, session, names, false)
  const hook = 'afterRevision'
  const call = { hooks, hook, dialect, session, preserved, arguments: resolved.arguments, signal } as const
  await guardBookkeeping(stamping, `the hook \`${hook}\``, () =>
    callRevisionHook(call, { ...revision, direction: 'stamp' }),
  )
}
