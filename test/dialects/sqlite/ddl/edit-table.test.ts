import { describe, expect, test } from 'vitest'
import {
  addConstraintText,
  dropColumnText,
  dropConstraintText,
  memory,
  readTable,
  renameConstraintText,
  renameReferencedColumn,
  renameTableText,
  retargetIndex,
  retargetTable,
  setOptionsText,
} from './kit.ts'

/** The edit, after SQLite has taken the text on both sides of it. */
function edit(source: string, change: (source: string) => string): string {
  memory('CREATE TABLE u (id INTEGER PRIMARY KEY, x INT UNIQUE)', source)
  const text = change(source)
  memory('CREATE TABLE u (id INTEGER PRIMARY KEY, x INT UNIQUE)', text)
  return text
}

describe('dropping a column takes its comments along and no others', () => {
  const source = `CREATE TABLE t ( -- the table
  -- first, a
  a INT, -- about a, really
  /* b's */ b INT /* in b */, -- about b
  -- before c
  c INT -- about c
  -- the end
)`
  test('the first', () => {
    expect(edit(source, (text) => dropColumnText(text, 'A'))).toBe(`CREATE TABLE t ( -- the table
  /* b's */ b INT /* in b */, -- about b
  -- before c
  c INT -- about c
  -- the end
)`)
  })
  test('one in the middle', () => {
    expect(edit(source, (text) => dropColumnText(text, 'b'))).toBe(`CREATE TABLE t ( -- the table
  -- first, a
  a INT, -- about a, really
  -- before c
  c INT -- about c
  -- the end
)`)
  })
  test('the last', () => {
    expect(edit(source, (text) => dropColumnText(text, 'c'))).toBe(`CREATE TABLE t ( -- the table
  -- first, a
  a INT, -- about a, really
  /* b's */ b INT /* in b */ -- about b
  -- the end
)`)
  })
  test('a line comment never swallows what follows', () => {
    expect(edit('CREATE TABLE t (a INT, -- x\n b INT)', (text) => dropColumnText(text, 'b'))).toBe(
      'CREATE TABLE t (a INT -- x\n)',
    )
    expect(edit('CREATE TABLE t (a INT, -- x\n b INT, c INT)', (text) => dropColumnText(text, 'b'))).toBe(
      'CREATE TABLE t (a INT, -- x\n c INT)',
    )
  })
  test('on one line', () => {
    expect(edit('CREATE TABLE t (a INT, b DECIMAL(1,2), c INT)', (text) => dropColumnText(text, 'b'))).toBe(
      'CREATE TABLE t (a INT, c INT)',
    )
    expect(edit('CREATE TABLE t (a INT,b INT, /* c */ c INT)', (text) => dropColumnText(text, 'b'))).toBe(
      'CREATE TABLE t (a INT, /* c */ c INT)',
    )
    expect(edit('CREATE TABLE t (a INT, b INT, UNIQUE (a))', (text) => dropColumnText(text, 'b'))).toBe(
      'CREATE TABLE t (a INT, UNIQUE (a))',
    )
  })
})

