import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { run } from './run.ts'

export function downgrade(context: CommandContext, target: string): Promise<ExitCode> {
  const words = { command: 'downgrade', done: 'reverted', nothing: 'nothing to revert, stands' }
  return run(context, words, (migrator, options) => migrator.downgrade(target, options))
}
