import { MigrateError } from '../../errors/migrate-error.ts'
import type { OpenStep } from './entries.ts'

type Interrupted = Pick<OpenStep, 'revision' | 'direction' | 'startedAt'>

export const interruptedRemedy =
  'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.'

/** Where this program has no file of the revision. */
export const resumedElsewhere = 'Run the program that has this revision, which resumes it.'

const whyInterrupted = ({ direction, startedAt }: Interrupted): string =>
  `its ${direction === 'up' ? 'upgrade' : 'downgrade'} was begun at ${startedAt} and has not ended`

export const interruptedText = (open: Interrupted): string =>
  `Revision ${open.revision} stands half-way: ${whyInterrupted(open)}.`

/** The error of what needs the end of an interrupted revision first. */
export function interrupted(open: Interrupted): MigrateError<'REVISION_INTERRUPTED'> {
  const details = { revision: open.revision, why: whyInterrupted(open) }
  return new MigrateError('REVISION_INTERRUPTED', details, interruptedText(open), { remedy: interruptedRemedy })
}
