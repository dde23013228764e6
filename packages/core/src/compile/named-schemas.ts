import type { Dialect } from '../dialect/dialect.ts'
import type { Plan } from './plan.ts'

/** Without quotes it is folded, as PostgreSQL does: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
const folded = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/**
 * Names as SQL writes them, of a server's length: the lengths bound how often a text is read. From each quote on there may be one: which
 * quotes belong together only a lexer can tell.
 */
const patternsOf = (behind: string): readonly [quoted: RegExp, plain: RegExp] => [
  new RegExp(`"(?=((?:[^"\\0]|""){1,63})"${behind})`, 'gu'),
  new RegExp(`(?<![\\p{L}\\p{N}_$])([\\p{L}_][\\p{L}\\p{N}_$]{0,62})(?![\\p{L}\\p{N}_$])${behind}`, 'gu'),
]
const anyName = patternsOf('')
const beforeDot = patternsOf('\\s*\\.')

const namesBy = ([quoted, plain]: typeof anyName, text: string): readonly string[] => [
  ...[...text.matchAll(quoted)].map(([, name = '']) => name.replaceAll('""', '"')),
  ...[...text.matchAll(plain)].map(([, name = '']) => folded(name)),
]

/** The values of rows name nothing, and SQL of an author does not either: the schema after it is read again. */
const passedOver: ReadonlySet<string> = new Set(['rows', 'text'])

function addTo(found: Set<string>, value: unknown): void {
  if (typeof value === 'string') {
    for (const each of namesBy(beforeDot, value)) found.add(each)
    return
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [key, each] of Object.entries(value)) {
    if (key === 'schema' && typeof each === 'string') found.add(each)
    else if (!passedOver.has(key)) addTo(found, each)
  }
}

/** Every name of a text that says what becomes of a schema. */
export const schemaStatementNames = (text: string): readonly string[] =>
  /\bschema\b/i.test(text) ? namesBy(anyName, text) : []

/**
 * The schemas that operations, or texts, may name: what stands in them may be what is meant. Rather some too many; of most there is no
 * such schema.
 */
export function namedSchemas(parts: readonly unknown[]): readonly string[] {
  const found = new Set<string>()
  addTo(found, parts)
  return [...found].filter((each) => !each.includes('\0')).sort()
}

/** Whether the statements of a plan hold for one own schema only. */
export function namesOwnSchema(plan: Plan, dialect: Dialect): boolean {
  const { ownSchema } = dialect.model
  if (ownSchema === undefined) return false
  const qualifier = `${dialect.sql.quote.identifier(ownSchema).text}.`
  return plan.steps.some((step) =>
    step.operations.some(
      ({ operation, statements }) =>
        operation.kind === 'setSchema' || statements.some(({ sql }) => sql.includes(qualifier)),
    ),
  )
}
