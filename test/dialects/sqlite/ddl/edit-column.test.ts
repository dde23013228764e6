import type { ColumnChange, ColumnModel } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { alterColumnText, memory, readTable } from './kit.ts'

function alter(source: string, name: string, change: ColumnChange): string {
  const before = readTable(source).columns.find((column) => column.name === name) as ColumnModel
  const { type = before.type, native, default: value, ...rest } = change
  // Only what alterColumnText looks at of the column after the change.
  const after = {
    ...before,
    ...rest,
    type,
    ...(native ? { native } : {}),
    ...(value === undefined ? {} : { default: value ?? undefined }),
  }
  const text = alterColumnText(source, name, change, after as ColumnModel)
  memory(source)
  memory(text)
  return text
}

const cases: readonly (readonly [string, string, ColumnChange, string])[] = [
  [
    'CREATE TABLE t (a INT /* x */ NOT NULL)',
    'a',
    { type: { kind: 'text' } },
    'CREATE TABLE t (a TEXT /* x */ NOT NULL)',
  ],
  ['CREATE TABLE t (a, b)', 'a', { type: { kind: 'integer', bits: 64 } }, 'CREATE TABLE t (a BIGINT, b)'],
  ['CREATE TABLE t ("a"DEFAULT 1)', 'a', { type: { kind: 'text' } }, 'CREATE TABLE t ("a" TEXT DEFAULT 1)'],
  [
    'CREATE TABLE t (a DECIMAL (1, 2) UNIQUE)',
    'a',
    { type: { kind: 'native', dialect: 'sqlite', sql: '' } },
    'CREATE TABLE t (a UNIQUE)',
  ],
  [
    'CREATE TABLE t (a INT DEFAULT 1 -- a\n, b)',
    'a',
    { type: { kind: 'enum', values: ['x', "y'"] } },
    `CREATE TABLE t (a TEXT DEFAULT 1 CHECK ("a" IN ('x', 'y''')) -- a\n, b)`,
  ],
  [
    `CREATE TABLE t (a TEXT CHECK ("a" IN ('x')) DEFAULT 'x')`,
    'a',
    { type: { kind: 'enum', values: ['x', 'z'] } },
    `CREATE TABLE t (a TEXT CHECK ("a" IN ('x', 'z')) DEFAULT 'x')`,
  ],
  [
    `CREATE TABLE t (a TEXT CHECK ("a" IN ('x')) NOT NULL)`,
    'a',
    { type: { kind: 'text' } },
    'CREATE TABLE t (a TEXT NOT NULL)',
  ],
  ['CREATE TABLE t (a TEXT)', 'a', { native: { sqlite: 'VARCHAR ( 5 )' } }, 'CREATE TABLE t (a VARCHAR(5))'],
  ['CREATE TABLE t (a TEXT) STRICT', 'a', { type: { kind: 'boolean' } }, 'CREATE TABLE t (a INTEGER) STRICT'],
  ['CREATE TABLE t (a INT DEFAULT 1)', 'a', { nullable: false }, 'CREATE TABLE t (a INT NOT NULL DEFAULT 1)'],
  ['CREATE TABLE t (a INT NULL)', 'a', { nullable: false }, 'CREATE TABLE t (a INT NOT NULL)'],
  [
    'CREATE TABLE t (a INT NOT NULL NOT NULL ON CONFLICT FAIL UNIQUE)',
    'a',
    { nullable: true },
    'CREATE TABLE t (a INT UNIQUE)',
  ],
  [
    'CREATE TABLE t (a INT CONSTRAINT n NOT NULL/**/DEFAULT 1)',
    'a',
    { nullable: true },
    'CREATE TABLE t (a INT/**/DEFAULT 1)',
  ],
  ['CREATE TABLE t (a INT CHECK(a>0)NOT NULL)', 'a', { nullable: true }, 'CREATE TABLE t (a INT CHECK(a>0))'],
  ['CREATE TABLE t (a INT -- x\n NOT NULL)', 'a', { nullable: true }, 'CREATE TABLE t (a INT -- x\n )'],
  [
    'CREATE TABLE t (a INT NOT NULL UNIQUE)',
    'a',
    { default: { kind: 'literal', value: 5 } },
    'CREATE TABLE t (a INT NOT NULL DEFAULT 5 UNIQUE)',
  ],
  [
    "CREATE TABLE t (a TEXT CONSTRAINT d DEFAULT (lower('X')) /* x */ UNIQUE)",
    'a',
    { default: { kind: 'literal', value: "it's" } },
    "CREATE TABLE t (a TEXT CONSTRAINT d DEFAULT 'it''s' /* x */ UNIQUE)",
  ],
  [
    'CREATE TABLE t (a TEXT DEFAULT 1)',
    'a',
    { default: { kind: 'now' } },
    'CREATE TABLE t (a TEXT DEFAULT CURRENT_TIMESTAMP)',
  ],
  [
    'CREATE TABLE t (a TEXT DEFAULT 1)',
    'a',
    { default: { kind: 'expression', sql: '1 + 1 -- two' } },
    'CREATE TABLE t (a TEXT DEFAULT (1 + 1 -- two\n))',
  ],
  [
    'CREATE TABLE t (a BOOLEAN)',
    'a',
    { default: { kind: 'literal', value: true } },
    'CREATE TABLE t (a BOOLEAN DEFAULT 1)',
  ],
  ['CREATE TABLE t (a INT DEFAULT - 1 NOT NULL)', 'a', { default: null }, 'CREATE TABLE t (a INT NOT NULL)'],
  ['CREATE TABLE t (a TEXT UNIQUE)', 'a', { collation: 'NOCASE' }, 'CREATE TABLE t (a TEXT UNIQUE COLLATE "NOCASE")'],
  [
    'CREATE TABLE t (a TEXT COLLATE rtrim UNIQUE)',
    'a',
    { collation: 'NOCASE' },
    'CREATE TABLE t (a TEXT COLLATE "NOCASE" UNIQUE)',
  ],
  ['CREATE TABLE t (a TEXT COLLATE rtrim UNIQUE)', 'a', { collation: null }, 'CREATE TABLE t (a TEXT UNIQUE)'],
  [
    'CREATE TABLE t (a INT, b INT)',
    'b',
    { generated: { expression: 'a + 1', stored: true } },
    'CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED)',
  ],
  [
    'CREATE TABLE t (a INT, b INT AS (a + 1) UNIQUE)',
    'b',
    { generated: { expression: 'a + 2', stored: false } },
    'CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 2) VIRTUAL UNIQUE)',
  ],
  [
    'CREATE TABLE t (a INT, b INT AS (a + 1) STORED UNIQUE)',
    'b',
    { generated: null },
    'CREATE TABLE t (a INT, b INT UNIQUE)',
  ],
  [
    'CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT FAIL NOT NULL)',
    'a',
    { identity: { mode: 'autoIncrement' } },
    'CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT NOT NULL)',
  ],
  [
    'CREATE TABLE t (a INT, CONSTRAINT k PRIMARY KEY (a))',
    'a',
    { identity: { mode: 'autoIncrement' } },
    'CREATE TABLE t (a INTEGER, CONSTRAINT k PRIMARY KEY (a AUTOINCREMENT))',
  ],
  [
    'CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL)',
    'a',
    { identity: null },
    'CREATE TABLE t (a INTEGER PRIMARY KEY NOT NULL)',
  ],
]

test.each(cases)('%s: %s %j', (source, name, change, expected) => {
  expect(alter(source, name, change)).toBe(expected)
})

test.each<readonly [string, ColumnChange, string]>([
  ['CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID', { identity: { mode: 'autoIncrement' } }, 'WITHOUT ROWID'],
  ['CREATE TABLE t (a INTEGER)', { identity: { mode: 'autoIncrement' } }, 'primary key'],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY)', { identity: { mode: 'always' } }, 'GENERATED ALWAYS AS IDENTITY'],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY)', { identity: { mode: 'autoIncrement', start: 5 } }, 'start'],
  ['CREATE TABLE t (a INTEGER)', { comment: 'hi' }, 'comments'],
  ['CREATE TABLE t (a DATETIME)', { onUpdate: 'now' }, 'ON UPDATE'],
])('%s: %j is refused', (source, change, why) => {
  expect(() => alter(source, 'a', change)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining(why) }),
  )
})
