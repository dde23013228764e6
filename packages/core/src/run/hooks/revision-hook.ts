import type { PreservedStore } from '../../data-steps/preserved/store.ts'
import { createStepFacade } from '../../data-steps/step-database.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import type { HookedRevision, Hooks } from '../../options/hooks.ts'
import { callHook, hookFailed } from './call-hook.ts'
import { rowDatabase } from './row-database.ts'

interface RevisionHookCall {
  readonly hooks: Hooks
  readonly hook: 'beforeRevision' | 'afterRevision'
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly arguments: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Calls a hook in the open transaction of a revision. Throws HOOK_FAILED. */
export async function callRevisionHook(call: RevisionHookCall, revision: HookedRevision): Promise<void> {
  const { hooks, hook, signal, ...parts } = call
  const work = hooks[hook]
  if (work === undefined) return
  const facade = createStepFacade({
    ...parts,
    owner: revision,
    label: hook,
    title: `hook \`${hook}\``,
    report: () => undefined,
    progress: () => undefined,
    ...(signal === undefined ? {} : { signal }),
  })
  const db = rowDatabase(facade.db)
  let forgotten = 0
  try {
    const limit = { hook, limitMs: hooks.limitMs, isBusy: () => facade.idleMs() === 0 }
    await callHook({ ...limit, ...(signal === undefined ? {} : { signal }) }, () => work({ ...revision, db }))
  } finally {
    forgotten = facade.close()
  }
  if (forgotten > 0) throw hookFailed(hook, `it ended without awaiting ${forgotten} of its calls of \`db\``)
}
