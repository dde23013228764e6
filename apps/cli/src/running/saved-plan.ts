import { readFileSync } from 'node:fs'
import { MigrateError, type Plan, type RunResult } from '@org/migrate-core'
import { messageOf } from '../configuration/config.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { usage } from '../usage.ts'
import { outputPath, writeOutput } from './output-file.ts'
import { type RunLabels, run } from './run.ts'

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** A plan is replaced by a newer one; another document of JSON is not. */
function isPlan(text: string): boolean {
  const value = parsed(text)
  return typeof value === 'object' && value !== null && 'version' in value && 'steps' in value && 'from' in value
}

/** Writes a plan to a file, for `upgrade --plan`. */
export async function savePlan(context: CommandContext, plan: Plan, out: string): Promise<ExitCode> {
  const file = await writeOutput(context, outputPath(context, out), `${JSON.stringify(plan, null, 2)}\n`, isPlan)
  context.report.answer({ file, steps: plan.steps.length }, () => `written to ${file}`)
  return exitCodes.done
}

function readPlan(file: string): unknown {
  const refused = (why: string, cause?: unknown): MigrateError =>
    new MigrateError('INVALID_OPTION', { option: '--plan', why }, `${file} is no plan: ${why}`, {
      remedy: 'Write it with `migrate plan --out <file>`.',
      ...(cause === undefined ? {} : { cause }),
    })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw refused(messageOf(cause), cause)
  }
  const plan = parsed(text)
  if (plan === undefined) throw refused('it is no JSON')
  return plan
}

/** A plan has its target. Throws USAGE for another one. */
export function refuseTarget(target: string | undefined): void {
  if (target === undefined) return
  throw usage(`--plan runs what is planned, and ${target} is a target too`, 'Leave one of the two out.')
}

/** Runs exactly the plan of a file. Throws PLAN_STALE where it would be another one now, USAGE where it leads the other way. */
export async function runSavedPlan(
  context: CommandContext,
  labels: RunLabels & { readonly direction: Plan['direction'] },
  { file, backup }: { readonly file: string; readonly backup?: string },
): Promise<ExitCode> {
  const plan = readPlan(outputPath(context, file)) as Plan
  if (plan.direction !== labels.direction && ['up', 'down'].includes(plan.direction)) {
    const other = plan.direction === 'up' ? 'upgrade' : 'downgrade'
    throw usage(
      `${file} is the plan of ${other === 'upgrade' ? 'an upgrade' : 'a downgrade'}`,
      `Run it with \`migrate ${other} --plan\`.`,
    )
  }
  return run(context, labels, async (migrator, { tier: _tier, onEvent, ...options }): Promise<RunResult> => {
    const events = migrator.run(plan, backup === undefined ? options : { ...options, backup })
    for (;;) {
      const { value, done } = await events.next()
      if (done === true) return value
      onEvent(value)
    }
  })
}
