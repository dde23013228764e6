import { type ColumnTypeCall, type CustomType, sizes } from './type-call.ts'

type Reader = (...values: readonly (string | undefined)[]) => ColumnTypeCall

const zone = (text: string | undefined) => (text === 'with' ? { withTimezone: true } : {})
const number =
  (word: string): Reader =>
  () => ({ word, plainDefault: 'number' })
/** Beyond what a number of JavaScript holds. */
const bigint =
  (word: string): Reader =>
  () => ({ word, options: { mode: 'bigint' } })
const string =
  (word: string): Reader =>
  (length) => ({
    word,
    options: sizes(['length'], [length]),
    plainDefault: 'string',
  })
const plain =
  (word: string): Reader =>
  () => ({ word })
const counted =
  (word: string): Reader =>
  (dimensions) => ({ word, options: sizes(['dimensions'], [dimensions]) })

const readers: readonly (readonly [RegExp, Reader])[] = [
  [/^(smallint|integer|real|serial|smallserial)$/, (word = '') => number(word)()],
  [/^(bigint|bigserial)$/, (word = '') => bigint(word)()],
  [/^double precision$/, number('doublePrecision')],
  [/^boolean$/, () => ({ word: 'boolean', plainDefault: 'boolean' })],
  [/^text$/, string('text')],
  [/^character varying(?:\((\d+)\))?$/, string('varchar')],
  [/^character(?:\((\d+)\))?$/, string('char')],
  [
    /^numeric(?:\((\d+)(?:,(\d+))?\))?$/,
    (...digits) => ({ word: 'numeric', options: sizes(['precision', 'scale'], digits) }),
  ],
  [/^(date|json|jsonb|uuid|inet|cidr|macaddr|macaddr8|point|line)$/, (word = '') => plain(word)()],
  [
    /^(time|timestamp)(?:\((\d)\))? (with|without) time zone$/,
    (word = '', precision, withZone) => ({
      word,
      options: { ...sizes(['precision'], [precision]), ...zone(withZone) },
    }),
  ],
  [/^interval(?:\((\d)\))?$/, (precision) => ({ word: 'interval', options: sizes(['precision'], [precision]) })],
  [/^bit\((\d+)\)$/, counted('bit')],
  [/^vector\((\d+)\)$/, counted('vector')],
  [/^halfvec\((\d+)\)$/, counted('halfvec')],
  [/^sparsevec\((\d+)\)$/, counted('sparsevec')],
]

/** The function for the type of an element: arrays and enums are the caller's. */
export function postgresType(text: string): ColumnTypeCall | CustomType {
  for (const [form, read] of readers) {
    const match = form.exec(text)
    if (match !== null) return read(...match.slice(1))
  }
  return { text, data: text === 'bytea' ? 'Uint8Array' : 'string' }
}
