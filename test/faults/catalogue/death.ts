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
    'all of the revision or nothing; on MySQL and MariaDB, and for a revision in segments, the next run resumes',
    'the next `upgrade` reports what it found, and continues',
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
    'the process is killed in the middle of DDL inside a transaction',
    P,
    'nothing of it is committed; the server ends the session by itself',
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
    'the process is killed while a table is copied or an index is built',
    MA,
    'the server ends the statement; the next run waits for it, and finds it done',
    'the next run reports what still runs',
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
    'the process is killed while an index is built concurrently',
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
    'the process is killed between a DDL statement and the journal entry for its end',
    [...MA, ...G],
    'the next run finds the result in the tables, and does not run the statement again',
    'the next run resumes',
    [
      proof(MA, suite, wholeChain),
      proof(MA, suite, 'of revisions with data steps between their changes, and what is preserved in the downgrade'),
    ],
    'the journal works as on MariaDB; the cluster adds nothing',
  ),
  row(
    6,
    'the process is killed between the journal entry for the start of a statement and the statement',
    [...MA, ...G],
    'the next run finds that the result is missing, and runs the statement',
    'the next run resumes',
    [
      proof(MA, suite, wholeChain),
      proof(MA, suite, 'of revisions with data steps between their changes, and what is preserved in the downgrade'),
    ],
    'the journal works as on MariaDB; the cluster adds nothing',
  ),
  row(
    7,
    'the process is killed, or the connection is cut, after COMMIT was sent and before its answer',
    SPMA,
    'the run reads the history: all or nothing was committed',
    'CONNECTION_LOST, or nothing',
    [
      proof(
        PMA,
        'faults/network/one-sided-connection.test.ts',
        'is resolved by reading: nothing is done twice, and nothing is left out',
      ),
      proof(SPMA, suite, wholeChain),
    ],
  ),
  row(
    8,
    'the process is killed in any batch of a backfill',
    all,
    'every row is changed exactly once',
    'the next run resumes',
    [proof(SPMA, suite, 'in every batch of a backfill: each row is changed once')],
  ),
  row(
    9,
    'the process is killed at any statement of a rebuild, in the journal modes delete, truncate and WAL',
    S,
    'all of the rebuild or nothing',
    'nothing; the next run starts again',
    [
      proof(S, 'faults/kills/sqlite.test.ts', 'leaves all of it or nothing in journal mode '),
      proof(S, suite, 'of tables that are copied, with children, triggers and views'),
    ],
  ),
  row(10, 'the process is killed during a downgrade', all, 'as 1', 'the next `downgrade` resumes', [
    proof(SPMA, suite, back),
  ]),
  row(
    11,
    'the process is killed while the bookkeeping tables are created; two processes create them at once',
    all,
    'the next run creates what is missing',
    'nothing',
    [proof(SPMA, suite, wholeChain), proof(PMA, 'faults/stampede/stampede.test.ts', 'of 8, ')],
  ),
  row(
    12,
    'SIGTERM or SIGINT, once and twice, also inside a statement',
    all,
    'the first signal rolls back what has not been committed, the second ends the process at once; inside a statement of SQLite, both when it has ended',
    'exit code 130 or 143, and the name of the signal',
    [
      proof(S, 'cli/run.test.ts', '%s stops at a revision boundary with exit code %i'),
      proof(
        S,
        'cli/run.test.ts',
        'a second signal ends the process at once, and the database stands at a boundary (%s, %s)',
      ),
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
    'the output is no longer read (EPIPE, a closed terminal)',
    S,
    'the run continues; the exit code reports how it ended',
    'OUTPUT_FAILED if the result could not be written',
    [
      proof(S, 'cli/output.test.ts', 'a reader that goes away ends the printing, not the run'),
      proof(S, 'cli/failures.test.ts', 'on stderr stops nothing and keeps the exit code'),
    ],
  ),
  row(
    14,
    'a revision throws',
    all,
    'nothing of it is committed, or it is resumed after it is fixed',
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
    'a revision ends the process, or never returns',
    all,
    'it is detected, and nothing of the revision is committed',
    'an exit code other than 0, and the reason',
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
    'the message of the system',
    [],
    'the system ends the process with SIGKILL; row 1 covers that at every statement',
  ),
  row(
    17,
    'the holder of the lock is stopped (SIGSTOP) for longer than a lease, then continues',
    [...SPMA, ...B, ...G],
    'it writes nothing after another run took over',
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
    'the lease behind PgBouncer is the code that the cluster tests',
  ),
  row(
    18,
    'the server and the process are killed at the same time',
    PMA,
    'as 19',
    'nothing',
    [],
    'no test kills both at once yet; 1 and 19 test each alone',
  ),
]
