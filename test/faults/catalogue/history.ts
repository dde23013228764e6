import { MA, P, PMA, proof, type Row, row, S, SPMA } from './row.ts'

const planning = 'unit/run/planning.test.ts'
const damage = 'unit/run/history-damage.test.ts'

/** 9.5: files, graph, history. */
export const history: readonly Row[] = [
  row(
    65,
    'an applied revision was edited',
    SPMA,
    'reported; refused with --strict; other line ends are not an edit',
    'EDITED_REVISION',
    [
      proof(
        SPMA,
        'faults/history.test.ts',
        'row 65: of a revision that was edited since is told, and refused where that is asked for',
      ),
      proof(
        S,
        damage,
        'edits: same operations, other operations, a file that no longer loads; accepted, they are silent',
      ),
      proof(
        S,
        'cli/read-only-commands.test.ts',
        'a file edited after it was applied is told by status, and refused with 3 by --strict',
      ),
    ],
  ),
  row(
    66,
    'an interrupted revision was edited',
    [...MA, ...P],
    'refused if the part that ran differs; later parts may differ',
    'REVISION_INTERRUPTED',
    [
      proof(
        MA,
        'faults/interrupted.test.ts',
        'row 66: was edited where it has run, which is refused, or where it has not, which is taken',
      ),
      proof(
        ['mariadb'],
        'unit/journal/journal.test.ts',
        'must stay in the file: an edit of any operation that ran is refused, also of the first of a part',
      ),
      proof(
        P,
        'unit/journal/mixed-revision.test.ts',
        'an edit of what has run already is refused, an edit of what has not is taken',
      ),
    ],
    'the journal is the same on MySQL',
  ),
  row(67, 'the file of an applied revision is missing', SPMA, 'the run stops', 'the name of the revision', [
    proof(SPMA, 'faults/history.test.ts', 'row 67: of a revision whose file is gone stops, and names it'),
    proof(S, planning, 'an applied revision without a file: upgrade refuses, downgrade goes by the history'),
  ]),
  row(68, 'several heads, cycles, unknown parents, one id in two files, prefixes', S, 'refused', 'a code for each', [
    proof(S, 'unit/graph/errors.test.ts', 'CYCLE names its members and not what hangs on it'),
    proof(S, 'unit/graph/errors.test.ts', 'MULTIPLE_HEADS'),
    proof(S, 'unit/graph/errors.test.ts', 'DUPLICATE_REVISION names the files'),
    proof(S, 'unit/graph/errors.test.ts', 'AMBIGUOUS_PREFIX names all that begin so'),
  ]),
  row(69, 'a branch adds a revision below the applied head', SPMA, 'it runs, and is named', 'the pending revisions', [
    proof(
      SPMA,
      'faults/history.test.ts',
      'row 69: that lacks a revision below its head gets it when it is asked for by name',
    ),
    proof(
      S,
      'unit/run/sequential.test.ts',
      'a step that is missing in the middle runs and is named; unknown ones are kept',
    ),
  ]),
  row(
    70,
    'an unknown version, several versions, none, one of another tool',
    SPMA,
    'the run stops, and never starts from an empty history',
    'FOREIGN_HISTORY, UNKNOWN_APPLIED_REVISION',
    [
      proof(SPMA, 'faults/history.test.ts', 'row 70: with unknown versions is never taken for an empty one'),
      proof(S, planning, 'a version row that is no revision of ours is never taken for zero'),
      proof(
        S,
        'openwebui/chain/whole-chain.test.ts',
        'a database that the original has stamped is refused, and not a byte of it changes',
      ),
      proof(
        PMA,
        'openwebui/servers/schema.test.ts',
        'a database that the original has stamped is refused; no table of ours is made',
      ),
    ],
  ),
  row(71, 'the history is missing though the tables exist', SPMA, 'the run stops', 'the differences', [
    proof(
      SPMA,
      'faults/history.test.ts',
      'row 71: that is gone, beside tables that are there, is not started again over them',
    ),
    proof(
      S,
      'openwebui/chain/whole-chain.test.ts',
      'tables of the shape that the original makes on an empty database are refused, each difference named',
    ),
    proof(PMA, 'openwebui/servers/schema.test.ts', 'a table of another shape is refused, each difference named'),
  ]),
  row(
    72,
    'the history or the journal was changed by hand',
    SPMA,
    'reported by a code of its own',
    'BOOKKEEPING_INVALID',
    [
      proof(SPMA, 'faults/history.test.ts', 'row 72: that was changed by hand is named'),
      proof(S, damage, 'a missing file whose parents are garbage does not make a revision without parents'),
      proof(S, damage, 'a history or preserved table of another program is named, not read'),
      proof(
        S,
        'unit/run/bookkeeping.test.ts',
        'a version row that is gone when the revision is recorded is an error, and nothing stays',
      ),
    ],
  ),
  row(73, 'the wrong database', SPMA, 'refused', 'UNKNOWN_APPLIED_REVISION, OBJECT_EXISTS', [
    proof(
      SPMA,
      'faults/rows/other-database.test.ts',
      'row 73: of another program on the same tool is refused both ways, and not touched',
    ),
    proof(
      SPMA,
      'faults/rows/other-database.test.ts',
      'row 73: with a table of another program under our name is refused, and that table stays as it was',
    ),
    proof(SPMA, 'faults/rows/other-database.test.ts', 'row 73: an empty one is not gone back in'),
  ]),
  row(74, 'the search path of a role, a schema with its name', P, 'neither has an effect', 'nothing', [
    proof(P, 'dialects/postgres/connection/connect.test.ts', 'without a schema stands where the server says'),
    proof(P, 'dialects/postgres/run/own-schema.test.ts', 'go there and back in runs of their own, with their values'),
  ]),
  row(
    75,
    'other modes, character sets, time zones',
    PMA,
    'our own settings are used, with the same result',
    'nothing',
    [
      proof(
        MA,
        'dialects/mysql/connection/settings.test.ts',
        'reads texts and names as it says, whatever the server is told',
      ),
      proof(
        P,
        'dialects/postgres/connection/values.test.ts',
        'the server’s, the database’s and the role’s own formats change nothing',
      ),
    ],
  ),
  row(
    76,
    'a right is missing in the middle of a run',
    PMA,
    'nothing of the revision is committed, or the next run resumes',
    'the message of the server',
    [
      proof(
        PMA,
        'faults/resources/settings.test.ts',
        'row 76: a right that is revoked during a run is named; given back, the next run resumes',
      ),
      proof(
        PMA,
        'faults/rows/rights.test.ts',
        'row 76: a history that may only be read is named; once it may be written the next run resumes',
      ),
      proof(
        PMA,
        'faults/rows/rights.test.ts',
        'row 76: a user who may not refer to a table leaves the one that would have, or nothing',
      ),
      proof(
        P,
        'faults/rows/rights.test.ts',
        'row 76: a table of another owner is not changed, nor anything else of the revision',
      ),
    ],
  ),
  row(77, 'row rules, and triggers that raise an error', PMA, 'the error with its source', 'STATEMENT_FAILED', [
    proof(
      PMA,
      'faults/resources/settings.test.ts',
      'row 77: a trigger of a user’s table that refuses a row is told with its words',
    ),
    proof(
      PMA,
      'faults/resources/settings.test.ts',
      'row 77: a trigger that refuses our own rows is named, and nothing of the revision stays',
    ),
    proof(
      P,
      'faults/rows/rights.test.ts',
      'row 77: an event trigger that refuses DDL is told with its words, and nothing of the revision stays',
    ),
    proof(P, 'dialects/postgres/run/steps.test.ts', 'rows that a policy hides are not left out without a word'),
    proof(
      PMA,
      'openwebui/servers/bugs.test.ts',
      '6a39: contents of any kind, missing titles; a run that is stopped in the middle passes the next time',
    ),
  ]),
  row(78, 'file names that differ only in case or Unicode form', S, 'refused on every system', 'FILE_NAME_INVALID', [
    proof(
      S,
      'unit/files/folders.test.ts',
      'names that differ only in case or Unicode form are FILE_NAME_INVALID, and so are counterparts of one revision',
    ),
  ]),
  row(79, 'line ends, a byte order mark', S, 'the hash is the same', 'nothing', [
    proof(S, 'unit/files/header-scan.test.ts', 'CRLF and a byte order mark change neither the header nor the hash'),
  ]),
  row(
    80,
    'half a file, files that editors and merges leave',
    S,
    'ignored; wrong syntax names the file, and nothing runs',
    'REVISION_IMPORT_FAILED',
    [
      proof(
        S,
        'unit/files/folders.test.ts',
        'declarations, maps, tests, dotfiles, editor and merge files, texts and sub-folders are left alone',
      ),
      proof(S, 'unit/files/import.test.ts', 'a syntax error names file and line'),
    ],
  ),
  row(81, 'a revision file cannot be written', S, 'no half file is left', 'the path that cannot be written', [
    proof(S, 'unit/files/new-files.test.ts', 'that cannot be made leaves nothing behind'),
    proof(
      S,
      'cli/new-revisions.test.ts',
      'a folder that nothing can be written to is told, and nothing is left behind',
    ),
  ]),
  row(82, 'two processes write a revision at once', S, 'two ids, and nothing is overwritten', 'nothing', [
    proof(S, 'cli/new-revisions.test.ts', 'two that are made at once have two ids and two files'),
    proof(S, 'unit/files/new-files.test.ts', 'comes with its folders, and is never written over'),
  ]),
  row(83, 'another Node, modules of two kinds, a missing loader', S, 'reported', 'the package to install', [
    proof(S, 'unit/files/import.test.ts', 'CommonJS is loaded by jiti, and what two files share is there once'),
    proof(
      S,
      'unit/files/import.test.ts',
      'without jiti, and where jiti fails too, the first error is the one reported',
    ),
  ]),
  row(84, 'very many revisions', S, 'the time grows with their number', 'nothing', [
    proof(S, 'unit/graph/scale.test.ts', '50,000 revisions in a line load, plan and go back'),
    proof(S, 'unit/graph/scale.test.ts', '200,000 revisions in a line do not overflow any stack'),
  ]),
  row(
    85,
    'a revision that records something else each time',
    S,
    'refused before anything is changed',
    'RECORDING_NOT_REPEATABLE',
    [proof(S, planning, 'a revision that records something else each time is refused before anything is touched')],
  ),
]
