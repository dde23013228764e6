import { currentFormat } from '../../../bookkeeping/format.ts'
import type { Cells } from '../../../compile/own-rows.ts'
import { MigrateError } from '../../../errors/migrate-error.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { encode, encodeCells } from '../encode.ts'
import type { NewPreservedValue, PreservedOwner } from '../preserved-types.ts'
import { chunksOf } from './chunks.ts'
import { keyHashOf } from './key-hash.ts'

type Cell = readonly [column: string, value: SqlValue]

/** A new row of the table of preserved values: what tells it apart, and the rest without its id and step. Throws VALUE_INVALID. */
export function cellsOf(
  owner: PreservedOwner,
  entry: NewPreservedValue,
): { readonly identity: readonly [Cell, Cell, Cell, Cell, Cell]; readonly rest: Cells } {
  if (Object.keys(entry.key).length === 0) {
    throw new MigrateError(
      'VALUE_INVALID',
      { table: entry.table, column: entry.column, why: 'the key is empty' },
      `db.preserve got no key for ${entry.table}.`,
      { remedy: 'Give preserve() a column set that is unique in the table.' },
    )
  }
  const key = encodeCells(entry.key)
  // What core preserves during a downgrade exists next to what a step of the upgrade preserved of the same cell.
  const keyHash = keyHashOf(`${entry.step.startsWith(':') ? entry.step : (entry.origin ?? '')}${key}`)
  const value = entry.row === undefined ? encode(entry.value) : { encoding: 'json', value: encodeCells(entry.row) }
  return {
    identity: [
      ['tier', owner.tier],
      ['revision', owner.revision],
      ['table_name', entry.table],
      ['key_hash', keyHash],
      ['column', entry.column],
    ],
    rest: [
      ['format', BigInt(currentFormat)],
      ['key', key],
      ['encoding', value.encoding],
      ['value', value.value],
      ['written_hash', entry.writtenHash],
      ['preserved_at', new Date().toISOString()],
    ],
  }
}

/** A statement with its values stays well below what every server takes as one. */
const limits = { entries: 500, bytes: 512 * 1024 }

/** Values in their order, as many at once as one statement takes. */
export const cellChunks = (entries: readonly NewPreservedValue[]): Iterable<readonly NewPreservedValue[]> =>
  chunksOf(entries, ({ value, row }) => [value, ...Object.values(row ?? {})], limits)
