import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { unwrapParentheses } from '../ddl/parentheses.ts'
import { type ParsedIndex, type ParsedIndexElement, parseIndex } from '../ddl/parse-index.ts'
import { expressionText } from '../ddl/quoted-strings.ts'
import { sameName } from '../sql/tokenize.ts'

function element(index: ParsedIndex, parsed: ParsedIndexElement, columns: readonly string[]): IndexElement {
  const { column: named, collation, order } = parsed
  // A name that is no column of the table is a string to SQLite where double-quoted strings are allowed.
  const column = named === undefined ? undefined : columns.find((name) => sameName(name, named.name))
  return {
    ...(column === undefined
      ? { expression: unwrapParentheses(expressionText(index.source, parsed.term, columns)) }
      : { column }),
    ...(order === 'desc' ? { order } : {}),
    ...(collation === undefined ? {} : { collation: collation.name }),
  }
}

/** An index from its CREATE text. Throws UNPARSED_SQL. */
export function readIndex(source: string, columns: readonly string[]): IndexModel {
  const index = parseIndex(source)
  return {
    name: index.name.name,
    unique: index.unique,
    elements: index.elements.map((parsed) => element(index, parsed, columns)),
    ...(index.where === undefined ? {} : { where: expressionText(source, index.where, columns) }),
    source,
  }
}

/** What stands between the parentheses of CREATE INDEX. Throws UNPARSED_SQL. */
export function readElements(text: string, columns: readonly string[]): readonly IndexElement[] {
  return readIndex(`CREATE INDEX i ON t (${text})`, columns).elements
}
