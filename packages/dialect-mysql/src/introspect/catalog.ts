import { lexSql } from '@org/migrate-core/connection'
import type { Row, Session } from '@org/migrate-core/dialect'
import { numberOf } from '../connection/faults.ts'
import { referencesIn } from '../ddl/references.ts'
import { quote } from '../sql/quote.ts'
import { grammar, isWord, nameOf } from '../sql/tokens.ts'

/** A cell of the catalog as text; every column that is asked for is text or NULL, or is made so. */
export function cell(row: Row, column: string): string | null {
  const value = row[column]
  if (value === null || value === undefined) return null
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
}

export const text = (row: Row, column: string): string => cell(row, column) ?? ''

/** Of a trigger and of a routine that does not exist: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const missingNumbers: readonly (number | undefined)[] = [1360, 1305]

/** What the server shows of a trigger or a routine; undefined: it is gone meanwhile. */
export async function shownCreate(session: Session, kind: string, name: string): Promise<Row | undefined> {
  try {
    const [row] = await session.query(`SHOW CREATE ${kind} ${quote.identifier(name).text}`)
    return row
  } catch (error) {
    if (missingNumbers.includes(numberOf(error))) return undefined
    throw error
  }
}

/** The names that are asked for; absent: every one. */
export type TableFilter = readonly string[] | undefined

/** `AND column IN (…)`: with constants the server opens those tables only. */
export function among(column: string, filter: TableFilter): string {
  return filter === undefined ? '' : ` AND ${column} IN (${filter.map(() => '?').join(', ')})`
}

/** Rows by the table they belong to. */
export function byTable(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = text(row, 'table_name')
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}

export async function read(session: Session, sql: string, filter: TableFilter): Promise<readonly Row[]> {
  return session.query(sql, filter ?? [])
}

/**
 * The server puts the database before every name of a view, and of a sequence; another database of the same tables is called otherwise.
 * Where a table of the text, or its alias, is called as the database is, the name before a column is theirs: with the database before it a
 * column has three names. https://dev.mysql.com/doc/refman/8.4/en/identifier-qualifiers.html
 */
export function withoutDatabase(sql: string, database: string): string {
  const tokens = lexSql(sql, grammar)
  const { tables } = referencesIn(tokens)
  const isTableName = tables.some(({ name, alias = name }) => alias === database)
  const positions = new Set(tables.map(({ at }) => at))
  const isDatabase = (at: number): boolean => {
    const [token, dot, name, behind] = tokens.slice(at, at + 4)
    const isPrefix = token?.kind === 'quoted' && dot?.text === '.' && name?.kind === 'quoted'
    if (!isPrefix || tokens[at - 1]?.text === '.' || nameOf(token) !== database) return false
    const isOfSequence = tokens[at - 1]?.text === '(' && isWord(tokens[at - 2], 'NEXTVAL', 'LASTVAL', 'SETVAL')
    return !isTableName || isOfSequence || positions.has(at + 2) || behind?.text === '.' || behind?.text === '('
  }
  let text = ''
  for (let at = 0; at < tokens.length; at += 1) {
    if (isDatabase(at)) at += 1
    else text += tokens[at]?.text ?? ''
  }
  return text
}
