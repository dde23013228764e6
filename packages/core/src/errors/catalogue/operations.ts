import { code } from '../code.ts'

/** Errors of recording operations, of folding them over a schema, of turning them into statements and of making them of a comparison. */
export const operationsErrors = {
  INVALID_OPERATION: code<{ operation: string; why: string }>('Fix the operation in the revision file.'),
  INVALID_NAME: code<{ name: string; why: string }>(
    'Use a name without control characters that is not empty and that the database does not reserve.',
  ),
  RECORDING_NOT_SYNCHRONOUS: code<{
    revision: string
    /** What was called after recording had ended, where that is how it was noticed. */
    operation?: string
  }>('Make upgrade and downgrade plain functions; do data work in op.run().'),
  RECORDING_NOT_REPEATABLE: code<{ revision: string; index: number }>(
    'Take random values, clocks and environment out of upgrade and downgrade.',
  ),
  DIALECT_NOT_DECLARED: code<{ dialect: string; declared: readonly string[] }>(
    'Add the dialect to op.on(), or an `otherwise`.',
  ),
  OBJECT_MISSING: code<{ object: string }>('Check the name, or guard the operation with ifExists where it takes that.'),
  OBJECT_EXISTS: code<{ object: string }>(
    'Check the name, or guard the operation with ifNotExists where it takes that.',
  ),
  GUARD_MISMATCH: code<{ object: string; differences: readonly string[] }>(
    'Make the existing object equal to the declared one, or give the new one another name.',
  ),
  DEPENDENT_OBJECTS: code<{ object: string; dependants: readonly string[] }>(
    'Drop or change the dependants first, in the same revision.',
  ),
  UNSUPPORTED: code<{ dialect: string; operation: string; why: string }>(
    'Leave it out on this database with op.on(), or use what the database has instead.',
  ),
  CAST_NEEDED: code<{ object: string; from: string; to: string; using: string }>(
    'Say with `using` how the old values become new ones.',
  ),
  NAME_TOO_LONG: code<{ name: string; limit: number; unit: 'bytes' | 'characters' }>(
    'Choose a shorter name; a server would cut or refuse it.',
  ),
  UNPARSED_SQL: code<{ object: string; sql: string; why: string }>(
    'Report the CREATE text: it could not be read, so nothing was changed.',
  ),
  NOT_PRINTABLE: code<{ steps: readonly { revision: string; label: string }[] }>(
    'Run it online, or leave the data steps out with --sql-skip-data.',
  ),
  REVISION_INCOMPLETE: code<{ what: string }>(
    'Open the revision file and write the value in the place of toFillIn(…).',
  ),
  RENAME_UNANSWERED: code<{ candidates: readonly { from: string; to: string }[] }>(
    'Say for each whether it is a rename: --rename <old>:<new>, --dropped <old>, or --no-renames for all.',
  ),
  SHADOW_REFUSED: code<{ why: string }>(
    'Grant the right to create a shadow schema or database, or run the command as a user who has it.',
  ),
}
