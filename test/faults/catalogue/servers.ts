import { MA, P, PMA, proof, type Row, row, S, SPMA } from './row.ts'

const ended = 'faults/server-death/ended-session.test.ts'
const dies = 'faults/server-death/server-death.test.ts'

/** 9.2: the server ends, or has no more of something. */
export const servers: readonly Row[] = [
  row(
    19,
    'the server is killed in the middle of DDL, and started again',
    PMA,
    'nothing of that statement is committed; the next run resumes',
    'CONNECTION_LOST',
    [proof(PMA, dies, 'row 19: ')],
  ),
  row(
    20,
    'the server is restarted between two statements',
    PMA,
    'the run ends, and sends nothing on another connection',
    'CONNECTION_LOST',
    [proof(PMA, dies, 'row 20: ')],
  ),
  row(
    21,
    'our own PostgreSQL session is killed, and the server ends all other sessions with it',
    P,
    'as 19; rows of other sessions are kept',
    'CONNECTION_LOST',
    [proof(P, dies, 'row 21: takes the others with it, and the next run resumes; rows of others are there')],
  ),
  row(22, 'an administrator ends our session', PMA, 'as 20', 'CONNECTION_LOST', [
    proof(
      PMA,
      ended,
      'row 22: a session that is ended in a statement is told with it, and nothing is done on another one',
    ),
    proof(PMA, ended, 'row 22: a session that is ended between two statements is found at the next'),
  ]),
  row(
    23,
    'an administrator cancels our statement',
    PMA,
    'nothing of that statement is committed, and the lock is free',
    'STATEMENT_FAILED',
    [proof(PMA, ended, 'row 23: a statement that is canceled fails alone; the lock is free at once')],
  ),
  row(
    24,
    'the disk is full while a table is copied',
    SPMA,
    'nothing of the step is committed; the next run resumes when there is room',
    'the database and its message',
    [
      proof(
        S,
        'faults/resources/sqlite.test.ts',
        'rows 24 and 26: with %i pages left the revision is undone as a whole; the next run does it',
      ),
      proof(
        PMA,
        'faults/resources/own-limits.test.ts',
        'rows 24 and 25: the revision fails as a whole, and the next run does it when there is room',
      ),
    ],
    'servers: no test yet',
  ),
  row(
    25,
    'the disk is full at COMMIT, or when the journal is written',
    SPMA,
    'no revision is applied without its history row',
    'COMMIT_FAILED',
    [
      proof(
        S,
        'faults/resources/sqlite.test.ts',
        'row 25: a file that may not grow any more (%s) leaves what was committed',
      ),
      proof(
        PMA,
        'faults/resources/own-limits.test.ts',
        'rows 24 and 25: the revision fails as a whole, and the next run does it when there is room',
      ),
      proof(
        S,
        'dialects/sqlite/connection/transaction.test.ts',
        'that SQLite rolled back by itself takes no more statements and cannot be committed',
      ),
    ],
    'servers: no test yet',
  ),
  row(
    26,
    'SQLite rolls back by itself when the disk is full',
    S,
    'the run stops at once, and no later statement runs outside a transaction',
    'COMMIT_FAILED',
    [
      proof(
        S,
        'faults/resources/sqlite.test.ts',
        'rows 24 and 26: with %i pages left the revision is undone as a whole; the next run does it',
      ),
      proof(
        S,
        'dialects/sqlite/connection/transaction.test.ts',
        'that SQLite rolled back by itself takes no more statements and cannot be committed',
      ),
    ],
  ),
  row(
    27,
    'no room for temporary files',
    PMA,
    'nothing of the step is committed',
    'the message of the server',
    [],
    'no test yet',
  ),
  row(
    28,
    'the server is read-only',
    PMA,
    'refused before anything runs',
    'DATABASE_READ_ONLY',
    [
      proof(
        P,
        'faults/resources/settings.test.ts',
        'row 28: a database that takes no changes is refused before anything is done',
      ),
      proof(P, 'dialects/postgres/connection/connect.test.ts', 'to run is refused where the database takes no changes'),
    ],
    'no test yet',
  ),
  row(29, 'a file or folder that cannot be written', S, 'refused, with the path', 'DATABASE_READ_ONLY', [
    proof(
      S,
      'dialects/sqlite/connection/connection.test.ts',
      'an unreadable file is DATABASE_UNREACHABLE, a read-only one DATABASE_READ_ONLY for runs only',
    ),
  ]),
  row(30, 'no connection is free', PMA, 'the run waits up to its limit, then refuses', 'DATABASE_UNREACHABLE', [
    proof(
      PMA,
      'faults/resources/own-limits.test.ts',
      'row 30: a run needs two at most; with none left it waits as long as it may, and says so',
    ),
    proof(
      P,
      'dialects/postgres/connection/connect.test.ts',
      'is tried again while the server has no place or is starting, as long as the caller waits',
    ),
    proof(MA, 'dialects/mysql/connection/connect.test.ts', 'waits for a free place on the server as long as it may'),
  ]),
  row(
    31,
    'statement limits of the role or the server',
    ['postgres', 'mariadb'],
    'the limits of the run win; otherwise nothing of the step is committed, and the limit is named',
    'STATEMENT_FAILED',
    [
      proof(
        P,
        'faults/resources/settings.test.ts',
        'row 31: a limit of the role ends the statement, and the error says which',
      ),
      proof(P, 'dialects/postgres/connection/lock.test.ts', 'come back to those of the role and the database'),
      proof(['mariadb'], 'dialects/mysql/connection/lock.test.ts', 'are set in what the server counts, and put back'),
    ],
  ),
  row(
    32,
    'the lock of a table is not free in time',
    PMA,
    'retried up to the limit; then nothing is committed, or the next run resumes',
    'the session that holds the lock',
    [
      proof(
        ['postgres', 'mariadb'],
        'unit/journal/lock-timeout.test.ts',
        'is asked for again, told each time, and what stood before it is done once',
      ),
      proof(
        MA,
        'dialects/mysql/connection/lock.test.ts',
        'end a wait for the lock of a table, and a statement that takes too long',
      ),
    ],
  ),
  row(
    33,
    'limits of idle sessions while a data step computes',
    PMA,
    'the lost session is detected, and nothing of the revision is committed',
    'CONNECTION_LOST',
    [
      proof(
        P,
        'faults/resources/settings.test.ts',
        'row 33: a limit for idle sessions does not end a data step that computes',
      ),
      proof(
        MA,
        'dialects/mysql/connection/lost.test.ts',
        'through our own wait_timeout does not happen: a day, or longer',
      ),
      proof(
        P,
        'dialects/postgres/connection/lost.test.ts',
        'inside a transaction: nothing of it stays, its ends are no hang and no success',
      ),
    ],
  ),
  row(
    34,
    'more locks than the server allows',
    P,
    'nothing of the revision is committed',
    'the message of the server',
    [
      proof(
        P,
        'faults/resources/own-limits.test.ts',
        'row 34: more tables than a transaction has locks for: nothing stays, the setting is named, and in parts it goes',
      ),
    ],
    'no test yet',
  ),
  row(
    35,
    'another version of the server between two revisions',
    PMA,
    'no false differences',
    'nothing',
    [],
    'the tests never upgrade the server under a database; the conformance suite runs on each version',
  ),
  row(
    36,
    'a damaged file, a file of another kind, an encrypted file',
    S,
    'refused; the file is not changed',
    'DATABASE_DAMAGED, DATABASE_UNREACHABLE, WRONG_KEY',
    [
      proof(
        S,
        'faults/resources/sqlite.test.ts',
        'row 36: cut off or with bytes turned over is refused, and not written to',
      ),
      proof(
        S,
        'dialects/sqlite/connection/connection.test.ts',
        'a text file is DATABASE_UNREACHABLE and stays as it is',
      ),
      proof(S, 'dialects/sqlite/encrypted/open.test.ts', 'none at all is DATABASE_UNREACHABLE, and nothing is touched'),
    ],
  ),
]
