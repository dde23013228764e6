import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet, RunRecord, StageProgress } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine, plural } from '../reporters/formatting.ts'
import { fit } from '../reporters/progress.ts'
import { openFleet } from './open-fleet.ts'

const pollMs = 500
/** Logs are read in narrow windows. */
const lineWidth = 58

export const doneOf = ({ migrated, upToDate, failed }: StageProgress): number => migrated + upToDate + failed

/** Where a stage is, in a line. */
function stageText(stage: StageProgress): string {
  const { name, members, migrated, upToDate, failed } = stage
  const left = members - doneOf(stage)
  const parts = [
    ...(migrated > 0 ? [`${migrated.toLocaleString('en-US')} migrated`] : []),
    ...(upToDate > 0 ? [`${upToDate.toLocaleString('en-US')} up to date`] : []),
    ...(failed > 0 ? [`${failed.toLocaleString('en-US')} failed`] : []),
    ...(left > 0 ? [`${left.toLocaleString('en-US')} left`] : []),
  ]
  return fit(lineWidth, '', oneLine(name), `: ${parts.length === 0 ? 'no member' : parts.join(', ')}`)
}

const stopTexts = {
  failures: 'stopped after too many failures',
  signal: 'stopped',
  gate: 'stopped at a gate',
  error: 'ended by an error',
} as const

/** How a run ended, or where it is. */
function runText(run: RunRecord): string {
  const { startedAt, finishedAt, updatedAt, isDead, stopped, stages } = run
  const members = stages.reduce((sum, stage) => sum + stage.members, 0)
  const end = isDead
    ? `no sign of life since ${updatedAt}\n  run \`migrate fleet upgrade\` again to continue`
    : finishedAt === undefined
      ? 'running'
      : `${stopped === undefined ? 'finished' : stopTexts[stopped]} at ${finishedAt}`
  return [
    `run ${run.run}`,
    `  started at ${startedAt}, ${plural(members, 'member')}`,
    `  ${end}`,
    ...stages.map((stage) => `  ${stageText(stage)}`),
  ].join('\n')
}

/** Members that failed, or were not taken. */
const hasLeft = ({ stages, stopped }: RunRecord): boolean =>
  stopped !== undefined || stages.some((stage) => stage.failed > 0 || doneOf(stage) < stage.members)

/** Shows a progress line for the stage that is on, and a line for each that has ended. */
function createWatch({ report }: CommandContext): (run: RunRecord) => void {
  const ended = new Set<string>()
  return ({ run, target = 'head', direction, stages }) => {
    const current = stages.find((stage) => doneOf(stage) < stage.members)
    for (const stage of stages) {
      if (stage === current) break
      const key = JSON.stringify([run, stage.name])
      if (!ended.has(key) && stage.members > 0) report.note(stageText(stage))
      ended.add(key)
    }
    if (current === undefined) return
    const { name, members } = current
    const what = oneLine(name)
    report.event({
      type: 'progress',
      tier: '',
      revision: target,
      direction,
      what,
      done: doneOf(current),
      total: members,
    })
  }
}

async function newestRun(fleet: Fleet): Promise<RunRecord | undefined> {
  const [run] = await fleet.runs(1)
  return run
}

/** Follows the newest run to its end. Exits with 3 where it left members, or died. */
export async function fleetWatch(context: CommandContext): Promise<ExitCode> {
  const { signal, report } = context
  const { fleet } = await openFleet(context)
  const show = createWatch(context)
  let run = await newestRun(fleet)
  while (run !== undefined && run.finishedAt === undefined && !run.isDead && !signal.aborted) {
    show(run)
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
    run = await newestRun(fleet)
  }
  if (run === undefined) {
    report.answer({ run: null }, () => 'no run is recorded')
    return exitCodes.done
  }
  show(run)
  report.event({ type: 'finished', applied: [], heads: [], ms: 0 })
  const last = run
  report.result({ command: 'fleet watch', ...last }, () => runText(last))
  if (signal.aborted) return exitCodes.interrupted
  return last.isDead || hasLeft(last) ? exitCodes.todo : exitCodes.done
}
