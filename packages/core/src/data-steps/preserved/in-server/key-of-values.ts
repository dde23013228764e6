import type { Session } from '../../../dialect/session.ts'
import { sql } from '../../../sql/tag.ts'
import { decodeCells } from '../encode.ts'
import type { PreservedRows } from '../preserved-types.ts'
import { type FormedColumn, formed, type TableForm } from './table-form.ts'

/** The columns of the key of preserved values, as their first one has it. Others may have another. */
interface PreservedKey {
  /** As the key has them, in its order. */
  readonly names: readonly string[]
  readonly columns: readonly FormedColumn[]
}

/**
 * @param nameOf what a column of the key is called in the table; undefined: it is not there
 */
export async function keyOfValues(
  session: Session,
  of: TableForm,
  rows: PreservedRows,
  nameOf: (name: string) => string | undefined = (name) => name,
): Promise<PreservedKey | undefined> {
  const key = rows.column('key')
  const [first] = await session.query(sql`SELECT ${key} FROM ${rows.table} WHERE ${rows.where} LIMIT 1`.text)
  if (typeof first?.key !== 'string') return undefined
  const names = [...decodeCells(rows.table.text, first.key).keys()]
  const named = names.map(nameOf)
  const columns = named.includes(undefined) ? undefined : formed(of, named as string[])
  return columns === undefined || columns.length === 0 ? undefined : { names, columns }
}
