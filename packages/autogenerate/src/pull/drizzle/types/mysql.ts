import { type ColumnTypeCall, type CustomType, sizes } from './type-call.ts'

interface Form {
  readonly sizes: readonly string[]
  readonly options?: ColumnTypeCall['options']
  readonly isSigned?: true
  readonly plainDefault?: ColumnTypeCall['plainDefault']
}

const integer: Form = { sizes: [], isSigned: true, plainDefault: 'number' }
const string: Form = { sizes: ['length'], plainDefault: 'string' }
const digits: Form = { sizes: ['precision', 'scale'], isSigned: true }
const fraction: Form = { sizes: ['fsp'] }
const none: Form = { sizes: [] }

const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ...['tinyint', 'smallint', 'mediumint', 'int'].map((name) => [name, integer] as const),
  ['bigint', { sizes: [], isSigned: true, options: { mode: 'bigint' } }],
  ...['varchar', 'char'].map((name) => [name, string] as const),
  ...['binary', 'varbinary'].map((name) => [name, { sizes: ['length'] }] as const),
  // Their defaults are expressions.
  ...['tinytext', 'text', 'mediumtext', 'longtext', 'json', 'date', 'year'].map((name) => [name, none] as const),
  ['decimal', digits],
  ...['float', 'double'].map((name) => [name, { ...digits, plainDefault: 'number' }] as const),
  ...['time', 'datetime', 'timestamp'].map((name) => [name, fraction] as const),
])

const bytes = /^(?:tiny|medium|long)?blob|^bit\b/
const custom = (text: string): CustomType => ({ text, data: bytes.test(text) ? 'Uint8Array' : 'string' })

export function mysqlType(text: string): ColumnTypeCall | CustomType {
  if (text === 'tinyint(1)') return { word: 'boolean', plainDefault: 'boolean' }
  const [, word = '', first, second, sign] = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?( unsigned)?$/.exec(text) ?? []
  const form = forms.get(word)
  const given = [first, second].filter((size) => size !== undefined)
  if (form === undefined || given.length > form.sizes.length || (sign !== undefined && form.isSigned !== true)) {
    return custom(text)
  }
  const { plainDefault } = form
  return {
    word,
    options: { ...form.options, ...sizes(form.sizes, given), ...(sign === undefined ? {} : { unsigned: true }) },
    ...(plainDefault === undefined ? {} : { plainDefault }),
  }
}
