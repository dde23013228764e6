import { B, G, PMA, proof, type Row, row } from './row.ts'

const silence = 'faults/network/silence.test.ts'
const pooler = 'faults/cluster/pgbouncer.test.ts'

/** 9.3: the line, and what stands in it. */
export const network: readonly Row[] = [
  row(
    37,
    'the connection is reset at any message of the server',
    [...PMA, ...G],
    'as 1',
    'CONNECTION_LOST',
    [
      proof(
        PMA,
        'faults/network/reset.test.ts',
        'at any message of the server leaves what the next run brings to the same end',
      ),
    ],
    'a node of a cluster uses the protocol of MariaDB',
  ),
  row(
    38,
    'no packet arrives any more in the middle of a statement',
    PMA,
    'the run ends in bounded time; the next run waits for the statement that still runs',
    'CONNECTION_LOST',
    [
      proof(PMA, silence, 'ends the run, and the next one resumes, once the server has given up on the first'),
      proof(PMA, silence, 'is told from a statement that takes long'),
    ],
  ),
  row(39, 'a slow connection, and one that splits or joins messages', PMA, 'the revision is applied', 'nothing', [
    proof(PMA, 'faults/network/pace.test.ts', 'row 39: a line that is slow, or cuts up what it carries'),
  ]),
  row(40, 'one side of the connection assumes that the other is dead', PMA, 'as 38', 'CONNECTION_LOST', [
    proof(PMA, 'faults/network/one-sided-connection.test.ts', 'row 40: a connection of which one side is gone'),
  ]),
  row(
    41,
    'refused, not reachable yet, no such name, TLS, a wrong password',
    PMA,
    'refused; retried only if that was requested',
    'a code for each, and never the password',
    [
      proof(PMA, 'faults/network/start.test.ts', 'is told with what to do, and never with the password'),
      proof(PMA, 'faults/network/start.test.ts', 'and comes up later is found by the next run'),
    ],
  ),
  row(
    42,
    'a pooler that gives every transaction another session',
    B,
    'refused before any lock is taken; works with a table lock',
    'SERVER_UNSUPPORTED, and the setting to change',
    [
      proof(B, pooler, 'is refused where every transaction gets another session, before it changes or locks anything'),
      proof(B, pooler, 'makes of Open WebUI’s chain what a direct one does: to head, to base, to head again'),
    ],
  ),
  row(43, 'a pooler that pools statements; one that pools sessions', B, 'refused; applied', 'SERVER_UNSUPPORTED', [
    proof(B, pooler, 'is refused where there are no transactions: %o'),
    proof(B, pooler, 'works where every client has a session of its own, with the lock of the session'),
  ]),
  row(44, 'the pooler is restarted during a run', B, 'as 20', 'CONNECTION_LOST', [
    proof(
      B,
      'faults/cluster/pgbouncer-runs.test.ts',
      'one whose pooler is started again in the middle ends with what is committed, and the next continues',
    ),
  ]),
  row(
    45,
    'the connection leads to another server after a failover',
    ['postgres', 'mysql'],
    'the same run sends nothing there',
    'CONNECTION_LOST',
    [
      proof(
        ['postgres', 'mysql'],
        'faults/network/start.test.ts',
        'ends the run; the next one goes by the history of the server that is there now',
      ),
    ],
  ),
  row(
    46,
    'a replica without the last commits becomes the primary',
    ['postgres', 'mysql'],
    'its own history decides',
    'the pending revisions',
    [
      proof(
        ['postgres', 'mysql'],
        'faults/network/start.test.ts',
        'ends the run; the next one goes by the history of the server that is there now',
      ),
      proof(
        ['postgres', 'mysql'],
        'faults/rows/other-database.test.ts',
        'row 46: an older copy that was put back is resumed from where it stands',
      ),
    ],
  ),
]
