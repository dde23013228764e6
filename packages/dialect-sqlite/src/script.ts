import { type Precondition, type ScriptParts, sql, type UnloadedDialect } from '@org/migrate-core/dialect'
import { literalText, quoteName } from './sql/quote.ts'

/** What the statements of this package need: ALTER TABLE DROP COLUMN. https://www.sqlite.org/releaselog/3_35_0.html */
const oldest = '3.35.0'

const violations = 'SELECT "table", "parent", "rowid" FROM pragma_foreign_key_check'
const baseline = 'temp."migrate_violations"'

/** SQLite has no statement that fails on demand, but a constraint with a name: the table that has it lives in `temp`. */
function require({ condition, message }: Precondition): readonly string[] {
  const guard = '"migrate_guard"'
  return [
    `CREATE TEMP TABLE ${guard} ("holds" INTEGER NOT NULL, CONSTRAINT ${quoteName(message)} CHECK ("holds"))`,
    `INSERT OR ROLLBACK INTO temp.${guard} SELECT COALESCE((${condition}), 0)`,
    `DROP TABLE temp.${guard}`,
  ]
}

/** For `sqlite3`, the shell of SQLite. */
export const script: ScriptParts<UnloadedDialect> = {
  client: ['.bail on'],
  // The shell has them off.
  settings: ['PRAGMA foreign_keys = ON'],
  begin: 'BEGIN IMMEDIATE',
  require,
  server: {
    name: `SQLite ${oldest} or later`,
    // 3.9 comes before 3.35: the numbers behind the first point are compared.
    condition: `CAST(substr(sqlite_version(), 3) AS INTEGER) >= ${oldest.split('.')[1]}`,
    message: `this script needs SQLite ${oldest} or later`,
  },
  older: [],
  now: {
    text: sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    timestamp: sql`strftime('%Y-%m-%d %H:%M:%f000', 'now')`,
  },
  unchecked: ({ views }) => ({
    // Inside a transaction the PRAGMA does nothing, and says nothing.
    before: ['PRAGMA foreign_keys = OFF'],
    afterBegin: [`CREATE TEMP TABLE "migrate_violations" AS ${violations}`],
    beforeCommit: [
      // A view is read only when it is used. One that was broken before is left out, as in a run.
      ...[...views.values()]
        .filter(({ broken }) => broken !== true)
        .map(({ ref }) => `SELECT 1 FROM ${quoteName(ref.name)} LIMIT 0`),
      ...require({
        condition: `NOT EXISTS (${violations} EXCEPT SELECT * FROM ${baseline})`,
        message: `rows would refer to rows that are not there (see ${literalText('PRAGMA foreign_key_check')})`,
      }),
      `DROP TABLE ${baseline}`,
    ],
    after: ['PRAGMA foreign_keys = ON'],
  }),
}
