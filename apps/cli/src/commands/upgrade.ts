import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { run } from './run.ts'

export function upgrade(context: CommandContext, target: string): Promise<ExitCode> {
  const words = { command: 'upgrade', done: 'applied', nothing: 'up to date' }
  return run(context, words, (migrator, options) => migrator.upgrade(target, options))
}
