import { present } from '@org/migrate-core/dialect'
import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { SqlSettings } from '../running/offline.ts'
import { run, whenPushed } from '../running/run.ts'

export interface UpgradeSettings extends SqlSettings {
  readonly backup?: string
  readonly plan?: string
  /** A file for a page about the run. */
  readonly report?: string
}

export async function upgrade(
  context: CommandContext,
  target?: string,
  options: UpgradeSettings = {},
): Promise<ExitCode> {
  const { backup, plan, report, ...sql } = options
  if (report !== undefined && !sql.sql) {
    const { reportedRun } = await import('./report/reported-run.ts')
    return reportedRun(context, report, (each) => {
      const { report: _report, ...rest } = options
      return upgrade(each, target, rest)
    })
  }
  // The most frequent run has no options, and reads nothing of this.
  if (Object.keys(sql).length > 0 || target?.includes(':')) {
    const { offline } = await import('../running/offline.ts')
    const printed = offline(context, 'upgrade', target === undefined ? [] : [target], sql, {
      ...present({ '--backup': backup, '--plan': plan, '--report': report }),
    })
    if (printed !== undefined) return printed
  }
  const labels = { command: 'upgrade', done: 'applied', nothing: 'up to date' }
  const copy =
    backup === undefined ? {} : { backup: (await import('../running/output-file.ts')).outputPath(context, backup) }
  if (plan !== undefined) {
    const { refuseTarget, runSavedPlan } = await import('../running/saved-plan.ts')
    refuseTarget(target)
    return runSavedPlan(context, { ...labels, direction: 'up' }, { file: plan, ...copy })
  }
  return run(context, labels, (migrator, each, project) =>
    migrator.upgrade(target, { ...each, ...copy }).catch(whenPushed(context, project, target)),
  )
}
