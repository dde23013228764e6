import type { Operation } from '@org/migrate-core'
import { type Dialect, mayName, refOfKey } from '@org/migrate-core/dialect'
import { isOpaque, type RecordedStep } from '@org/migrate-core/internal'

const part = String.raw`(?:"(?:[^"]|"")+"|${'`(?:[^`]|``)+`'}|\[[^\]]+\]|[\p{L}_][\p{L}\p{M}\p{N}_$]*)`
const name = String.raw`((?:${part}\s*\.\s*)*)(${part})`
const creation = new RegExp(
  String.raw`\bcreate\s+(?:(?:or\s+replace|global|local|temp|temporary|unlogged|virtual|foreign)\s+)*table\s+(?:if\s+not\s+exists\s+)?${name}` +
    String.raw`|\bselect\b[^;]*?\binto\s+(?:(?:unlogged|table)\s+)*${name}`,
  'giu',
)
const renames = /\brename\b/i
const comments = /\/\*[\s\S]*?\*\/|--[^\n]*/g

function plain(text: string): string {
  const quote = text[0] ?? ''
  if (!'"`['.includes(quote)) return text.toLowerCase()
  const inside = text.slice(1, -1)
  return (quote === '[' ? inside : inside.replaceAll(quote + quote, quote)).toLowerCase()
}

function createdNames(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(creation)].flatMap(([, , created, , selected]) => {
      const found = created ?? selected
      return found === undefined ? [] : [plain(found)]
    }),
  )
}

const opaqueText = (operation: Operation, { name: dialect }: Dialect): string => {
  if (operation.kind !== 'sql' || !isOpaque(operation)) return ''
  const { text } = operation
  return typeof text === 'string' ? text : ((text as Readonly<Record<string, string>>)[dialect] ?? '')
}

/** The tables, by their keys, that SQL without declared effects has to do with in a step. */
interface SqlTables {
  /** Those that its text creates: one that it only names or changes may be another program's. */
  readonly created: readonly string[]
  /** Those that its text may give to a table that is gone with the step, as its new name. */
  readonly renamed: readonly string[]
}

export function tablesOfSql(
  dialect: Dialect,
  { operations = [], columns }: Pick<RecordedStep, 'operations' | 'columns'>,
): SqlTables {
  const text = operations
    .map((operation) => opaqueText(operation, dialect))
    .join('\n')
    .replaceAll(comments, ' ')
  const keys = text.trim() === '' ? [] : [...columns.keys()]
  const created = createdNames(text)
  const mentions = mayName(text)
  const nameOf = (key: string): string => refOfKey(key).name
  return {
    created: keys.filter((key) => created.has(nameOf(key).toLowerCase())),
    renamed: renames.test(text) ? keys.filter((key) => columns.get(key) !== null && mentions(nameOf(key))) : [],
  }
}
