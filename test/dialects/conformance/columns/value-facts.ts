import type { SqlValue, UnloadedDialect } from '@org/migrate-core/dialect'
import type { fragments } from '../subjects.ts'

/** What a session gives for one value in one place: the value with its kind, or the code of the refusal. */
export interface ValueFact {
  readonly about: string
  readonly answer: string
  readonly isRefused: boolean
}

const numbers: readonly SqlValue[] = [0, -0, 1, 42, -7, 0.1, 1.5, 2 ** 31, -(2 ** 31), 2 ** 53, 1e21, 1e308, 5e-324]
const infinite: readonly SqlValue[] = [Infinity, -Infinity, Number.NaN]
const integers: readonly SqlValue[] = [
  0n,
  1n,
  -32768n,
  9007199254740993n,
  -9007199254740993n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 64n - 1n,
]
const texts: readonly SqlValue[] = [
  '',
  ' ',
  'abcd',
  'line\r\nline\tend\\',
  'größe 日本 🦊',
  "it's ? ?? $1 :a %s",
  'a\0b',
  '\0',
  '\ud800x',
  '42',
  '-0.25',
  '1e400',
  '12345678901234567890.123456789',
  'null',
  '{"a": [1, 2.5, "x"], "b": null}',
  '[12345678901234567890, 1.0]',
  '2026-02-28',
  '0001-01-01',
  '08:09:10',
  '08:09:10.123456',
  '2026-11-20 08:09:10',
  '2026-11-20 08:09:10.123456',
  '2026-11-20 08:09:10+05:30',
  '0c0ffee0-1234-4abc-8def-0123456789ab',
  'x'.repeat(70_000),
]
const bytes: readonly SqlValue[] = [
  Buffer.alloc(0),
  Buffer.from([0]),
  Buffer.from([0, 39, 92, 255]),
  new Uint8Array([1, 2]),
  Buffer.alloc(30_000, 7),
]
const values: readonly SqlValue[] = [...numbers, ...infinite, ...integers, ...texts, ...bytes, true, false, null]

/** Each value above goes into a column of each of these types. */
const types = {
  sqlite: ['', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'BOOLEAN', 'JSON', 'DECIMAL(30, 10)', 'DATETIME', 'BIGINT'],
  postgres: [
    'smallint',
    'integer',
    'bigint',
    'numeric',
    'numeric(30, 10)',
    'real',
    'double precision',
    'boolean',
    'text',
    'varchar(200)',
    'char(40)',
    'bytea',
    'json',
    'jsonb',
    'date',
    'time',
    'timestamp',
    'timestamptz',
    'interval',
    'uuid',
    'xml',
    'inet',
    'bit varying',
    'text[]',
    'int8[]',
    'money',
    'oid',
    'int4range',
  ],
  mysql: [
    'tinyint(1)',
    'tinyint',
    'smallint',
    'int',
    'bigint',
    'bigint unsigned',
    'decimal(30, 10)',
    'float',
    'double',
    'char(40)',
    'varchar(200)',
    'varchar(200) collate utf8mb4_bin',
    'text',
    'longtext',
    'binary(4)',
    'varbinary(40)',
    'blob',
    'longblob',
    'json',
    'date',
    'time(6)',
    'datetime(6)',
    'timestamp(6)',
    'year',
    "enum('abcd', '42')",
    "set('abcd', '42')",
    'bit(8)',
  ],
} as const

const shown = (value: unknown): string => {
  if (typeof value === 'bigint') return `bigint ${value}`
  if (value instanceof Uint8Array)
    return `${Buffer.isBuffer(value) ? 'Buffer' : 'bytes'} ${Buffer.from(value).toString('hex')}`
  if (typeof value === 'number') return `number ${Object.is(value, -0) ? '-0' : value}`
  return `${typeof value} ${JSON.stringify(value)}`
}

/** The drivers of MySQL and MariaDB have other names for some numbers. */
const codeOf = (error: unknown): string => {
  const { code, errno, name } = error as Readonly<Record<'code' | 'errno' | 'name', unknown>>
  const isNamedByDriver = typeof code === 'string' && code.startsWith('ER_') && typeof errno === 'number'
  return `refused ${String(isNamedByDriver ? errno : (code ?? name))}`
}

const family = (flavour: keyof typeof fragments): keyof typeof types => (flavour === 'mariadb' ? 'mysql' : flavour)

/** SQLite turns a REAL into a text itself, and newer versions write more digits: that is no value of a driver. */
const isConverted = (type: string, value: SqlValue): boolean =>
  type === 'TEXT' && typeof value === 'number' && !Number.isSafeInteger(value)

/** All values in all types through one session: in by a parameter, and out by a query. */
export async function valueFacts(
  dialect: UnloadedDialect,
  flavour: keyof typeof fragments,
): Promise<readonly ValueFact[]> {
  const session = await dialect.connection.connect({ purpose: 'run' })
  const facts: ValueFact[] = []
  const ask = async (about: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      facts.push({ about, answer: shown(await work()), isRefused: false })
    } catch (error) {
      facts.push({ about, answer: codeOf(error), isRefused: true })
    }
  }
  try {
    const columns = types[family(flavour)].map((type, at) => ({ type, name: `c${at}` }))
    const key = flavour === 'sqlite' ? 'INTEGER PRIMARY KEY' : 'int PRIMARY KEY'
    await session.execute(
      `CREATE TABLE facts (id ${key}, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
    )
    let id = 0
    for (const { name, type } of columns) {
      for (const value of values.filter((each) => !isConverted(type, each))) {
        const about = `${shown(value).slice(0, 60)} in ${type || 'no type'}`
        id += 1
        const key = id
        let isIn = true
        await session
          .execute(`INSERT INTO facts (id, ${name}) VALUES (?, ?)`, [key, value])
          .catch(async (error: unknown) => {
            isIn = false
            facts.push({ about, answer: codeOf(error), isRefused: true })
          })
        if (isIn)
          await ask(
            about,
            async () => (await session.query(`SELECT ${name} AS v FROM facts WHERE id = ?`, [key]))[0]?.v,
          )
      }
    }
  } finally {
    await session.close()
  }
  return facts
}
