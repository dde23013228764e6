import type { InterruptedStep } from '../../bookkeeping/journal-entries.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { TierGraph } from '../route.ts'

type InterruptedSummary = Pick<InterruptedStep, 'revision' | 'direction' | 'startedAt'>

export const interruptedRemedy =
  'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.'

/** Where this program has no file of the revision. */
export const resumedElsewhere = 'Run the program that has this revision, which resumes it.'

/** Whether this program has the file of an interrupted revision, and so can resume it. */
export const hasFileOf = (
  graphs: readonly Pick<TierGraph, 'tier' | 'names'>[],
  { tier, revision }: Pick<InterruptedStep, 'tier' | 'revision'>,
): boolean => graphs.some((each) => each.tier.name === tier && each.names.includes(revision))

const whyInterrupted = ({ direction, startedAt }: InterruptedSummary): string =>
  `its ${direction === 'up' ? 'upgrade' : 'downgrade'} started at ${startedAt} and has not finished`

export const interruptedText = (interrupted: InterruptedSummary): string =>
  `Revision ${interrupted.revision} is interrupted: ${whyInterrupted(interrupted)}.`

/** The error of what needs the end of an interrupted revision first. */
export function interruptedError(
  interrupted: InterruptedSummary,
  hasFile = true,
): MigrateError<'REVISION_INTERRUPTED'> {
  const remedy = hasFile ? interruptedRemedy : resumedElsewhere
  const details = { revision: interrupted.revision, why: whyInterrupted(interrupted) }
  return new MigrateError('REVISION_INTERRUPTED', details, interruptedText(interrupted), { remedy })
}

/** The revert of an interrupted step, as long as nothing of it has run; one that has begun is its own. */
export function revertOf(interrupted: InterruptedStep): InterruptedStep {
  if (interrupted.original !== undefined) return interrupted
  const { tier, revision, direction, startedAt } = interrupted
  const opposite = direction === 'up' ? 'down' : 'up'
  return { tier, revision, direction: opposite, reverts: true, startedAt, parts: [], original: interrupted }
}
