import { type Precondition, type ScriptParts, sql, type UnloadedDialect, verbatim } from '@org/migrate-core/dialect'
import type { SessionCapabilities } from './capabilities.ts'
import { castText, literalText, quoteName } from './sql/quote.ts'
import { altersConstraints, minorOf } from './sql/version.ts'

/** What all statements of this package need: ALTER TABLE DROP COLUMN. https://www.sqlite.org/releaselog/3_35_0.html */
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

/** 3.9 comes before 3.35: the numbers behind the first point are compared. */
function serverOf(version: string): ScriptParts<UnloadedDialect>['server'] {
  return {
    name: `SQLite ${version} or later`,
    condition: `CAST(substr(sqlite_version(), 3) AS INTEGER) >= ${minorOf(version)}`,
    message: `this script needs SQLite ${version} or later`,
  }
}

/** The dialect of one version, as far as its scripts tell. */
export interface VersionDialect extends SessionCapabilities {
  /** The dialect before 3.53, where this is the one since. */
  readonly older: UnloadedDialect | undefined
  readonly dialectFor: (version: string) => UnloadedDialect
}

/** For `sqlite3`, the shell of SQLite. */
export const scriptFor = ({ older, dialectFor }: VersionDialect): ScriptParts<UnloadedDialect> => ({
  client: ['.bail on'],
  // Its local_getline(): https://www.sqlite.org/src/file/src/shell.c.in
  stripsCarriageReturns: 'sqlite3',
  literal: (value) =>
    verbatim(typeof value === 'string' && value.includes('\r\n') ? castText(value) : literalText(value)),
  // The shell has them off.
  settings: ['PRAGMA foreign_keys = ON'],
  begin: 'BEGIN IMMEDIATE',
  require,
  server: serverOf(older === undefined ? oldest : altersConstraints),
  forServer: (version) => (minorOf(version) >= minorOf(oldest) ? dialectFor(version) : undefined),
  older: older === undefined ? [] : [() => older],
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
})
