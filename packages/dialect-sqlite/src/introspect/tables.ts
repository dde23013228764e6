import type { TableModel } from '@org/migrate-core/dialect'
import { parseTable } from '../ddl/parse-table.ts'
import { markReadFromText } from '../ddl/read-from-text.ts'
import { hasOption, readColumn } from './columns.ts'
import { placedConstraints } from './constraints.ts'
import { readIndex } from './indexes.ts'

/**
 * A table from the texts that SQLite keeps: its own and those of its indexes. This is the whole introspection of an
 * ordinary table: CHECKs, collations, generated expressions, names of constraints and AUTOINCREMENT stand in the text only,
 * and everything else stands there too. Throws UNPARSED_SQL.
 *
 * ```ts
 * const users = readTable('CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT)', ['CREATE INDEX e ON users(email)'])
 * ```
 */
export function readTable(source: string, indexes: readonly string[] = []): TableModel {
  const parsed = parseTable(source)
  const columns = parsed.columns.map((column) => readColumn(parsed, column))
  const names = columns.map(({ name }) => name)
  return markReadFromText({
    ref: { name: parsed.name.name },
    columns,
    constraints: placedConstraints(parsed).map(({ model }) => model),
    indexes: indexes.map((text) => readIndex(text, names)),
    options: {
      ...(hasOption(parsed, 'strict') ? { strict: true } : {}),
      ...(hasOption(parsed, 'withoutRowid') ? { withoutRowid: true } : {}),
    },
    source,
  })
}
