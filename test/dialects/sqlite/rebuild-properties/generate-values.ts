import type { Random } from '../../../kit/random.ts'
import type { ColumnSpec, TableSpec } from './spec.ts'

export type SampleValue = null | bigint | number | string | Buffer

const sampleTexts = [
  '',
  'abc',
  'ABC',
  'abc   ',
  '12',
  ' 12 ',
  '1e3',
  '0x10',
  '-0.0',
  "it's",
  '🚲',
  'a\0b',
  '\0',
  'é\n',
  '9223372036854775808',
]
const integers = [0n, 1n, -1n, 42n, 255n, 2n ** 31n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]
const reals = [0.5, -1.25, 1e308, 5e-324, 0.1, -0, 1e15 + 0.5, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

function blob(random: Random): Buffer {
  const size = random.pick([0, 1, 2, 8, 40])
  return Buffer.from(Array.from({ length: size }, () => random.int(0, 255)))
}

/** A value of no particular type: what a column without STRICT may hold. */
function anyValue(random: Random): SampleValue {
  return random.weighted<() => SampleValue>([
    [4, () => random.pick(sampleTexts)],
    [3, () => random.pick(integers)],
    [2, () => BigInt(random.int(-1000, 1000))],
    [3, () => random.pick(reals)],
    [2, () => blob(random)],
    [0.05, () => 'long '.repeat(random.int(200, 3000))],
  ])()
}

function typed(random: Random, column: ColumnSpec): SampleValue {
  const { values } = column
  if (values === 'integer') return random.chance(0.5) ? random.pick(integers) : BigInt(random.int(-1000, 1000))
  if (values === 'real') return random.pick(reals)
  if (values === 'blob') return blob(random)
  if (values === 'text') return random.chance(0.1) ? `row ${random.int(0, 99)}` : random.pick(sampleTexts)
  return anyValue(random)
}

/** Values that stay different under every collation and affinity. */
function distinctValue(random: Random, column: ColumnSpec, serial: number): SampleValue {
  const { values } = column
  if (values === 'integer') return BigInt(serial * 7 + random.int(0, 6) - 20)
  if (values === 'real') return serial * 3 + random.pick([0.5, 1.25, 2])
  if (values === 'blob') return Buffer.from(`u${serial}:${random.int(0, 9)}`)
  return `u${serial}${random.pick(['', '-é', '-🚲', '-B', "-'"])}`
}

export interface RowData {
  readonly rowid: bigint | undefined
  /** By column name, generated columns left out. */
  readonly values: Map<string, SampleValue>
}

/** Rows with gaps between their rowids; values of foreign key columns are filled in later. */
export function generateRows(random: Random, table: TableSpec, features: Set<string>): RowData[] {
  const count = random.weighted([
    [1, 0],
    [1, 1],
    [8, random.int(2, 9)],
    [1, random.int(10, 40)],
    // the copy goes in ranges of some hundred rows
    [0.3, random.int(480, 1300)],
  ])
  if (count === 0) features.add('0 rows')
  if (count === 1) features.add('1 row')
  if (count > 500) features.add('more rows than one range of the copy')
  const rows: RowData[] = []
  const free = table.strict || table.strictable ? false : random.chance(0.5)
  let rowid = BigInt(random.chance(0.15) && !table.columns.some((one) => one.autoincrement) ? -5 : 1)
  for (let serial = 0; serial < count; serial++) {
    const values = new Map<string, SampleValue>()
    for (const column of table.columns) {
      if (column.generated !== undefined) continue
      if (column.rowidAlias) values.set(column.name, rowid)
      else if (column.distinct) {
        const nullable = !column.notNull && !column.uses.has('primaryKey')
        values.set(column.name, nullable && random.chance(0.2) ? null : distinctValue(random, column, serial))
      } else if (!column.notNull && random.chance(0.2)) values.set(column.name, null)
      else if (free && !column.uses.has('fts') && random.chance(0.3)) values.set(column.name, anyValue(random))
      else if (column.uses.has('fts')) values.set(column.name, random.pick(['red bike', 'Blue boat', 'green', 'x y z']))
      else values.set(column.name, typed(random, column))
    }
    const own = table.columns.some((one) => one.rowidAlias) || table.rowid === undefined ? undefined : rowid
    rows.push({ rowid: own, values })
    rowid += BigInt(
      random.weighted([
        [6, 1],
        [3, random.int(2, 5)],
        [1, random.int(100, 5000)],
      ]),
    )
    if (serial > 1 && random.chance(0.02) && rowid < 2n ** 53n) rowid = 2n ** 53n + 1n
  }
  return rows
}

/** A value as SQL. Bound values would lose the empty blob, which the driver turns into NULL. */
function literal(value: SampleValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999'
    const text = Object.is(value, -0) ? '-0' : value.toString()
    return /[.e]/.test(text) ? text : `${text}.0`
  }
  if (typeof value !== 'string') return `x'${value.toString('hex')}'`
  if (value.includes('\0')) return `CAST(x'${Buffer.from(value).toString('hex')}' AS TEXT)`
  return `'${value.replaceAll("'", "''")}'`
}

export function insertInto(
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SampleValue[])[],
): string {
  const tuples = rows.map((row) => `(${row.map(literal).join(', ')})`)
  return `INSERT OR ABORT INTO ${table}${columns.length === 0 ? '' : ` (${columns.join(', ')})`} VALUES ${tuples.join(', ')}`
}
