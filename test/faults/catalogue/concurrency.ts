import { all, B, G, MA, P, PMA, proof, type Row, row, S, SPMA } from './row.ts'

const galera = 'faults/cluster/galera-runs.test.ts'

/** 9.4: other sessions at the same time. */
export const concurrency: readonly Row[] = [
  row(
    47,
    'many runs start at once, on an empty database and on one that is behind',
    [...all, ...B, ...G],
    'each revision runs once, and no run fails',
    'the other runs find nothing to do',
    [
      proof(SPMA, 'faults/stampede/stampede.test.ts', 'of 8, '),
      proof(
        G,
        'faults/cluster/galera-runs.test.ts',
        'eight at once, round %i: no run fails, each revision once, all nodes are at head',
      ),
      proof(
        B,
        'faults/cluster/pgbouncer-runs.test.ts',
        'eight at once, round %i: no run fails, each revision once, and the result is that of one alone',
      ),
    ],
  ),
  row(
    48,
    'the holder of the lock dies while other runs wait',
    [...all, ...B, ...G],
    'another run continues',
    'the holder of the lock',
    [
      proof(S, 'dialects/sqlite/lock/lock.test.ts', 'one that is killed frees the lock, and its row is passed over'),
      proof(
        ['mariadb', 'mysql'],
        'dialects/mysql/connection/lock.test.ts',
        'is freed by the server when the session ends',
      ),
      proof(P, 'unit/journal/run-lock.test.ts', 'is freed with the session, also where a run fails'),
      proof(G, galera, 'one that is killed is taken over from another node, not before its lease is over'),
      proof(
        B,
        'faults/cluster/pgbouncer-runs.test.ts',
        'one that is killed is taken over, not before its lease is over',
      ),
    ],
  ),
  row(
    49,
    'a run waits for the lock while its holder builds an index concurrently',
    P,
    'no deadlock: the waiting run polls',
    'the holder of the lock',
    [
      proof(
        P,
        'faults/rows/concurrent-index.test.ts',
        'row 49: is built by one while another waits for the lock of the run, and neither stands in the way of the other',
      ),
      proof(
        P,
        'dialects/postgres/connection/lock.test.ts',
        'is taken by one session, never waits, and tells who has it',
      ),
    ],
  ),
  row(
    50,
    'a lease expires under a slow holder; it cannot be renewed',
    [...B, ...G],
    'the holder stops before the lease expires',
    'LOCK_LOST',
    [
      proof(G, galera, 'one that was stopped for longer than its lease writes nothing when it wakes'),
      proof(
        G,
        galera,
        'a change of a table that takes longer than the lease keeps its lock, though no node takes changes meanwhile',
      ),
    ],
    'the lease behind PgBouncer is the code that the cluster tests',
  ),
  row(
    51,
    'the row of the lock is deleted, taken, or its epoch is raised',
    all,
    'the former holder writes nothing more',
    'LOCK_LOST',
    [
      proof(S, 'dialects/sqlite/lock/lock.test.ts', 'because it was removed is lost for its holder, who finds out'),
      proof(
        MA,
        'dialects/mysql/connection/lock.test.ts',
        'proves that its holder is alone, and a session that has lost it is told so',
      ),
      proof(P, 'dialects/postgres/connection/lock.test.ts', 'that is gone is said so when it is given back'),
    ],
  ),
  row(
    52,
    'a long reader, or an open transaction on the table',
    SPMA,
    'the run waits up to its limit, then nothing is committed',
    'DATABASE_BUSY, or the lock that was not free',
    [
      proof(
        PMA,
        'faults/concurrency/other-sessions.test.ts',
        'row 52: a reader who does not end holds a run up for a bounded time, and others no longer than that',
      ),
      proof(
        S,
        'dialects/sqlite/connection/transaction.test.ts',
        'that cannot be committed in time is rolled back and says so',
      ),
      proof(P, 'unit/journal/lock-timeout.test.ts', 'is asked for as often as it may be, and no more'),
      proof(['mariadb'], 'unit/journal/lock-timeout.test.ts', 'is asked for as often as it may be, and no more'),
      proof(
        ['mysql'],
        'dialects/mysql/connection/lock.test.ts',
        'end a wait for the lock of a table, and a statement that takes too long',
      ),
    ],
  ),
  row(
    53,
    'a long transaction elsewhere while an index is built concurrently',
    P,
    'the run waits, and names the session',
    'the session that it waits for',
    [
      proof(
        P,
        'faults/concurrency/other-sessions.test.ts',
        'row 53: CREATE INDEX CONCURRENTLY that waits for another session’s transaction ends in time, and leaves nothing',
      ),
      proof(
        P,
        'faults/rows/concurrent-index.test.ts',
        'row 53: that a writer kept from its end is dropped and built again in the same run',
      ),
      proof(
        P,
        'faults/rows/concurrent-index.test.ts',
        'row 53: never drops one of that name that another session makes meanwhile (%s)',
      ),
    ],
  ),
  row(
    54,
    'a deadlock, and our session is the victim',
    [...PMA, ...G],
    'retried only if nothing was committed',
    'STATEMENT_FAILED, or nothing',
    [
      proof(
        PMA,
        'faults/rows/retried-parts.test.ts',
        'row 54: is done again in the same run while nothing of it is committed',
      ),
      proof(
        PMA,
        'faults/rows/retried-parts.test.ts',
        'row 54: is resumed by the next run where a part of it is committed',
      ),
      proof(
        PMA,
        'faults/concurrency/other-sessions.test.ts',
        'row 54: the victim of a deadlock is done again as a whole, or by the next run',
      ),
      proof(MA, 'dialects/mysql/connection/transaction.test.ts', 'that a deadlock has taken back is not continued'),
      proof(
        G,
        galera,
        'a data step that DDL on another node threw out of its transaction has changed nothing, and the next run does it',
      ),
    ],
  ),
  row(55, 'two runs create the same objects for the first time', P, 'neither fails', 'nothing', [
    proof(
      P,
      'faults/concurrency/other-sessions.test.ts',
      'row 55: sessions that make the same schema in the same moment all have it',
    ),
    proof(P, 'faults/stampede/stampede.test.ts', 'of 8, '),
  ]),
  row(
    56,
    'applications write during a run',
    all,
    'their rows are kept',
    'nothing',
    [proof(SPMA, 'faults/history.test.ts', 'row 56: rows that applications write during a run are all there')],
    'no test with writers yet',
  ),
  row(
    57,
    'another session changes the same table between two steps',
    SPMA,
    'the run stops',
    'the differences',
    [
      proof(PMA, 'faults/concurrency/other-sessions.test.ts', 'row 57: and between two steps of a revision, too'),
      proof(
        SPMA,
        'faults/history.test.ts',
        'row 57: of a table that was changed by hand stops the downgrade, with the differences',
      ),
      proof(S, 'unit/run/races.test.ts', 'what was changed by hand between plan and run stops a derived downgrade'),
      proof(P, 'dialects/postgres/run/together.test.ts', 'what was made by hand remains'),
    ],
    'no test yet',
  ),
  row(58, 'SQLITE_BUSY at BEGIN and at COMMIT', S, 'retried, then nothing is committed', 'DATABASE_BUSY', [
    proof(S, 'dialects/sqlite/connection/transaction.test.ts', 'waits for a writer without blocking the event loop'),
    proof(S, 'dialects/sqlite/connection/transaction.test.ts', 'tries COMMIT again while a reader holds its lock'),
  ]),
  row(
    59,
    'links, two paths to one file, a file that is replaced',
    S,
    'one lock for one file',
    'the holder of the lock',
    [
      proof(
        S,
        'faults/resources/sqlite.test.ts',
        'row 59: a copy that takes the place of the file while a run is in it is not half of anything',
      ),
      proof(S, 'faults/resources/sqlite.test.ts', 'row 59: two paths to one file are one database, with one lock'),
      proof(S, 'dialects/sqlite/lock/lock.test.ts', 'is one for a file and the links to it'),
    ],
  ),
  row(
    60,
    'a node is cut off during a run',
    G,
    'nothing of the revision is committed, or another node resumes',
    'CONNECTION_LOST',
    [
      proof(
        G,
        galera,
        'one whose node is cut off ends, and the others continue without it; the node finds their history when it is back',
      ),
    ],
  ),
  row(
    61,
    'two runs on two nodes',
    G,
    'one of them runs',
    'the other one waits',
    [
      proof(
        G,
        'faults/cluster/galera.test.ts',
        'has a lock that two nodes give at the same time, as any named lock there',
      ),
    ],
    'that is why a lease is used there',
  ),
  row(
    62,
    'DDL on a node while another node has an open transaction',
    G,
    'nothing of the step is committed, and the next run does it',
    'STATEMENT_FAILED',
    [
      proof(
        G,
        galera,
        'a data step that DDL on another node threw out of its transaction has changed nothing, and the next run does it',
      ),
    ],
  ),
  row(
    63,
    'another tool, or a release of ours with another kind of lock',
    PMA,
    'refused if the kind of lock is unknown',
    'BOOKKEEPING_NEWER',
    [
      proof(
        ['postgres', 'mariadb', 'mysql'],
        'faults/history.test.ts',
        'row 63: whose lock is of a kind that is not known is refused',
      ),
    ],
    'no test yet',
  ),
  row(
    64,
    'an older program on a newer database',
    SPMA,
    'refused; nothing is changed',
    'the unknown revision',
    [
      proof(
        SPMA,
        'faults/history.test.ts',
        'row 64: of a newer program is refused by an older one, which touches nothing',
      ),
      proof(
        S,
        'unit/run/planning.test.ts',
        'an applied revision without a file: upgrade refuses, downgrade goes by the history',
      ),
    ],
    'planning is the same code on servers',
  ),
]
