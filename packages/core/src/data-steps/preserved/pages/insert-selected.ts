import { currentFormat } from '../../../bookkeeping/format.ts'
import type { Dialect } from '../../../dialect/dialect.ts'
import type { DialectPreserving } from '../../../dialect/preserving.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import type { PreservedOwner, SelectedValues } from '../preserved-types.ts'
import { keyHashInServer } from './key-hash.ts'

interface InsertContext {
  readonly dialect: Dialect
  readonly table: string
  readonly by: DialectPreserving
}

/** The statement that preserves what the server selects, with ids that follow the last one. */
export function insertSelected(
  { dialect, table, by }: InsertContext,
  owner: PreservedOwner,
  lastId: bigint,
  { step, table: of, column, writtenHash, key, encoding, value, base, order, from, params }: SelectedValues,
): { readonly text: SqlFragment; readonly params: readonly SqlValue[] } {
  const { literal, identifier } = dialect.sql.quote
  const computed: readonly (readonly [string, SqlFragment])[] = [
    ['id', sql`${lastId} + ROW_NUMBER() OVER (ORDER BY ${order})`],
    ['key', key],
    ['encoding', encoding],
    ['value', value],
    ...(base === undefined ? [] : [['base', base] as const]),
  ]
  const hidden = identifier('$key')
  const hashed = step.startsWith(':') ? by.concat([literal(step), hidden]) : hidden
  const cells: readonly (readonly [string, SqlFragment])[] = [
    ...computed.map(([name]) => [name, identifier(`$${name}`)] as const),
    ['format', sql`${currentFormat}`],
    ['tier', literal(owner.tier)],
    ['revision', literal(owner.revision)],
    ['step', literal(step)],
    ['table_name', literal(of)],
    ['key_hash', keyHashInServer(by, hashed)],
    ['column', literal(column)],
    ['written_hash', literal(writtenHash)],
    ['preserved_at', literal(new Date().toISOString())],
  ]
  const selected = join(computed.map(([name, text]) => sql`${text} AS ${identifier(`$${name}`)}`))
  const names = join(cells.map(([name]) => identifier(name)))
  const values = join(cells.map(([, text]) => text))
  const text = sql`INSERT INTO ${dialect.sql.quote.table({ name: table })} (${names}) SELECT ${values} FROM (SELECT ${selected} FROM ${from}) AS ${identifier('$selected')}`
  return { text, params }
}
