import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { bothGiven, lastRunTarget } from '../running/last-run-target.ts'
import { offline, refuseWithoutSql, type SqlSettings } from '../running/offline.ts'
import { run } from '../running/run.ts'
import { usage } from '../usage.ts'

export interface DowngradeSettings extends SqlSettings {
  readonly plan?: string
  readonly lastRun?: true
}

export async function downgrade(
  context: CommandContext,
  named: string | undefined,
  { plan, lastRun, ...options }: DowngradeSettings,
): Promise<ExitCode> {
  const labels = { command: 'downgrade', done: 'reverted', nothing: 'nothing to revert, the database is' }
  if (lastRun && plan !== undefined) throw bothGiven('--last-run', '--plan')
  const target = lastRun ? lastRunTarget(named) : named
  if (lastRun && options.sql) throw bothGiven('--last-run', '--sql')
  if (plan !== undefined) {
    const { refuseTarget, runSavedPlan } = await import('../running/saved-plan.ts')
    refuseTarget(target ?? (options.sql ? '--sql' : undefined))
    refuseWithoutSql(options)
    return runSavedPlan(context, { ...labels, direction: 'down' }, { file: plan })
  }
  if (target === undefined) {
    throw usage("missing required argument 'target'", 'Run `migrate downgrade --help`.')
  }
  const printed = offline(context, 'downgrade', [target], options)
  if (printed !== undefined) return printed
  return run(context, labels, (migrator, each) => migrator.downgrade(target, each))
}