describe('constraints', () => {
  const source = `CREATE TABLE t (
  a INTEGER CONSTRAINT pk PRIMARY KEY, -- the key
  b INT NOT NULL ON CONFLICT IGNORE UNIQUE CONSTRAINT positive CHECK (b > 0), -- b
  c INT REFERENCES u (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED /* c */,
  CHECK (a < b) CHECK ("a" <> 5), -- checks
  CONSTRAINT fk FOREIGN KEY (b) REFERENCES u (x) -- fk
)`
  const line = (from: string, to: string): string => source.replace(from, to)

  test('drop one that stands in a column', () => {
    expect(edit(source, (text) => dropConstraintText(text, { kind: 'primaryKey' }))).toBe(
      line(' CONSTRAINT pk PRIMARY KEY', ''),
    )
    expect(edit(source, (text) => dropConstraintText(text, { name: 'POSITIVE' }))).toBe(
      line(' CONSTRAINT positive CHECK (b > 0)', ''),
    )
    expect(edit(source, (text) => dropConstraintText(text, { kind: 'unique', columns: ['b'] }))).toBe(
      line(' UNIQUE', ''),
    )
    expect(edit(source, (text) => dropConstraintText(text, { kind: 'foreignKey', columns: ['c'] }))).toBe(
      line(' REFERENCES u (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED', ''),
    )
  })

  test('drop one of its own', () => {
    expect(edit(source, (text) => dropConstraintText(text, { name: 'fk', kind: 'foreignKey' }))).toBe(
      line(
        `CHECK ("a" <> 5), -- checks
  CONSTRAINT fk FOREIGN KEY (b) REFERENCES u (x) -- fk
`,
        `CHECK ("a" <> 5) -- checks
`,
      ),
    )
    expect(edit(source, (text) => dropConstraintText(text, { kind: 'check', expression: 'A<>5' }))).toBe(
      line(' CHECK ("a" <> 5), -- checks\n', '\n'),
    )
    expect(edit(source, (text) => dropConstraintText(text, { kind: 'check', expression: 'a < b' }))).toBe(
      line('\n  CHECK (a < b) CHECK', ' CHECK'),
    )
  })

  test('of equal CHECKs the one that is spelled alike, and the one without a name', () => {
    const duplicated = 'CREATE TABLE t (a INT CONSTRAINT c CHECK (a > 0) CHECK (A > 0), CHECK (a > 0))'
    const drop = (expression: string) =>
      edit(duplicated, (text) => dropConstraintText(text, { kind: 'check', expression }))
    expect(drop('a > 0')).toBe('CREATE TABLE t (a INT CONSTRAINT c CHECK (a > 0) CHECK (A > 0))')
    expect(drop('A > 0')).toBe('CREATE TABLE t (a INT CONSTRAINT c CHECK (a > 0), CHECK (a > 0))')
  })

  test('one that is not there', () => {
    expect(() => dropConstraintText(source, { name: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'OBJECT_MISSING' }),
    )
  })

  test('rename', () => {
    expect(edit(source, (text) => renameConstraintText(text, 'PK', 'key'))).toBe(
      line('CONSTRAINT pk', 'CONSTRAINT "key"'),
    )
    expect(edit(source, (text) => renameConstraintText(text, 'fk', 'f"k'))).toBe(
      line('CONSTRAINT fk', 'CONSTRAINT "f""k"'),
    )
  })

  test('add', () => {
    expect(
      edit('CREATE TABLE t (a INT, b INT -- b\n)', (text) =>
        addConstraintText(text, {
          kind: 'foreignKey',
          name: 'f',
          columns: ['b'],
          references: { table: { name: 'u' }, columns: ['id'] },
          onDelete: 'setNull',
        }),
      ),
    ).toBe(
      'CREATE TABLE t (a INT, b INT -- b\n, CONSTRAINT "f" FOREIGN KEY ("b") REFERENCES "u" ("id") ON DELETE SET NULL)',
    )
  })
})

