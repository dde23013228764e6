import type { IndexElement, IndexModel, Row, Session } from '@org/migrate-core/dialect'
import { unwrapParentheses } from '../ddl/canonical-expression.ts'
import { storedExpression } from '../ddl/defaults.ts'
import { type Server, since } from '../flavour.ts'
import { significant, textOf } from '../sql/tokens.ts'
import { among, cell, read, type TableFilter, text } from './catalog.ts'

/** `PRIMARY` is one of them. */
export function readIndexRows(server: Server, session: Session, filter: TableFilter): Promise<readonly Row[]> {
  const expression = since(server, { mysql: [8, 0, 13] }) ? 'EXPRESSION' : 'NULL'
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, INDEX_NAME AS name, NON_UNIQUE AS many, COLUMN_NAME AS \`column\`,
 COLLATION AS direction, SUB_PART AS prefix, INDEX_TYPE AS method, INDEX_COMMENT AS comment, ${expression} AS expression
 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()${among('TABLE_NAME', filter)}
 ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    filter,
  )
}

function readElement(server: Server, row: Row, method: string): IndexElement {
  const expression = cell(row, 'expression')
  const prefix = cell(row, 'prefix')
  const order = cell(row, 'direction') === 'D' ? ({ order: 'desc' } as const) : {}
  if (expression !== null) {
    return { expression: textOf(unwrapParentheses(significant(storedExpression(server, expression)))), ...order }
  }
  // A spatial index shows the 32 bytes of a box there.
  const part = prefix === null || method !== 'btree' ? {} : { prefixLength: Number(prefix) }
  return { column: text(row, 'column'), ...order, ...part }
}

/** The indexes of one table, each from its rows in order. */
export function readIndexes(server: Server, rows: readonly Row[]): readonly IndexModel[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = text(row, 'name')
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return [...groups].map(([name, parts]) => {
    const [first] = parts
    const type = first === undefined ? '' : text(first, 'method').toLowerCase()
    const method = type === 'rtree' ? 'spatial' : type === 'hash' ? 'btree' : type
    const comment = first === undefined ? '' : text(first, 'comment')
    return {
      name,
      unique: first !== undefined && text(first, 'many') === '0',
      elements: parts.map((row) => readElement(server, row, method)),
      ...(method === 'btree' ? {} : { method }),
      ...(comment === '' ? {} : { comment }),
    }
  })
}
