import type { HistoryRow } from '@org/migrate-core'
import type { MemberRecord } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { columns, duration, oneLine } from '../reporters/formatting.ts'
import { findMember } from './find-member.ts'
import { openFleet } from './open-fleet.ts'
import { changeLinesOf } from './report.ts'

const verbs: { readonly [D in HistoryRow['direction']]: string } = {
  up: 'upgrade',
  down: 'downgrade',
  stamp: 'stamp',
  edit: 'accept edit',
  revert: 'revert',
  push: 'push',
  load: 'load',
}

function recordLines(record: MemberRecord | undefined, hasStages: boolean): readonly string[] {
  if (record === undefined) return ['no run of the fleet has taken it']
  const { outcome, stage, run, attempts, finishedAt, durationMs, code, message = '' } = record
  const tries = attempts > 1 ? `, ${attempts} attempts` : ''
  const ended = { migrated: 'migrated', upToDate: 'up to date', failed: 'failed' }[outcome]
  return [
    `${ended} at ${finishedAt} in ${duration(durationMs)}${tries}`,
    hasStages ? `  stage ${oneLine(stage)} of run ${run}` : `  run ${run}`,
    ...(code === undefined ? [] : [`  ${code}: ${oneLine(message)}`]),
    ...changeLinesOf(oneLine(record.id), record).map((text) => `  ${text}`),
  ]
}

/** How the last run that took a member ended, and what its own history records, the newest first. */
export async function fleetHistory(context: CommandContext, id: string): Promise<ExitCode> {
  const open = await openFleet(context)
  const member = await findMember(open, id)
  const record = await open.fleet.record(id)
  // A member that failed may be out of reach: what the fleet knows of it is an answer, too.
  const read = await open.fleet.history(member).then(
    (rows) => ({ rows: [...rows].reverse() }),
    (error: unknown) => {
      if (record === undefined) throw error
      return { problem: context.scrub(error instanceof Error ? error.message : String(error)) }
    },
  )
  context.report.answer({ id, record: record ?? null, ...('rows' in read ? { history: read.rows } : read) }, () =>
    [
      oneLine(id),
      ...recordLines(record, open.hasStages),
      ...('rows' in read
        ? [
            columns(
              read.rows.map(({ finishedAt, direction, tier, revision, durationMs }) => [
                finishedAt,
                verbs[direction],
                `${tier}:${revision}`,
                duration(durationMs),
              ]),
            ),
          ]
        : [`its own history can't be read: ${oneLine(read.problem)}`]),
    ]
      .filter((line) => line !== '')
      .join('\n'),
  )
  return exitCodes.done
}
