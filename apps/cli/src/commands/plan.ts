import type { Plan } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { headsText, plural } from '../reporters/formatting.ts'
import { planLines } from '../reporters/plan-text.ts'
import { bothGiven, lastRunTarget } from '../running/last-run-target.ts'
import { planAsSql, type SqlSettings } from '../running/offline.ts'

export interface PlanSettings extends SqlSettings {
  readonly lastRun?: true
}

/** What would run, with the SQL of every step. Nothing is changed. */
export async function plan(
  context: CommandContext,
  named: string | undefined,
  { lastRun, ...options }: PlanSettings = {},
): Promise<ExitCode> {
  if (lastRun && options.sql) throw bothGiven('--last-run', '--sql')
  const target = lastRun ? lastRunTarget(named) : named
  // A file of a plan is JSON; with --sql it is a script.
  const { out, ...asScript } = options
  const printed = planAsSql(context, target, options.sql ? options : asScript)
  if (printed !== undefined) return printed
  const { settings } = context
  const { migrator, tier } = await context.open()
  const planned = await migrator.plan(target, {
    tier: tier.name,
    allowDataLoss: settings.allowDataLoss,
    acceptDrift: settings.acceptDrift,
    strict: settings.strict,
  })
  if (out !== undefined) return (await import('../running/saved-plan.ts')).savePlan(context, planned, out)
  context.report.answer(planned, () => text(planned))
  return exitCodes.done
}

function text(planned: Plan): string {
  const from = headsText(planned.from)
  const warnings = planned.warnings.map((warning) => `warning: ${warning}`)
  if (planned.steps.length === 0)
    return [...warnings, `${planned.database}: nothing to run, the database is at ${from}`].join('\n')
  const together = planned.transaction === 'run' ? ', all in one transaction' : ''
  const title = `${planned.database}: ${plural(planned.steps.length, 'revision')} from ${from} to ${headsText(planned.to)}${together}`
  return [...warnings, title, planLines(planned)].join('\n\n')
}
