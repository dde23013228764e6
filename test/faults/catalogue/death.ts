import { all, B, G, MA, P, PMA, proof, type Row, row, S, SPMA } from './row.ts'

const wholeChain = 'of each revision of the whole chain, with rows, is ended by the next run, as if nothing had been'
const back = 'of each downgrade of the whole chain is ended by the next run, as if nothing had been'
const suite = 'faults/kills/suite.ts'
const random = proof(
  SPMA,
  'faults/kills/random.ts',
  'at random moments inside long statements is ended by the next run: the server finishes or takes back, and nothing is done twice',
)

/** 9.1: the process ends. */
export const death: readonly Row[] = [
  row(
    1,
    'the process is killed (SIGKILL) at any statement boundary',
    [...all, ...B, ...G],
    'all of the revision or nothing; on MySQL and MariaDB, and where a revision falls into segments, the next run resumes',
    'the next `upgrade` says what it found, and continues',
    [
      proof(SPMA, suite, wholeChain),
      proof(SPMA, suite, 'of revisions with data steps between their changes, and what is preserved in the downgrade'),
      proof(
        P,
        suite,
        'of revisions that fall into segments: deferred checks, a new value of an enum, indexes that are built concurrently',
      ),
      proof(
        MA,
        suite,
        'beside SQL of the author: what inspection cannot resolve is asked for, and resumed as a person says',
      ),
      proof(
        G,
        'faults/cluster/galera-runs.test.ts',
        'one that is killed is taken over from another node, not before its lease is over',
      ),
      proof(
        B,
        'faults/cluster/pgbouncer-runs.test.ts',
        'one that is killed is taken over, not before its lease is over',
      ),
    ],
  ),
  row(
    2,
    'killed in the middle of DDL that is part of a transaction',
    P,
    'nothing of it; the server ends the session by itself',
    'nothing; the next run starts again',
    [
      { ...random, on: P },
      proof(
        P,
        'dialects/postgres/connection/connect.test.ts',
        'asks the server while a statement runs whether this process is still there',
      ),
    ],
  ),
  row(
    3,
    'killed while a table is copied or an index built',
    MA,
    'the server ends the statement; the next run waits for it and finds it done',
    'the next run says what still runs',
    [
      { ...random, on: MA },
      proof(
        MA,
        'dialects/mysql/lock/outlived.test.ts',
        'is waited for by the next run, which says what still runs, and then resumes behind it',
      ),
    ],
  ),
  row(
    4,
    'killed while an index is built concurrently',
    P,
    'the invalid index is found, dropped and built again',
    'the next run resumes',
    [
      { ...random, on: P },
      proof(
        P,
        suite,
        'of revisions that fall into segments: deferred checks, a new value of an enum, indexes that are built concurrently',
      ),
    ],
  ),
  row(
    5,
    'killed between a statement of DDL and the note that it is done',
    [...MA, ...G],
    'found in the tables, not run twice',
    'the next run resumes',
    [
      proof(MA, suite, wholeChain),
      proof(MA, suite, 'of revisions with data steps between their changes, and what is preserved in the downgrade'),
    ],
    'the journal is that of MariaDB; the cluster adds nothing to it',
  ),
  row(
    6,
    'killed between the note that a statement begins and the statement',
    [...MA, ...G],
    'found missing in the tables, and run',
    'the next run resumes',
    [
      proof(MA, suite, wholeChain),
      proof(MA, suite, 'of revisions with data steps between their changes, and what is preserved in the downgrade'),
    ],
    'the journal is that of MariaDB; the cluster adds nothing to it',
  ),
  row(
    7,
    'killed, or cut off, after COMMIT was sent and before its answer',
    SPMA,
    'resolved by reading the history: all or nothing',
    'CONNECTION_LOST, or nothing at all',
    [
      proof(
        PMA,
        'faults/network/one-sided-connection.test.ts',
        'is resolved by reading: nothing is done twice, and nothing is left out',
      ),
      proof(SPMA, suite, wholeChain),
    ],
  ),
  row(8, 'killed in any batch of a backfill', all, 'every row is changed once', 'the next run resumes', [
    proof(SPMA, suite, 'in every batch of a backfill: each row is changed once'),
  ]),
  row(
    9,
    'killed at any statement of a rebuild, journal modes delete, truncate and WAL',
    S,
    'all of it or nothing',
    'nothing; the next run starts again',
    [
      proof(S, 'faults/kills/sqlite.test.ts', 'leaves all of it or nothing in journal mode '),
      proof(S, suite, 'of tables that are copied, with children, triggers and views'),
    ],
  ),
  row(10, 'killed during a downgrade', all, 'as 1', 'the next `downgrade` resumes', [proof(SPMA, suite, back)]),
  row(
    11,
    'killed while our own tables are made; two that make them at once',
    all,
    'the next run makes what is missing',
    'nothing',
    [proof(SPMA, suite, wholeChain), proof(PMA, 'faults/stampede/stampede.test.ts', 'of 8, ')],
  ),
  row(
    12,
    'SIGTERM or SIGINT, once and twice, also inside a statement',
    all,
    'the first stops at a boundary, the second at once',
    'exit code 130 or 143, the signal by name',
    [
      proof(S, 'cli/run.test.ts', '%s stops at a revision boundary with exit code %i'),
      proof(S, 'cli/run.test.ts', 'a second signal ends the process at once, and the database stands at a boundary'),
      proof(
        P,
        'dialects/postgres/connection/lost.test.ts',
        'cancels a running statement in the server when the signal says so, and stays usable',
      ),
      proof(
        MA,
        'dialects/mysql/connection/abort.test.ts',
        'ends the statement that runs on the server, and the transaction can be rolled back',
      ),
    ],
  ),
  row(
    13,
    'the output is not read any more (EPIPE, a closed terminal)',
    S,
    'the run resumes, the exit code says how it ended',
    'OUTPUT_FAILED where the answer could not be written',
    [
      proof(S, 'cli/output.test.ts', 'a reader that goes away ends the printing, not the run'),
      proof(S, 'cli/failures.test.ts', 'on stderr stops nothing and keeps the exit code'),
    ],
  ),
  row(
    14,
    'a revision throws',
    all,
    'nothing of it, or it is resumed when it is fixed',
    'the original error with file and line',
    [
      proof(
        SPMA,
        '../packages/conformance/src/suites/data-steps.ts',
        'a step that throws leaves nothing of itself, and its revision is not applied',
      ),
      proof(
        SPMA,
        '../packages/conformance/src/suites/failures.ts',
        'a revision that fails in its middle leaves nothing, or resumes from there when it is run again',
      ),
    ],
  ),
  row(
    15,
    'a revision ends the process, or waits for ever',
    all,
    'seen, nothing of it stays',
    'an exit code that is not 0, and why',
    [
      proof(
        SPMA,
        'faults/history.test.ts',
        'row 15: a data step that never ends is an error, and its revision is not recorded',
      ),
      proof(S, 'unit/run/data-steps.test.ts', 'a step that never ends is an error, not a silent end of the process'),
    ],
    'one code for all; what servers do when a process ends is row 1',
  ),
  row(
    16,
    'out of memory',
    all,
    'as 1',
    'what the system says',
    [],
    'the system ends the process as SIGKILL does: row 1 has every moment of that',
  ),
  row(
    17,
    'who holds the lock is stopped (SIGSTOP) for longer than a lease, then continues',
    [...SPMA, ...B, ...G],
    'it writes nothing that another run has taken over',
    'LOCK_LOST',
    [
      proof(
        SPMA,
        'faults/interrupted.test.ts',
        'row 17: keeps its lock as long as it lives; woken up it ends, and the others find nothing to do',
      ),
      proof(
        G,
        'faults/cluster/galera-runs.test.ts',
        'one that was stopped for longer than its lease writes nothing when it wakes',
      ),
    ],
    'behind PgBouncer the lease is that of the cluster',
  ),
  row(
    18,
    'the server and the process are killed at the same moment',
    PMA,
    'as 19',
    'nothing',
    [],
    'no test kills both at once yet; 1 and 19 have each alone',
  ),
]
