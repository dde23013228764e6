import type { Operation, RowValue, SqlText } from '@org/migrate-core/dialect'
import type { Random } from '../../kit/random.ts'
import { types } from './everything.ts'

/** Names that every database could be made to have, and that break careless text. */
const names = [
  "it's",
  'say "so"',
  'back`tick',
  'back\\slash',
  'end\\',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a hole of a template literal is what a name may look like.
  'a${b}c',
  '$',
  '${',
  '*/ done',
  '// not a comment',
  'line\u2028separator',
  'paragraph\u2029separator',
  'half \ud83d',
  'other half \ude00',
  'whole \u{1f600}',
  'reverse \u202eedoc',
  'soft\u00adhyphen',
  'no\u00a0break',
  '\ufeffmark',
  ' blanks ',
  'größe',
  '漢字',
  'class',
  'await',
  '__proto__',
  'constructor',
  'toString',
  'then',
  '7',
  '1',
  '1e3',
  '-1',
  'op',
  't',
  'text',
  'revision',
  'compatibleWith',
  "export const revision = 'other'",
  '{{body}}',
  '$& $1',
  '</script>',
  '?',
]
/** Texts may be anything besides. */
const unusualTexts = [
  ...names,
  '',
  ' ',
  'two\nlines',
  'windows\r\nlines',
  'a\rb',
  'tab\tbed',
  'nothing\u0000here',
  'bell \u0007',
  `${'many words '.repeat(9)}\nin several lines\n  that are indented\n`,
  `${'trailing '.repeat(9)} \nblanks \n`,
  "`${'`".repeat(30).concat('\n'),
  `${"it's ".repeat(20)}\n\\n\\\n$\{x}`,
]

/** What is one of a few words, or a value in a form of its own. */
const keywords: ReadonlySet<string> = new Set([
  ...[
    'kind',
    'type',
    'nulls',
    'mode',
    'onDelete',
    'onUpdate',
    'match',
    'deferrable',
    'down',
    'half',
    'dialect',
    'object',
    'as',
    'for',
  ],
  ...['opaque', '$bigint', '$bytes'],
])
/** What is a text and no name. */
const free: ReadonlySet<string> = new Set([
  ...['definition', 'expression', 'sql', 'text', 'comment', 'inverse', 'using', 'withCheck', 'query', 'where'],
  'collation',
  ...['operator', 'rows', 'sqlite', 'postgres', 'mysql', 'options', 'values', 'value', 'replaceBy', 'before', 'after'],
  ...['order', 'start', 'increment', 'minValue', 'maxValue'],
])
/** A text that may not be empty. */
const filled: ReadonlySet<string> = new Set([
  ...['definition', 'expression', 'text', 'inverse', 'query', 'sqlite', 'postgres', 'mysql'],
])

/** Other texts for those that are there, the same for the same, different ones for different ones. */
function exchange(r: Random, from: readonly string[]): (text: string) => string {
  const renames = new Map<string, string>()
  const taken = new Set<string>()
  return (text) => {
    const renamed = renames.get(text) ?? (r.chance(0.4) ? text : r.pick(from))
    const next = renames.has(text) || !taken.has(renamed) ? renamed : `${renamed}${taken.size}`
    renames.set(text, next)
    taken.add(next)
    return next
  }
}

const object = (text: string): unknown => JSON.parse(text)

function value(r: Random, text: (text: string) => string): RowValue {
  return r.pick<() => RowValue>([
    () => text('x'),
    () => r.pick([0, 1, -1, 0.1, 1e21, -5e-324, 2 ** 53]),
    () => r.pick([true, false, null]),
    () => ({ $bigint: r.pick(['0', '-9223372036854775808', '9007199254740993']) }),
    () => ({
      $bytes: Buffer.from(Array.from({ length: r.pick([0, 1, 3, 90]) }, () => r.int(0, 255))).toString('base64'),
    }),
    () => ({ $json: { [text('k')]: [text('v'), 1, null, { b: [], c: {} }], numbers: [1, -2, 3.5] } }),
    () => ({ $json: object('{"__proto__": {"__proto__": 1}, "constructor": "c", "2": 2, "1": [[1, 2], [3]]}') }),
    () => ({ $json: r.pick<unknown>([[], {}, [[]], { $bigint: '1' }]) }),
  ])()
}

/** What the generator of operations leaves out: one text for each database, and values of every kind. */
function varied(r: Random, operation: Operation, text: (text: string) => string): Operation {
  const perDialect = (given: SqlText): SqlText =>
    typeof given === 'string' && r.chance(0.3) ? { sqlite: given, postgres: `${given} p`, mysql: `${given} m` } : given
  if (operation.kind === 'insertRows' || operation.kind === 'deleteRows') {
    return { ...operation, rows: operation.rows.map((row) => row.map(() => value(r, text))) }
  }
  if (operation.kind === 'addColumn') return { ...operation, column: { ...operation.column, type: r.pick(types) } }
  if (operation.kind === 'sql') return { ...operation, text: perDialect(operation.text) }
  if (operation.kind === 'expectNone') return { ...operation, query: perDialect(operation.query) }
  if (operation.kind === 'alterColumn' && r.chance(0.1)) {
    return { ...operation, change: { ...operation.change, default: { kind: 'literal', value: null } } }
  }
  return operation
}

/** The operation with other texts in it: what was equal is equal again. */
export function withUnusualNames(r: Random, operation: Operation): Operation {
  const name = exchange(r, names)
  const text = exchange(r, unusualTexts)
  const walk = (given: unknown, key: string): unknown => {
    if (typeof given === 'string') {
      if (keywords.has(key) || given === 'asc' || given === 'desc') return given
      const next = free.has(key) ? text(given) : name(given)
      return filled.has(key) && next.trim() === '' ? `x${next}` : next
    }
    if (Array.isArray(given)) return given.map((part: unknown) => walk(part, key))
    if (typeof given !== 'object' || given === null) return given
    const entries = Object.entries(given).map(([inner, part]: [string, unknown]) => [
      key === 'options' ? name(inner) : inner,
      walk(part, inner),
    ])
    return Object.fromEntries(entries)
  }
  return varied(r, walk(operation, '') as Operation, text)
}
