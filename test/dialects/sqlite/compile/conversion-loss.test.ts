import { sql } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

// What a conversion loses is compared with a real table: the rows that another column does not give back as they were.

const { types } = await sqliteDialect({ url: 'sqlite::memory:' }).load()

interface Column {
  readonly type: string
  readonly strict?: true
}

const columns: readonly Column[] = [
  ...['INTEGER', 'NUMERIC', 'REAL', 'TEXT', 'BLOB', 'ANY', 'VARCHAR(9)'].map((type) => ({ type })),
  ...['INTEGER', 'REAL', 'TEXT', 'BLOB', 'ANY'].map((type) => ({ type, strict: true as const })),
]
const pairs = columns.flatMap((from) => columns.map((to) => [from, to] as const))
const nameOf = ({ type, strict }: Column): string => (strict ? `${type} of a STRICT table` : type)

const literals = [
  ...['NULL', "x''", "x'31'", "x'312e30'", '0', '1', '-1', '1.0', '1.5', '0.1', '1e3', '1e15', '1e17', '1.5e17'],
  ...['2251799813685248.0', '2251799813685249.0', '9007199254740992', '9007199254740993', '-9007199254740993'],
  ...['9223372036854775807', '-9223372036854775808', '-9223372036854775807', '9223372036854774784'],
  ...['9223372036854775808.0', '-9223372036854775808.0', '9223372036854774784.0', '9e999', '-9e999', '1e-320'],
  ...['123456789012345678.0', '0.30000000000000004', '1e100'],
]
const texts = [
  ...['', ' ', 'a', '1', '01', '+1', ' 1', '1 ', '1.0', '1.50', '.5', '5.', '1e', '1e3', '1.0e+3', '1000', '1000.0'],
  ...['1.0e+17', '1.5e+17', '-1.0e+17', '1.0e+18', '9.0e+18', '1.0e+19', '1.0e+20', '100000000000000000'],
  ...['1.0e+15', '2251799813685248', '2251799813685249', '2.25179981368525e+15', '9007199254740993'],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', '-9.2233720368547758e+18'],
  ...['9.22337203685478e+18', '-9.22337203685478e+18', '9.2233720368547e+18', '1.7976931348623157e308'],
  ...['Inf', '-Inf', 'NaN', '9e999', '-0', '-0.0', '0.0', '0x1F', '1_000', '0.1', '0.30000000000000004', '1e-320'],
  ...['1\u00a0', '\ufeff1', '１'],
]
const special = [...literals, ...texts.map((text) => `'${text}'`), "'1'||char(0)", "CAST(x'31ff' AS TEXT)"]

const digits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const spelled = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: -20, max: 25 }))
  .map(([number, decimals, power]) => `${(number / 10 ** decimals).toFixed(decimals)}e${power < 0 ? '' : '+'}${power}`)
const random = fc.oneof(
  digits.map(String),
  digits.map((each) => `'${each}'`),
  digits.map((each) => `CAST(${each} AS REAL)`),
  digits.map((each) => `CAST(CAST(${each} AS REAL) AS TEXT)`),
  spelled,
  spelled.map((each) => `'${each}'`),
  spelled.map((each) => `CAST(${each} AS TEXT)`),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((each) => `'${each}'`),
)

/** CAST(… AS TEXT) has fewer digits of a real than quote(…), which ends a text at its first NUL. */
const exact = 'typeof(v) || quote(v) || hex(v)'

/** The rows that are counted and the rows that change on the way to the other column and back. */
function comparison([from, to]: readonly [Column, Column], values: readonly string[]) {
  const database = new Database(':memory:')
  const create = (name: string, { type, strict }: Column): string =>
    `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, v ${type})${strict ? ' STRICT' : ''};`
  database.exec(create('a', from) + create('b', to) + create('c', from))
  const insert = (statement: string): void => {
    try {
      database.exec(statement)
    } catch (error) {
      // What a STRICT column refuses is not converted.
      if (!/cannot store/.test(String(error))) throw error
    }
  }
  values.forEach((value, index) => {
    insert(`INSERT INTO a VALUES (${index}, ${value})`)
    insert(`INSERT INTO b SELECT id, v FROM a WHERE id = ${index}`)
    insert(`INSERT INTO c SELECT id, v FROM b WHERE id = ${index}`)
  })
  const typeOf = ({ type }: Column) => types.fromSql(type)
  const optionsOf = ({ strict }: Column) => (strict ? { strict } : {})
  const options = { before: optionsOf(from), after: optionsOf(to) }
  const loss = types.conversionLoss?.(sql`"v"`, typeOf(from), typeOf(to), options)
  const list = (query: string): readonly unknown[] => database.prepare(query).pluck().all()
  const stored = (name: string): string => `SELECT ${exact} FROM ${name} WHERE ${name}.id = a.id`
  const converted = 'id IN (SELECT id FROM b)'
  return {
    counted: list(`SELECT quote(v) FROM a WHERE ${converted} AND (${loss?.changed?.text ?? '0'})`),
    changed: list(`SELECT quote(v) FROM a WHERE ${converted} AND (${stored('c')}) IS NOT ${exact}`),
  }
}

describe.each(pairs.map(([from, to]) => ({ from, to, name: `${nameOf(from)} to ${nameOf(to)}` })))(
  'a column $name',
  ({ from, to }) => {
    it('loses exactly the values that its loss counts', () => {
      const { counted, changed } = comparison([from, to], special)
      expect(counted).toEqual(changed)
    })

    it('loses exactly the random values that its loss counts', () => {
      fc.assert(
        fc.property(fc.array(random, { minLength: 20, maxLength: 40 }), (values) => {
          const { counted, changed } = comparison([from, to], values)
          expect(counted).toEqual(changed)
        }),
        { numRuns: 6 },
      )
    })
  },
)

it('a text whose number a column stores as an integer is counted', () => {
  const values = ["'1.0e+17'", "'1.5e+17'", "'1.0e+3'", "'100000000000000000'", "'1.0e+20'"]
  const both = comparison([{ type: 'TEXT' }, { type: 'INTEGER' }], values)
  expect(both.counted).toEqual(["'1.0e+17'", "'1.5e+17'", "'1.0e+3'"])
})
