import { isSignificant, lexSql, touchedObjects } from '@org/migrate-core/connection'
import type { SqlToken } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'

/** What reaches further than the tables that are named: children, parts, columns of the type of a table, names of another form. */
const reachesFurther = /\b(?:cascade|inherits?|partition|only|execute|like|of|type|u&)\b|u&"/i
/** Words with a parenthesis behind them that call no function of users, which could run DDL. */
const notCalls = new Set([
  ...[
    'KEY',
    'UNIQUE',
    'CHECK',
    'INCLUDE',
    'WITH',
    'DEFAULT',
    'AS',
    'AND',
    'OR',
    'NOT',
    'IN',
    'WHERE',
    'IDENTITY',
    'SET',
  ],
  ...[
    'VARCHAR',
    'VARYING',
    'CHAR',
    'CHARACTER',
    'NUMERIC',
    'DECIMAL',
    'FLOAT',
    'BIT',
    'TIME',
    'TIMESTAMP',
    'TIMESTAMPTZ',
  ],
  ...['INTERVAL', 'VALUES', 'NOW', 'GEN_RANDOM_UUID', 'LOWER', 'UPPER', 'COALESCE', 'LENGTH'],
])
/** What comes before a name with its columns, or the method of an index. */
const beforeNames = new Set(['TABLE', 'EXISTS', 'REFERENCES', 'ON', 'USING', 'INTO'])
/** A longer name is cut off. */
const longestName = 63

const upper = (token: SqlToken | undefined): string => token?.text.toUpperCase() ?? ''

function callsFunction(text: string): boolean {
  const tokens = lexSql(text, grammar).filter(isSignificant)
  return tokens.some((token, at) => {
    const [before, name] = [tokens[at - 2], tokens[at - 1]]
    if (token.text !== '(' || (name?.kind !== 'word' && name?.kind !== 'quoted')) return false
    return !beforeNames.has(upper(before)) && !(name.kind === 'word' && notCalls.has(upper(name)))
  })
}

/** Of a statement of rows none: which functions and triggers it runs the database says (`hiddenChanges`). */
export function touchedTables(text: string): readonly string[] | undefined {
  const touched = reachesFurther.test(text) ? undefined : touchedObjects(text, grammar)
  if (touched === undefined || (touched.kind !== 'routine' && callsFunction(text))) return undefined
  if (touched.kind !== 'table') return []
  const names = touched.names.flatMap((name) => [name, name.toLowerCase()])
  return names.some((name) => Buffer.byteLength(name) > longestName) ? undefined : [...new Set(names)]
}