describe('options', () => {
  test.each([
    ['CREATE TABLE t (a INT PRIMARY KEY)', { strict: true }, 'CREATE TABLE t (a INT PRIMARY KEY) STRICT'],
    [
      'CREATE TABLE t (a INT PRIMARY KEY) strict',
      { withoutRowid: true },
      'CREATE TABLE t (a INT PRIMARY KEY) strict, WITHOUT ROWID',
    ],
    [
      'CREATE TABLE t (a INT PRIMARY KEY) strict , without /*x*/ rowid',
      { strict: null },
      'CREATE TABLE t (a INT PRIMARY KEY) without /*x*/ rowid',
    ],
    ['CREATE TABLE t (a INT PRIMARY KEY) STRICT', { strict: false }, 'CREATE TABLE t (a INT PRIMARY KEY)'],
    [
      'CREATE TABLE t (a INT PRIMARY KEY) /* 1 */ STRICT /* 2 */ , /* 3 */ WITHOUT ROWID',
      { strict: null },
      'CREATE TABLE t (a INT PRIMARY KEY) /* 1 */ /* 2 */ /* 3 */ WITHOUT ROWID',
    ],
    [
      'CREATE TABLE t (a INT PRIMARY KEY) STRICT -- 1\n, -- 2\nWITHOUT ROWID',
      { withoutRowid: null },
      'CREATE TABLE t (a INT PRIMARY KEY) STRICT -- 1\n -- 2\n',
    ],
    [
      'CREATE TABLE t (a INT PRIMARY KEY) STRICT -- 1\n, WITHOUT /* 2 */ ROWID, STRICT',
      { strict: false, withoutRowid: true },
      'CREATE TABLE t (a INT PRIMARY KEY) -- 1\n WITHOUT /* 2 */ ROWID',
    ],
    ['CREATE TABLE t (a INT PRIMARY KEY) strict', { strict: true }, 'CREATE TABLE t (a INT PRIMARY KEY) strict'],
  ])('%s %j', (source, options, expected) => {
    expect(edit(source, (text) => setOptionsText(text, options))).toBe(expected)
  })

  test('of other databases are refused', () => {
    expect(() => setOptionsText('CREATE TABLE t (a)', { engine: 'InnoDB' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    )
  })
})

describe('names', () => {
  const source = 'CREATE TABLE "T"(a INT CHECK(t.a > 0), b REFERENCES t(a), FOREIGN KEY(b)REFERENCES[t](a))'

  test('under another name, foreign keys to itself still mean the old one', () => {
    expect(edit(source, (text) => retargetTable(text, 'new'))).toBe(
      'CREATE TABLE "new"(a INT CHECK(a > 0), b REFERENCES t(a), FOREIGN KEY(b)REFERENCES[t](a))',
    )
  })
  test('renamed, they follow', () => {
    expect(edit(source, (text) => renameTableText(text, 't', 'n'))).toBe(
      'CREATE TABLE "n"(a INT CHECK("n".a > 0), b REFERENCES "n"(a), FOREIGN KEY(b)REFERENCES"n"(a))',
    )
  })
  test('foreign keys of another table follow a column', () => {
    expect(
      renameReferencedColumn(
        'CREATE TABLE c (x REFERENCES u (x), y REFERENCES u, FOREIGN KEY (x, y) REFERENCES U ("x", id))',
        'u',
        'X',
        'z',
      ),
    ).toBe('CREATE TABLE c (x REFERENCES u ("z"), y REFERENCES u, FOREIGN KEY (x, y) REFERENCES U ("z", id))')
  })
  test('an index is put on another table', () => {
    expect(retargetIndex('CREATE UNIQUE INDEX i /* i */ ON t(a)', { table: 'n' })).toBe(
      'CREATE UNIQUE INDEX i /* i */ ON "n"(a)',
    )
    expect(retargetIndex('CREATE INDEX[i]ON t(a)', { name: 'j' })).toBe('CREATE INDEX"j"ON t(a)')
  })
})

test('what cannot be read is refused before anything is touched', () => {
  for (const text of [
    'CREATE TABLE t AS SELECT 1 AS a',
    'CREATE VIRTUAL TABLE t USING fts5(a)',
    'CREATE TABLE t (a INT',
    "CREATE TABLE t (a DEFAULT 'x)",
    'CREATE TABLE t (a) WITHOUT OIDS',
    'CREATE TABLE t (a b CHECK)',
    'CREATE TABLE t ()',
    '',
  ]) {
    expect(() => readTable(text), text).toThrow(expect.objectContaining({ code: 'UNPARSED_SQL' }))
  }
})
