import { type StepMethod, withUnknownName } from '../../data-steps/call-forms.ts'
import type { PreservedStore } from '../../data-steps/preserved/store.ts'
import { callsText } from '../../data-steps/step-call.ts'
import { createStepFacade } from '../../data-steps/step-database.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { present } from '../../model/edit.ts'
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
    ...present({ signal }),
  })
  const db = rowDatabase(facade.db)
  let forgotten: readonly StepMethod[] = []
  try {
    const limit = { hook, limitMs: hooks.limitMs, isBusy: () => facade.idleMs() === 0 }
    await callHook({ ...limit, ...present({ signal }) }, async () => {
      try {
        await work({ ...revision, db })
      } catch (error) {
        throw withUnknownName(error, db)
      }
    })
  } finally {
    forgotten = facade.close()
  }
  if (forgotten.length > 0) throw hookFailed(hook, `it ended without awaiting ${callsText(forgotten)}`)
}
