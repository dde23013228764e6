import type { ColumnType } from '@org/migrate-core/dialect'
import type { Random } from '../kit/random.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const numbers = [
  '0',
  '1',
  '-1',
  '7',
  '42',
  '1.5',
  '-2.25',
  '0.1',
  '1234.5678',
  '99.99',
  '16777217',
  '0.30000000000000004',
]
const large = ['2147483647', '9007199254740993', '-9007199254740993', '1e10', '123456789.125', '1.2345678']
const wholes = ['0', '1', '-1', '7', '42', '1234', '32767', '-32768', '16777217', '2147483647', '9007199254740993']
const strings = [
  '',
  'a',
  'a ',
  'ab  ',
  'Ada',
  '12',
  '012',
  '1.50',
  ' 7',
  '1e3',
  '3.0',
  'x',
  'X',
  'q   ',
  'Zoë',
  '2024-02-29',
  '2024-2-3',
]
const jsons = ['{"a":1}', '{ "b": 2, "a": 1 }', '[1,2]', '"x"', '{"a":1,"a":2}', '7', '1.50', 'null']
const moments = [
  '2024-02-29 00:00:00',
  '2024-02-29 12:34:56',
  '2024-02-29 12:34:56.789012',
  '1999-12-31 23:59:59.999999',
  '2000-01-01 01:02:03.5',
]

/** Literals of a type, as every server takes them; one that it refuses is left out by the test. */
export function literalOf(from: Random, type: ColumnType): string {
  if (from.chance(0.1)) return 'NULL'
  switch (type.kind) {
    case 'integer':
    case 'boolean':
      return type.kind === 'boolean' ? from.pick(['true', 'false']) : from.pick(wholes)
    case 'decimal':
      return from.pick([...numbers, ...wholes])
    case 'real':
    case 'double':
      return from.pick([...numbers, ...large])
    case 'date':
      return quoted(from.pick(moments).slice(0, 10))
    case 'time':
      return quoted(from.pick(moments).slice(11))
    case 'timestamp':
      return quoted(from.pick(moments))
    case 'json':
      return quoted(from.pick(jsons))
    case 'enum':
      return quoted(from.pick(type.values))
    case 'text':
    case 'varchar':
    case 'char':
    case 'bytes':
    case 'uuid':
    case 'native':
      return quoted(from.pick([...strings, ...jsons, ...numbers, ...moments]))
  }
}

/** Types that a column can have everywhere, and by what one of them can change into another. */
export function randomType(from: Random): ColumnType {
  return from.pick<() => ColumnType>([
    () => ({ kind: 'integer', bits: from.pick([16, 32, 64] as const) }),
    () => ({ kind: 'decimal', precision: from.int(6, 14), scale: from.int(0, 5) }),
    () => ({ kind: 'decimal' }),
    () => ({ kind: 'real' }),
    () => ({ kind: 'double' }),
    () => ({ kind: 'text' }),
    () => ({ kind: 'varchar', length: from.int(1, 30) }),
    () => ({ kind: 'char', length: from.int(1, 8) }),
    () => ({ kind: 'date' }),
    () => ({ kind: 'time', precision: from.int(0, 6) }),
    () => ({ kind: 'timestamp', withTimezone: from.chance(0.3), precision: from.int(0, 6) }),
    () => ({ kind: 'json' }),
    () => ({ kind: 'boolean' }),
    () => ({ kind: 'bytes' }),
  ])()
}
