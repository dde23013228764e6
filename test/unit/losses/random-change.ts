import type { ColumnChangeInput, OperationRecorder } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import type { GroundName } from '../../faults/grounds/ground.ts'
import type { Random } from '../../kit/random.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const decimals = ['0', '1', '-1', '42', '1.5', '-2.25', '0.1', '1234.5678', '99.99', '7.00001', '123.456']
const doubles = [...decimals, '0.30000000000000004', '123456789.125', '1e10', '-1.2345678', '16777217']
const integers = ['0', '1', '-1', '42', '16777217', '2147483647', '-123456789', '9007199254740993', '123456789012345']
const strings = ['', 'a', 'a ', 'ab  ', 'Ada', 'Zoë', 'x', 'X', ' y', 'one two', 'q\t']
/** An integer column of MariaDB refuses strings with a fraction, so those are integers. */
const integerStrings = ['12', '012', '-7', '42', '0', '007']
const numberStrings = ['12', '012', '1.50', '3.0', '-7', '1e3', '0.10', '42', '+5']
const jsons = ['{"a":1}', '{ "b": 2, "a": 1 }', '[1,2]', '"x"', '{"a": 1, "a": 2}', '7', 'null']
const stamps = [
  '2024-02-29 00:00:00',
  '2024-02-29 12:34:56',
  '2024-02-29 12:34:56.789012',
  '1999-12-31 23:59:58.999999',
  '2000-01-01 01:02:03.5',
]
const literals = (values: readonly string[]): readonly string[] => values.map(quoted)

interface Conversion {
  readonly from: ColumnType
  readonly to: ColumnChangeInput
  /** Literals that every server takes for both types. */
  readonly values: readonly string[]
}

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale })
const stamp = (precision: number): ColumnType => ({ kind: 'timestamp', withTimezone: false, precision })
const big: ColumnType = { kind: 'integer', bits: 64 }

/** Changes of a type that the server makes by itself, with values that it does not refuse. */
function conversions(from: Random, server: GroundName): readonly Conversion[] {
  const varchar = (length: number): ColumnType => ({ kind: 'varchar', length })
  const char = (length: number): ColumnType => ({ kind: 'char', length })
  const isPostgres = server.startsWith('postgres')
  const digits = from.int(0, 6)
  return [
    { from: decimal(12, from.int(2, 6)), to: { type: decimal(14, from.int(0, 4)) }, values: decimals },
    {
      from: decimal(12, 4),
      to: { type: from.pick<ColumnType>([{ kind: 'double' }, { kind: 'real' }, big]) },
      values: decimals,
    },
    {
      from: { kind: 'double' },
      to: { type: from.pick<ColumnType>([{ kind: 'real' }, decimal(30, from.int(0, 6)), big]) },
      values: doubles,
    },
    {
      from: { kind: 'real' },
      to: { type: from.pick<ColumnType>([{ kind: 'double' }, decimal(30, 4), big]) },
      values: decimals,
    },
    {
      from: big,
      to: {
        type: from.pick<ColumnType>([
          { kind: 'double' },
          { kind: 'real' },
          decimal(25, 3),
          decimal(20, 0),
          ...(isPostgres ? [] : [{ kind: 'text' } as const]),
        ]),
      },
      values: integers,
    },
    { from: stamp(6), to: { type: stamp(digits) }, values: literals(stamps) },
    { from: stamp(6), to: { type: { kind: 'date' } }, values: literals(stamps) },
    {
      from: { kind: 'date' },
      to: { type: stamp(from.int(0, 6)) },
      values: literals(stamps.map((value) => value.slice(0, 10))),
    },
    {
      from: { kind: 'time', precision: 6 },
      to: { type: { kind: 'time', precision: digits } },
      values: literals(stamps.map((value) => value.slice(11))),
    },
    {
      from: from.pick<ColumnType>([{ kind: 'text' }, varchar(40)]),
      to: { type: from.pick([varchar(from.int(9, 30)), char(from.int(9, 30))]) },
      values: literals(strings),
    },
    { from: { kind: 'double' }, to: { type: { kind: 'text' } }, values: isPostgres ? [] : doubles },
    {
      from: { kind: 'text' },
      to: { type: from.pick<ColumnType>([{ kind: 'double' }, decimal(14, 2)]) },
      values: isPostgres ? [] : literals(numberStrings),
    },
    { from: { kind: 'text' }, to: { type: big }, values: isPostgres ? [] : literals(integerStrings) },
    {
      from: isPostgres ? { kind: 'json' } : { kind: 'text' },
      to: isPostgres ? { type: { kind: 'native', dialect: 'postgres', sql: 'jsonb' } } : { type: { kind: 'json' } },
      values: literals(jsons),
    },
  ].filter(({ values }) => values.length > 0) as readonly Conversion[]
}

/** One change of the column `a` of a table, with rows for it. */
export interface RandomChange {
  readonly describe: string
  readonly type: ColumnType
  readonly values: readonly string[]
  readonly change: (op: OperationRecorder, table: string) => void
  /** The plan may name more values than change: what an expression makes is not known beforehand. */
  readonly atMost?: true
}

export function randomChange(from: Random, server: GroundName): RandomChange {
  const preserve = from.chance(0.4) ? { preserve: true as const } : {}
  const filled = (values: readonly string[]): readonly string[] =>
    Array.from({ length: from.int(2, 7) }, () => (from.chance(0.15) ? 'NULL' : from.pick(values)))
  const kind = from.weighted([
    [6, 'convert' as const],
    [2, 'using' as const],
    [2, 'drop' as const],
  ])
  if (kind === 'drop') {
    const { from: type, values } = from.pick(conversions(from, server))
    return {
      describe: `drop ${JSON.stringify([type, preserve])}`,
      type,
      values: filled(values),
      change: (op, table) => op.alterTable(table, (t) => t.dropColumn('a', preserve)),
    }
  }
  if (kind === 'using') {
    const [using, usingBack] = from.pick([
      ['a + 1', 'a - 1'],
      ['a * 2', 'a / 2.0'],
      ['a * 100', 'a'],
      ['0', 'a'],
    ] as const)
    return {
      describe: `using ${JSON.stringify([using, usingBack, preserve])}`,
      type: decimal(14, 4),
      values: filled(decimals),
      change: (op, table) =>
        op.alterTable(table, (t) => t.alterColumn('a', { type: decimal(18, 4), using, usingBack, ...preserve })),
      atMost: true,
    }
  }
  const { from: type, to, values } = from.pick(conversions(from, server))
  return {
    describe: `convert ${JSON.stringify([type, to, preserve])}`,
    type,
    values: filled(values),
    change: (op, table) => op.alterTable(table, (t) => t.alterColumn('a', { ...to, ...preserve })),
  }
}
