import { B, G, MA, P, PMA, proof, type Row, row, S, SPMA } from './row.ts'

const later = 'changes over several releases are not supported yet'

/** 9.6 and 9.7: time, input, output; changes over several releases. */
export const rest: readonly Row[] = [
  row(
    86,
    'the clock of the client is wrong',
    SPMA,
    "the graph decides the order, and the server's clock decides leases",
    'nothing',
    [
      proof(
        SPMA,
        'faults/rows/clock.test.ts',
        'row 86: that is ten years wrong, and goes back between two looks, changes neither the order nor what is made',
      ),
      proof(SPMA, 'faults/history.test.ts', 'row 86: times that lie in the future change no order'),
    ],
  ),
  row(
    87,
    'the clock of the server jumps',
    [...B, ...G],
    'a run that takes over also checks for the former holder',
    'nothing',
    [],
    'no test yet',
  ),
  row(88, 'hostile names', SPMA, 'they work up and down, or are refused', 'INVALID_NAME', [
    proof(
      SPMA,
      '../packages/conformance/src/suites/names.ts',
      'a name with a character beyond U+FFFF is taken whole, or refused before anything runs',
    ),
    proof(S, 'unit/preserved/values.test.ts', 'names that JavaScript knows, quotes and emoji go down and up again'),
  ]),
  row(89, 'names that are equal after 63 bytes', P, 'refused', 'the name and its length', [
    proof(
      P,
      '../packages/conformance/src/suites/names.ts',
      'a name with one more character is refused before anything runs: ',
    ),
  ]),
  row(90, 'the password', PMA, 'it is in no output', 'nothing of it', [
    proof(PMA, 'faults/network/start.test.ts', 'is told with what to do, and never with the password'),
    proof(
      PMA,
      'openwebui/servers/command-line.test.ts',
      'finds the database in the parts of the environment, and never shows a password',
    ),
  ]),
  row(91, 'paths that lead out of the folder of revisions', S, 'refused', 'the path', [
    proof(S, 'unit/files/new-files.test.ts', '%s is refused'),
    proof(S, 'cli/new-revisions.test.ts', '%j is %s and leaves nothing behind'),
  ]),
  row(92, 'keys and tables called __proto__ and constructor', S, 'they work', 'nothing', [
    proof(S, 'dialects/sqlite/connection/values.test.ts', 'may stand in columns called __proto__ and constructor'),
  ]),
  row(
    93,
    'every form of SQL text',
    SPMA,
    'read as the server reads it',
    'nothing',
    [
      proof(
        P,
        'dialects/postgres/connection/values.test.ts',
        '?? is a question mark of the server, and ? in texts, names and comments is none of ours',
      ),
      proof(S, 'dialects/sqlite/connection/values.test.ts', 'of several statements in one text are refused'),
    ],
    'no test of its own yet',
  ),
  row(
    94,
    'a script runs a second time, or on another version',
    SPMA,
    'it stops at its first check, which compares the current revision with the start of the script',
    'the message of the client',
    [
      proof(
        SPMA,
        'faults/rows/script.test.ts',
        'row 94: that is run twice stops the second time, and nothing is there twice',
      ),
      proof(
        SPMA,
        'faults/rows/script.test.ts',
        'row 94: that was written for another version stops at its first check, and a run resumes from where the database stands',
      ),
    ],
  ),
  row(95, 'a script by hand, then `upgrade`', ['sqlite', 'postgres'], 'nothing to do', 'up to date', [
    proof(
      S,
      'unit/run/script-run.test.ts',
      'a script leaves what an online run leaves, and online continues and downgrades from there',
    ),
    proof(P, 'unit/script/script.test.ts', 'ends in the schema, the rows and the bookkeeping of a run'),
  ]),
  row(96, 'no terminal, closed output, --json when something fails', S, 'one document, and the exit code', 'JSON', [
    proof(
      S,
      'cli/run.test.ts',
      'a revision that fails in its third statement leaves all as it was, says where and what to do, and runs once it is fixed',
    ),
    proof(S, 'cli/failures.test.ts', 'is OUTPUT_FAILED, also after a run that was done'),
  ]),
  row(97, 'a question without a terminal', S, 'refused, with the flag to pass', 'the flag', [
    proof(
      S,
      'cli/autogenerate-story.test.ts',
      'goes from its first table to a changed schema and back, and nothing is lost on the way',
    ),
  ]),
  row(98, 'a listener of the user throws', SPMA, 'the run continues', 'a warning', [
    proof(SPMA, 'faults/history.test.ts', 'row 98: a listener that throws stops nothing'),
    proof(S, 'unit/run/races.test.ts', 'a listener that throws does not stop the run; the result says so'),
  ]),
  row(
    99,
    'equal rows are inserted while a unique index is built concurrently',
    P,
    'the invalid index is dropped, and the rows are named',
    'STATEMENT_FAILED',
    [],
    later,
  ),
  row(
    100,
    'the validation of a constraint fails on one row',
    P,
    'it stays NOT VALID, and this is reported',
    'the row',
    [],
    later,
  ),
  row(101, 'a backfill reaches a row that a rule refuses', SPMA, 'it stops at that key', 'the row', [], later),
  row(
    102,
    'an old program writes a value that cannot be converted',
    PMA,
    'refused or set aside, never NULL',
    'the row',
    [],
    later,
  ),
  row(
    103,
    'the trigger that keeps two columns equal is missing',
    PMA,
    'detected before the contraction',
    'the rows',
    [],
    later,
  ),
  row(104, 'a contraction while an old release is connected', SPMA, 'refused', 'the connected sessions', [], later),
  row(105, 'an expansion is abandoned', SPMA, 'its additions are removed', 'nothing', [], later),
  row(
    106,
    'INSTANT is refused',
    MA,
    'another algorithm or a stop, never a copy',
    'the message of the server',
    [],
    later,
  ),
  row(107, 'the log of an online change overflows', MA, 'nothing of the change is committed', 'the setting', [], later),
  row(108, 'a partition is added during the change', P, 'a second round', 'nothing', [], later),
  row(109, 'subscribers of a replication', P, 'a warning before the run', 'the subscribers', [], later),
  row(
    110,
    'every rewrite on no row, one row and very many rows',
    SPMA,
    'the same result as the plain statement',
    'nothing',
    [],
    later,
  ),
]
