import { beforeEach, describe, expect, test } from 'vitest'
import {
  withConstraint,
  withoutConstraint,
} from '../../../../packages/dialect-sqlite/src/compile/ddl/constraint-text.ts'
import { skipBefore353 } from '../../../kit/sqlite-client/needs-driver.ts'
import { memory, parseTable, stored } from '../ddl/kit.ts'
import { zoo } from '../ddl/zoo.ts'

const other = 'CREATE TABLE other (id INTEGER PRIMARY KEY, x INT, UNIQUE (id, x))'
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const more: readonly (readonly [string, string])[] = [
  [
    'comments around constraints',
    'CREATE TABLE t (\n  a INT NOT NULL -- tail\n, -- of a\n  b INT /* b */ NOT /* x */ NULL /* c */ CHECK (b > 1),\n  -- of w\n  CONSTRAINT w CHECK (a > 0) /* w */, CHECK (b > 2)\n  -- end\n)',
  ],
  [
    'named in columns',
    'CREATE TABLE t (a INT CONSTRAINT nn NOT NULL CONSTRAINT ck CHECK (a > 0) DEFAULT 1, b INT CONSTRAINT u UNIQUE CONSTRAINT nb NOT NULL ON CONFLICT IGNORE)',
  ],
  [
    'a word NOT that is no constraint',
    'CREATE TABLE t (a INT REFERENCES other NOT DEFERRABLE, b INT DEFAULT (NOT 1) NOT NULL, c INT NOT NULL REFERENCES other NOT DEFERRABLE INITIALLY DEFERRED, d INT REFERENCES other ON DELETE SET NULL NOT NULL)',
  ],
  [
    'NULL beside',
    'CREATE TABLE t (a INT NULL, b INT NULL NOT NULL, c INT NOT NULL NULL DEFAULT 4, d INT CONSTRAINT n NULL)',
  ],
  [
    'names in a row',
    'CREATE TABLE t (a INT CONSTRAINT one CONSTRAINT two NOT NULL, b CONSTRAINT three, CONSTRAINT four CONSTRAINT five CHECK (a > 1))',
  ],
  [
    'one name twice',
    'CREATE TABLE t (a INT CONSTRAINT n CHECK (a > 1), CONSTRAINT N CHECK (a > 2), CONSTRAINT "n" UNIQUE (a))',
  ],
  [
    'last of the table',
    'CREATE TABLE t (a INT,\n  b TEXT NOT NULL\n) WITHOUT ROWID'.replace('a INT', 'a INT PRIMARY KEY'),
  ],
]

beforeEach(skipBefore353)

describe.each([...zoo, ...more])('%s', (_label, sql) => {
  const parsed = parseTable(sql)
  const name = parsed.name.name

  function text(alter?: string): string {
    const db = memory(other, sql)
    try {
      if (alter !== undefined) db.exec(`ALTER TABLE ${quoted(name)} ${alter}`)
      return stored(db)[name] ?? ''
    } finally {
      db.close()
    }
  }

  const columns = parsed.columns.map((column) => column.name.name)
  test.each(columns)('the column %s is made NOT NULL and nullable as by SQLite', (column) => {
    const at = columns.indexOf(column)
    expect(withConstraint(withoutConstraint(text(), at), 'NOT NULL', at)).toBe(
      text(`ALTER COLUMN ${quoted(column)} SET NOT NULL`),
    )
    expect(withoutConstraint(text(), at)).toBe(text(`ALTER COLUMN ${quoted(column)} DROP NOT NULL`))
  })

  test('a CHECK is put where SQLite puts it', () => {
    const check = 'CONSTRAINT "a check" CHECK (1 /* , ) */ <> 2)'
    expect(withConstraint(text(), check)).toBe(text(`ADD ${check}`))
  })

  const parts = [...columns.flatMap((_, at) => parsed.columns[at]?.parts ?? []), ...parsed.constraints]
  const namesOf = (kinds: readonly string[]): readonly string[] =>
    parts.flatMap(({ kind, name: each }) => (each !== undefined && kinds.includes(kind) ? [each.name] : []))
  // From 3.54 on SQLite drops these in place, too; here a rebuild drops them on every version.
  const foreignKeys = namesOf(['references', 'foreignKey'])
  const names = namesOf(parts.map(({ kind }) => kind))
  test.each([...new Set(names), 'no such name'])(
    'the constraint %s is dropped as by SQLite, or not at all',
    (constraint) => {
      let dropped = text()
      try {
        const bySqlite = text(`DROP CONSTRAINT ${quoted(constraint)}`)
        if (!foreignKeys.includes(constraint)) dropped = bySqlite
      } catch (error) {
        expect(String(error)).toMatch(/no such constraint|may not be dropped/)
      }
      expect(withoutConstraint(text(), constraint)).toBe(dropped)
    },
  )
})
