import type { Random } from '../../kit/random.ts'

/** A table with rows, as the statements that make it. */
export interface RandomTable {
  readonly schema: readonly string[]
  readonly rows: readonly string[]
}

export const columnNames = ['a', 'b', 'c', 'd', 'e', 'f'] as const

const types = ['INTEGER', 'INT', 'TEXT', 'REAL', 'NUMERIC', 'BLOB', 'VARCHAR(9)', 'BOOLEAN']
const strictTypes = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'ANY']

/** Values that a conversion changes, a comparison finds equal to another, or a constraint refuses. */
const values = [
  'NULL',
  'NULL',
  '0',
  '1',
  '-5',
  '7',
  "'7'",
  "'007'",
  "'1e3'",
  "'x'",
  "'X'",
  "''",
  '1.5',
  '2.0',
  "x'00ff'",
  '9007199254740993',
]

function column(random: Random, name: string, type: string): string {
  return [
    name,
    type,
    ...(random.chance(0.2) ? ['NOT NULL'] : []),
    ...(random.chance(0.2) ? [random.pick(['DEFAULT 5', "DEFAULT 'd'", "DEFAULT (lower('Q'))", 'DEFAULT TRUE'])] : []),
    ...(random.chance(0.15) ? ['COLLATE NOCASE'] : []),
    ...(random.chance(0.1) ? ['UNIQUE'] : []),
    ...(random.chance(0.1) ? [`CHECK (${name} <> 'never')`] : []),
  ].join(' ')
}

function constraints(random: Random, names: readonly string[], hasKey: boolean): string[] {
  const [one = 'a', two = 'b'] = random.sample(names, 2)
  return [
    ...(!hasKey && random.chance(0.3) ? [`PRIMARY KEY (${random.chance(0.5) ? one : `${one}, ${two}`})`] : []),
    ...(random.chance(0.25) ? [`CONSTRAINT u1 UNIQUE (${random.chance(0.5) ? two : `${one}, ${two}`})`] : []),
    ...(random.chance(0.25) ? [`CONSTRAINT k1 CHECK (${one} IS NOT ${two})`] : []),
    ...(random.chance(0.15) ? [`CONSTRAINT k2 CHECK (typeof(${one}) <> 'blob')`] : []),
    ...(random.chance(0.15) ? [`CONSTRAINT r1 FOREIGN KEY (${one}) REFERENCES p (id)`] : []),
  ]
}

/** `t` with up to five rows; `p` is there to be referred to. */
export function randomTable(random: Random): RandomTable {
  const names = columnNames.slice(0, random.int(2, 4))
  const strict = random.chance(0.12)
  const key = random.weighted<string>([
    [4, ''],
    [2, 'INTEGER PRIMARY KEY'],
    [1, 'INTEGER PRIMARY KEY AUTOINCREMENT'],
    [1, `${strict ? 'TEXT' : 'VARCHAR(9)'} PRIMARY KEY`],
  ])
  const columns = names.map((name, at) =>
    at === 0 && key !== '' ? `${name} ${key}` : column(random, name, random.pick(strict ? strictTypes : types)),
  )
  const generated = random.chance(0.25)
    ? [
        `g ${strict ? 'ANY' : ''} AS (${random.pick([`${names[1]} || '!'`, `${names[1]} * 2`])}) ${random.pick(['STORED', 'VIRTUAL'])}`,
      ]
    : []
  const definitions = [...columns, ...generated, ...constraints(random, names, key !== '')]
  const hasKey = definitions.some((one) => one.includes('PRIMARY KEY'))
  const withoutRowid = hasKey && !key.includes('AUTOINCREMENT') && random.chance(0.15)
  const options = [...(strict ? ['STRICT'] : []), ...(withoutRowid ? ['WITHOUT ROWID'] : [])]
  const term = random.pick(names)
  const indexes = [
    ...(random.chance(0.2) ? [`CREATE INDEX i1 ON t (${term})`] : []),
    ...(random.chance(0.15) ? [`CREATE UNIQUE INDEX i2 ON t (${random.pick(names)})`] : []),
    ...(random.chance(0.1) ? [`CREATE UNIQUE INDEX i3 ON t (${term} || '-', ${random.pick(names)})`] : []),
    ...(random.chance(0.1) ? [`CREATE INDEX i4 ON t (${term}) WHERE ${random.pick(names)} > 3`] : []),
  ]
  const rows = Array.from(
    {
      length: random.weighted([
        [1, 0],
        [2, 1],
        [4, 3],
        [3, 5],
      ]),
    },
    (_, at) => {
      const cells = names.map((_name, index) =>
        index === 0 && key.startsWith('INTEGER') ? String(at * 3 + 1) : random.pick(values),
      )
      // What a constraint refuses is not among the rows.
      return `INSERT OR IGNORE INTO t (${names.join(', ')}) VALUES (${cells.join(', ')})`
    },
  )
  return {
    schema: [
      'CREATE TABLE p (id INTEGER PRIMARY KEY)',
      `CREATE TABLE t (${definitions.join(', ')})${options.length === 0 ? '' : ` ${options.join(', ')}`}`,
      ...indexes,
    ],
    rows: [
      ...rows,
      ...(key.includes('AUTOINCREMENT') && random.chance(0.5) ? ['UPDATE sqlite_sequence SET seq = 90'] : []),
    ],
  }
}
