import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { offline, type SqlSettings } from '../running/offline.ts'
import { run } from '../running/run.ts'

export async function downgrade(context: CommandContext, target: string, options: SqlSettings): Promise<ExitCode> {
  const printed = offline(context, 'downgrade', [target], options)
  if (printed !== undefined) return printed
  const labels = { command: 'downgrade', done: 'reverted', nothing: 'nothing to revert, stands' }
  return run(context, labels, (migrator, each) => migrator.downgrade(target, each))
}
