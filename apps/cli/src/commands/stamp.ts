import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { offline, type SqlSettings } from '../running/offline.ts'
import { run } from '../running/run.ts'
import { usage } from '../usage.ts'

export interface StampSettings extends SqlSettings {
  /** Forget what is recorded first. */
  readonly purge?: true
  /** Record the text and operations of edited files instead of moving. */
  readonly acceptEdit?: true
}

export async function stamp(
  context: CommandContext,
  targets: readonly string[],
  settings: StampSettings,
): Promise<ExitCode> {
  const { purge, acceptEdit } = settings
  if (purge && acceptEdit) throw usage('--purge forgets what --accept-edit corrects', 'Leave one of the two out.')
  const options = { ...(purge ? { purge } : {}), ...(acceptEdit ? { acceptEdit } : {}) }
  const printed = offline(context, 'stamp', targets, settings, { '--purge': purge, '--accept-edit': acceptEdit })
  if (printed !== undefined) return printed
  const nothing = options.acceptEdit
    ? `the edit of ${targets.join(', ')} is recorded, now`
    : 'recorded without running, now'
  const labels = { command: 'stamp', done: 'recorded', nothing }
  return run(context, labels, (migrator, { tier, signal, onEvent }) =>
    migrator.stamp(targets, { tier, signal, onEvent, ...options }),
  )
}
