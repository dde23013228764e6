import { join, joinWithSpaces, type SqlFragment, sql, type TableModel, verbatim } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'

/** What an option of a table is: a word of CREATE TABLE itself; all others are storage parameters. */
const tableKeywords = ['unlogged', 'partitionBy', 'inherits'] as const
type TableKeyword = (typeof tableKeywords)[number]

export function isTableKeyword(option: string): option is TableKeyword {
  return (tableKeywords as readonly string[]).includes(option)
}

type Options = TableModel['options']

/** `fillfactor`, `toast.autovacuum_enabled`. */
export function parameterName(name: string): SqlFragment {
  return join(name.split('.').map(quote.identifier), '.')
}

export function storageParameters(options: readonly (readonly [string, string | boolean])[]): SqlFragment {
  return join(options.map(([name, value]) => sql`${parameterName(name)} = ${quote.literal(String(value))}`))
}

/** Storage parameters that are set: those that are `false` for the words of CREATE TABLE are not. */
function parametersOf(options: Options): readonly (readonly [string, string | boolean])[] {
  return Object.entries(options).filter(([name]) => !isTableKeyword(name))
}

function textOf(options: Options, word: TableKeyword): SqlFragment | undefined {
  const value = options[word]
  if (value === undefined || value === false) return undefined
  if (typeof value === 'string') return verbatim(value)
  return unsupported(`table option ${word}`, 'it is text: what stands behind the word in CREATE TABLE')
}

/** What stands behind the parentheses of CREATE TABLE. */
export function tableSuffix(options: Options): SqlFragment {
  const parameters = parametersOf(options)
  const inherits = textOf(options, 'inherits')
  const partitionBy = textOf(options, 'partitionBy')
  return joinWithSpaces(
    inherits && sql`INHERITS (${inherits})`,
    partitionBy && sql`PARTITION BY ${partitionBy}`,
    parameters.length > 0 && sql`WITH (${storageParameters(parameters)})`,
  )
}
