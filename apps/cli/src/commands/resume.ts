import type { RunOptions } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { run } from '../running/run.ts'
import { usage } from '../usage.ts'

export interface ResumeSettings {
  readonly assumeApplied?: string
  readonly assumeNotApplied?: string
  readonly revert?: true
}

function part(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw usage(`${text} is not the number of a part`, 'The error that stopped the run names the number.')
}

function assumed({ assumeApplied, assumeNotApplied }: ResumeSettings): Pick<RunOptions, 'assume'> {
  if (assumeApplied !== undefined && assumeNotApplied !== undefined) {
    throw usage('one part either ran or not: give one of the two options')
  }
  if (assumeApplied !== undefined) return { assume: { part: part(assumeApplied), applied: true } }
  if (assumeNotApplied !== undefined) return { assume: { part: part(assumeNotApplied), applied: false } }
  return {}
}

/** Resumes an interrupted revision in its own direction: an upgrade then continues to the head, a downgrade ends. With `--revert` it is taken back. */
export async function resume(context: CommandContext, settings: ResumeSettings): Promise<ExitCode> {
  const assume = assumed(settings)
  const revert = settings.revert === true
  const labels = {
    command: 'resume',
    done: revert ? 'taken back' : 'finished',
    nothing: 'nothing is interrupted, the database is',
  }
  // What is interrupted says which tier it is of.
  return run(context, labels, (migrator, { tier: _, ...options }) => migrator.resume({ ...options, ...assume, revert }))
}
