import { type Pointer, pointer } from '../scenario.ts'

const interrupted = 'faults/remedies/advice/interrupted.test.ts'

/** Advice on runs that stopped in their middle. */
export const ofStoppedRuns: { readonly [advice: string]: readonly Pointer[] } = {
  'Correct what stopped it, and finish it with `migrate resume`.': [
    pointer(
      interrupted,
      'whose operations have no inverse: what stopped it is corrected, and resume finishes it',
      'makes the table and resumes',
    ),
  ],
  'Run it again: it resumes where it stopped.': [
    pointer(interrupted, 'by a signal: run again, it resumes where it stopped', 'runs it again'),
  ],
  'Run it again: it starts with the first of its revisions.': [
    pointer(
      'unit/run/stopped-texts.test.ts',
      'inside a revision says that it was rolled back, and run again it starts there: %s',
      'runs it again',
    ),
  ],
  'Run `migrate upgrade`: it takes over the lock and resumes where that run stopped.': [
    pointer(
      interrupted,
      'by the end of its connection: upgrade takes over the lock that doctor sees, and resumes',
      'upgrades',
    ),
  ],
}
