import type { InputRow } from '@org/migrate-core'
import type { ColumnModel, ColumnType, ColumnTypeKind } from '@org/migrate-core/dialect'

type Value = InputRow[string]
type ValuesOf = {
  readonly [K in ColumnTypeKind]: (
    type: Extract<ColumnType, { readonly kind: K }>,
    name: string,
    n: number,
  ) => readonly Value[]
}

const two = (n: number): string => String(n).padStart(2, '0')
const dateOf = (n: number): string => `2024-${two((n % 12) + 1)}-${two((n % 28) + 1)}`
const timeOf = (n: number): string => `${two(n % 24)}:${two(n % 60)}:${two((n * 7) % 60)}`
const cut = (text: string, length: number): string => (text.length > length ? text.slice(text.length - length) : text)
const textFor = (name: string, n: number): string => `${name} ${n}`

/** What a column of an unknown type may take: the server decides. */
const guesses = (name: string, n: number): readonly Value[] => [
  textFor(name, n),
  String(n),
  String(n % 100),
  n % 100,
  '{}',
  '[]',
  dateOf(n),
  `${dateOf(n)} ${timeOf(n)}`,
  timeOf(n),
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  '1',
  '127.0.0.1',
  '08:00:2b:01:02:03',
  '1 day',
  '(1,2)',
  '[1,2]',
  'a',
  Buffer.from([n % 256]),
]

const values: ValuesOf = {
  integer: (_type, _name, n) => [n, n % 100],
  boolean: (_type, _name, n) => [n % 2 === 1, n % 2 === 0],
  text: (_type, name, n) => [textFor(name, n)],
  varchar: ({ length = 200 }, name, n) => [cut(textFor(name, n), length)],
  char: ({ length }, _name, n) => [cut(String(n).padStart(length, '0'), length)],
  decimal: ({ precision = 10, scale = 0 }, _name, n) => {
    const whole = n % 10 ** Math.min(9, Math.max(0, precision - scale))
    return [scale === 0 ? String(whole) : `${whole}.${String(n).padStart(scale, '0').slice(-scale)}`]
  },
  real: (_type, _name, n) => [n + 0.5],
  double: (_type, _name, n) => [n + 0.5],
  date: (_type, _name, n) => [dateOf(n)],
  time: (_type, _name, n) => [timeOf(n)],
  timestamp: (_type, _name, n) => [`${dateOf(n)} ${timeOf(n)}`],
  json: (_type, name, n) => [{ [name]: n }],
  uuid: (_type, _name, n) => [`00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`],
  bytes: ({ length = 8 }, _name, n) => [
    Buffer.from(
      n
        .toString(16)
        .padStart(2 * length, '0')
        .slice(-2 * length),
      'hex',
    ),
  ],
  enum: ({ values: members }, _name, n) => members.map((_, at) => members[(n + at) % members.length] ?? ''),
  native: (_type, name, n) => guesses(name, n),
}

const literalText = /'((?:[^']|'')*)'/g
const literalNumber = /(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])/g
const isTextual = ({ kind }: ColumnType): boolean => ['text', 'varchar', 'char', 'native', 'enum'].includes(kind)
const longest = 200

/** Whether an SQL text has this name. */
export const hasName = (text: string, name: string): boolean =>
  new RegExp(`(?<!\\w)${name.replace(/[^\w]/g, String.raw`\$&`)}(?!\\w)`).test(text)

/** Values that a check may mean: its literals, what is just above and below its numbers, texts of that length. */
function valuesOfChecks({ name, type }: ColumnModel, n: number, checks: readonly string[]): readonly Value[] {
  const found = checks
    .filter((check) => hasName(check, name))
    .flatMap((check): readonly Value[] => {
      const texts = [...check.matchAll(literalText)].map(([, text = '']) => text.replaceAll("''", "'"))
      const numbers = [...check.replaceAll(literalText, '').matchAll(literalNumber)].map(Number)
      if (!isTextual(type)) return [...numbers.flatMap((each) => [each + 1, each, each - 1]), ...texts]
      const sized = numbers.filter((each) => Number.isInteger(each) && each > 0 && each <= longest)
      const padded = sized
        .flatMap((each) => [each, each + 1])
        .map((length) => String(n).padStart(length, '0').slice(-length))
      const rotated = texts.map((_, at) => texts[(n + at) % texts.length] ?? '')
      return [...rotated, ...texts.map((text) => text.replaceAll('%', String(n)).replaceAll('_', 'x')), ...padded]
    })
  return [...new Set(found)]
}

const typedValues = (type: ColumnType, name: string, n: number): readonly Value[] =>
  (values[type.kind] as (type: ColumnType, name: string, n: number) => readonly Value[])(type, name, n)

/** Values of a type as texts, which a conversion to it takes. */
const textsOf = (type: ColumnType, name: string, n: number): readonly Value[] =>
  typedValues(type, name, n).map((value) => {
    if (typeof value === 'boolean') return value ? '1' : '0'
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  })

const isText = ({ kind }: ColumnType): boolean => kind === 'text' || kind === 'varchar' || kind === 'char'

interface ColumnRules {
  readonly checks: readonly string[]
  /** The type that a later revision converts the column to. */
  readonly converted: ColumnType | undefined
}

/** Values that a column may take, the most likely first; `n` is another number for each row. */
export function candidates(column: ColumnModel, n: number, { checks, converted }: ColumnRules): readonly Value[] {
  const { type, name } = column
  const isConverted = converted !== undefined && isText(type) && !isTextual(converted) && converted.kind !== 'bytes'
  return [
    ...(isConverted ? textsOf(converted, name, n) : []),
    ...typedValues(type, name, n),
    ...valuesOfChecks(column, n, checks),
    ...(column.nullable ? [null] : []),
  ]
}
