import { MigrateError } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { offline, type SqlSettings } from '../running/offline.ts'
import { run } from '../running/run.ts'

export interface DowngradeSettings extends SqlSettings {
  readonly plan?: string
}

export async function downgrade(
  context: CommandContext,
  target: string | undefined,
  { plan, ...options }: DowngradeSettings,
): Promise<ExitCode> {
  const labels = { command: 'downgrade', done: 'reverted', nothing: 'nothing to revert, stands' }
  if (plan !== undefined) {
    const { refuseTarget, runSavedPlan } = await import('../running/saved-plan.ts')
    refuseTarget(target ?? (options.sql ? '--sql' : undefined))
    return runSavedPlan(context, { ...labels, direction: 'down' }, { file: plan })
  }
  if (target === undefined) {
    const problem = "missing required argument 'target'"
    throw new MigrateError('USAGE', { problem }, problem, { remedy: 'Run `migrate --help`, or a command with --help.' })
  }
  const printed = offline(context, 'downgrade', [target], options)
  if (printed !== undefined) return printed
  return run(context, labels, (migrator, each) => migrator.downgrade(target, each))
}
