import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { run } from './run.ts'

export interface StampSettings {
  /** Forget what is recorded first. */
  readonly purge?: true
  /** Record the text and operations of edited files instead of moving. */
  readonly acceptEdit?: true
}

export function stamp(context: CommandContext, targets: readonly string[], options: StampSettings): Promise<ExitCode> {
  const nothing = options.acceptEdit
    ? `the edit of ${targets.join(', ')} is recorded, stands`
    : 'recorded without running, stands'
  const words = { command: 'stamp', done: 'recorded', nothing }
  return run(context, words, (migrator, runOptions) => migrator.stamp(targets, { ...runOptions, ...options }))
}
