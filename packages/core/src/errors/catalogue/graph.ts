import { code } from '../code.ts'

/** Errors of the graph of revisions, and of finding, reading and importing their files. */
export const graphErrors = {
  SELF_LOOP: code<{ revision: string }>('Name another parent in downRevision, or null for a base.'),
  CYCLE: code<{ revisions: readonly string[] }>(
    'Change the downRevision of one of them so that the parents lead to a base.',
  ),
  DEPENDENCY_SELF_LOOP: code<{ revision: string }>('Remove the revision from its own dependsOn.'),
  DEPENDENCY_CYCLE: code<{ revisions: readonly string[] }>(
    'Remove one of the dependsOn entries so that the revisions can be put in an order.',
  ),
  DUPLICATE_REVISION: code<{ revision: string; sources: readonly string[] }>(
    'Give one of the files another revision id; an id belongs to one file for ever.',
  ),
  DUPLICATE_LABEL: code<{ label: string; revisions: readonly string[] }>(
    'Give one of the revisions another label; a label may not equal an id either.',
  ),
  ILLEGAL_REVISION_ID: code<{ revision: string; why: string }>(
    'Use letters, digits, underscore and dot, 64 characters at most.',
  ),
  MISSING_PARENT: code<{ revision: string; missing: string }>(
    'Bring the missing file back, or point downRevision to a revision that exists.',
  ),
  MISSING_DEPENDENCY: code<{ revision: string; missing: string }>(
    'Bring the missing file back, or take the entry out of dependsOn.',
  ),
  SQUASH_CROSSED: code<{ squash: string; revisions: readonly string[]; why: string }>(
    'Choose a range that nothing crosses; or point the revision that follows it to the head of the range.',
  ),
  SQUASH_UNEQUAL: code<{ revision: string; dialect: string; differences: readonly string[] }>(
    'Keep a data step that makes the rows, or choose a range without the revision that makes the difference; nothing was written.',
  ),
  INSIDE_SQUASH: code<{
    squash: string
    /** Where the database is. */
    at: readonly string[]
    /** The last revision of the range. */
    head: string
    /** Revisions of the range whose files are gone. */
    missing: readonly string[]
  }>('Bring the database to the end of the range: `migrate upgrade <its last revision>`.'),
  UNKNOWN_REVISION: code<{ target: string; near: readonly string[] }>(
    'Run `migrate history` to see the revisions that exist.',
  ),
  AMBIGUOUS_PREFIX: code<{ target: string; matches: readonly string[] }>('Type more characters of the revision.'),
  MULTIPLE_HEADS: code<{
    target: string
    heads: readonly string[]
    /** Where revisions come from files: that of each head, the first revision of its own line, and who changed the file last. */
    sides?: readonly { head: string; file: string; first?: string; author?: string }[]
  }>('Name one head, write `heads` for all of them, or join them with a merge revision.'),
  NO_SUCH_BRANCH: code<{ target: string; branch: string }>('Run `migrate heads --verbose` to see the branch labels.'),
  NOT_IN_BRANCH: code<{ target: string; branch: string; revision: string }>(
    'Leave the branch out, or name a revision that belongs to it.',
  ),
  AMBIGUOUS_WALK: code<{ target: string; at: string; choices: readonly string[] }>(
    'Name the revision to go to; downwards with the line that it is left by, as in `<revision>@<parent>`.',
  ),
  AMBIGUOUS_RELATIVE: code<{ target: string; heads: readonly string[] }>(
    'Name the line to count in, as in `<revision>@+1` or `<revision>@-1`.',
  ),
  RELATIVE_OUT_OF_RANGE: code<{ target: string; why: string }>('Use a smaller number of steps, or name the revision.'),
  NOT_ANCESTOR: code<{ lower: string; upper: string }>('Give the older revision first.'),
  NOT_A_HEAD: code<{ revision: string; heads: readonly string[] }>(
    'Start from a head, or begin a branch there with --splice.',
  ),
  DUPLICATE_HEADS: code<{ revision: string }>('Name each parent once.'),
  MIGRATIONS_NOT_FOUND: code<{ directory: string }>('Create the folder, or point `migrations` to the right one.'),
  HEADER_INVALID: code<{
    file: string
    name: string
    why: 'missing' | 'not-static' | 'mismatch' | 'wrong-kind' | 'unknown-name'
    /** Where it is not static. */
    line?: number
    /** What the text says and what the module exports, where they differ. */
    scanned?: string
    exported?: string
  }>('Write the constant at the top of the file as one plain literal: a string, null, or an array of strings.'),
  FILE_NAME_INVALID: code<{ files: readonly string[]; why: 'not-numbered' | 'same-but-for-case' | 'duplicates' }>(
    'Rename the file: names differ by more than case, and sequential ones look like 001_initial_schema.ts.',
  ),
  REVISION_UNREADABLE: code<{ file: string; why: string }>('Bring the file back, or make it readable for this user.'),
  REVISION_FILE_INVALID: code<{ file: string; why: string }>(
    'Export `upgrade(op)` and, where needed, `downgrade(op)` from the file.',
  ),
  REVISION_IMPORT_FAILED: code<{ file: string; why: string }>('Fix the file; no revision was run.'),
}
