import { resolve } from 'node:path'
import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { run } from './run.ts'

export interface UpgradeSettings {
  readonly backup?: string
}

export function upgrade(context: CommandContext, target: string, { backup }: UpgradeSettings = {}): Promise<ExitCode> {
  const words = { command: 'upgrade', done: 'applied', nothing: 'up to date' }
  const copy = backup === undefined ? {} : { backup: resolve(context.caller.folder, backup) }
  return run(context, words, (migrator, options) => migrator.upgrade(target, { ...options, ...copy }))
}
