import { type Pointer, pointer } from '../scenario.ts'

const stepNotes = 'dialects/postgres/run/step-notes.test.ts'

/** What doctor says that tests of its subject follow. */
export const ofDoctor: { readonly [advice: string]: readonly Pointer[] } = {
  'Give each a primary key in a revision, or ALTER TABLE … REPLICA IDENTITY FULL;': [
    pointer(
      stepNotes,
      'doctor names the tables whose rows the server does not change, and that no DDL is sent',
      'does so',
    ),
  ],
  'Run the revisions on each subscriber too: those that add something before they run here, those that drop something after it.':
    [
      pointer(
        stepNotes,
        'doctor names the tables whose rows the server does not change, and that no DDL is sent',
        'reports it while rows are published',
      ),
    ],
  'Set innodb_strict_mode to ON on the server, or GRANT SESSION_VARIABLES_ADMIN ON *.* TO the user.': [
    pointer('dialects/mysql/connection/server-settings.test.ts', 'A user who may not set it is warned', 'does both'),
  ],
}
