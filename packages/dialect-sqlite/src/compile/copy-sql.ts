import type { CopySpec } from '@org/migrate-core/dialect'

/**
 * The whole copy as one statement. OR ABORT overrides conflict clauses of the new table: with `ON CONFLICT IGNORE` rows that
 * break a new constraint would be left out without a word.
 */
export function copySql(copy: CopySpec, where = '', tail = ''): string {
  const order = copy.key.length === 0 ? '' : ` ORDER BY ${copy.key.join(', ')}`
  return `INSERT OR ABORT INTO ${copy.into} (${copy.targets.join(', ')}) SELECT ${copy.sources.join(', ')} FROM ${copy.from}${where}${order}${tail}`
}
