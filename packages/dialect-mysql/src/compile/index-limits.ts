import {
  type ConstraintModel,
  findColumn,
  type IndexElement,
  type IndexModel,
  present,
  type TableModel,
} from '@org/migrate-core/dialect'
import { requireRow } from '../ddl/type-limits.ts'
import type { Server } from '../flavour.ts'
import { collationOf } from '../types/canonicalise.ts'
import { keyElements } from '../types/implicit-indexes.ts'
import { isLarge, toSql } from '../types/types.ts'
import { invalid, refText } from './statements.ts'

/** Of InnoDB with its row format DYNAMIC: https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html */
const maxIndexBytes = 3072

/** Of one column, in the row formats before DYNAMIC (1071, 1709): the same page of the manual. */
const maxOlderColumnBytes = 767

/** The row format of a table that is one of the older two. A table that names none gets DYNAMIC. */
function olderFormatOf({ options }: TableModel): string | undefined {
  const [, format] = Object.entries(options).find(([name]) => name.toLowerCase() === 'row_format') ?? []
  const name = String(format).toUpperCase()
  const isInnodb = options.engine === undefined || /^innodb$/i.test(String(options.engine))
  return isInnodb && /^(?:COMPACT|REDUNDANT)$/.test(name) ? name : undefined
}

export const characterBytes = (collation: string | undefined): number =>
  collation === undefined ||
  /^(?:latin|ascii|cp|koi8|hp8|dec8|swe7|armscii8|geostd8|greek|hebrew|tis620|binary)/.test(collation)
    ? 1
    : /^(?:utf8mb3|utf8_)/.test(collation)
      ? 3
      : 4

/** The most bytes that an element takes of an index; what is no text counts as much as a number. */
function elementBytes(server: Server, table: TableModel, element: IndexElement): number {
  const column = table.columns.find(({ name }) => name === element.column)
  if (column === undefined) return 0
  const text = toSql(column.type)
  const size = element.prefixLength ?? Number(/^(?:var)?(?:char|binary)\((\d+)\)/i.exec(text)?.[1] ?? Number.NaN)
  if (Number.isNaN(size)) return 8
  return size * characterBytes(column.type.kind === 'uuid' ? undefined : collationOf(server, table, column))
}

type CheckedIndex = Pick<IndexModel, 'elements' | 'method'> & { readonly name?: string }

const indexText = (table: TableModel, { name = 'of the primary key' }: CheckedIndex): string =>
  `index ${name} of ${refText(table.ref)}`

/**
 * No index of MySQL holds a JSON (3152), and one over a TINYTEXT or TINYBLOB has 255 bytes of it (1071, 1170), on MariaDB 255 characters,
 * to which it shortens a longer prefix without a word (measured on MySQL 9.7 and MariaDB 10.11).
 */
function checkElement(
  server: Server,
  table: TableModel,
  index: CheckedIndex,
  { column, prefixLength = 0 }: IndexElement,
): void {
  const model = findColumn(table, column ?? '')
  if (model === undefined) return
  const type = toSql(model.type).toLowerCase()
  if (server.flavour === 'mysql' && type === 'json') {
    throw invalid(
      indexText(table, index),
      `no index of MySQL holds a column of type json, as ${model.name} is`,
      `Drop the index before the change of the type; an index over an expression can take its place, as expression("CAST(${model.name}->>'$.key' AS CHAR(40))").`,
    )
  }
  if (!/^tiny(?:text|blob)\b/.test(type)) return
  const most = Math.floor(255 / (server.flavour === 'mysql' ? characterBytes(collationOf(server, table, model)) : 1))
  if (prefixLength <= most) return
  throw invalid(
    indexText(table, index),
    `it holds ${prefixLength} characters of ${model.name}; of a column of type ${type}, an index holds ${most} at most`,
    `Use a prefixLength of ${most} or less. An index that exists is dropped before the change of the type, and created again after it.`,
  )
}

function checkOlderFormat(server: Server, table: TableModel, index: CheckedIndex): void {
  const format = olderFormatOf(table)
  if (format === undefined) return
  for (const element of index.elements) {
    const bytes = elementBytes(server, table, element)
    if (bytes <= maxOlderColumnBytes) continue
    throw invalid(
      indexText(table, index),
      `its column ${element.column} takes up to ${bytes} bytes; with ROW_FORMAT=${format}, an index has at most ${maxOlderColumnBytes} of a column`,
      'Give the table the row format DYNAMIC before, shorten the column, or give the element a prefixLength.',
    )
  }
}

/** Refuses before anything runs what the server refuses in the middle of a run. */
function checkIndex(server: Server, table: TableModel, index: CheckedIndex): void {
  for (const element of index.elements) checkElement(server, table, index, element)
  if (/^(?:fulltext|spatial|rtree)$/i.test(index.method ?? '')) return
  checkOlderFormat(server, table, index)
  const bytes = index.elements.reduce((sum, element) => sum + elementBytes(server, table, element), 0)
  if (bytes <= maxIndexBytes) return
  throw invalid(
    indexText(table, index),
    `its columns take up to ${bytes} bytes; an index of InnoDB has at most ${maxIndexBytes}`,
    'Shorten the columns, or give the elements a prefixLength.',
  )
}

export function checkLimits(server: Server, table: TableModel): void {
  requireRow(server, table)
  for (const index of table.indexes) checkIndex(server, table, index)
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'primaryKey' && constraint.kind !== 'unique') continue
    const { name } = constraint
    checkIndex(server, table, { ...present({ name }), elements: keyElements(constraint, table) })
  }
}

/** A key holds a text by its beginning only (1170). MariaDB takes the whole of one into a unique key, by its hash. */
export function checkWholeKey(server: Server, table: TableModel, key: ConstraintModel): void {
  const isKey = key.kind === 'primaryKey' || (key.kind === 'unique' && server.flavour === 'mysql')
  if (!isKey) return
  for (const { column = '', prefixLength } of keyElements(key, table)) {
    const type = findColumn(table, column)?.type
    if (prefixLength !== undefined || type === undefined || !isLarge(type)) continue
    throw invalid(
      `${key.kind === 'primaryKey' ? 'primary key' : `unique constraint ${key.name}`} of ${refText(table.ref)}`,
      `it would hold the whole of ${column}, and of the type ${toSql(type)} a key holds only the beginning`,
      'Change the column to a varchar before, or add the key with op.sql and the length of its prefix: ALTER TABLE … ADD UNIQUE KEY (column(20)).',
    )
  }
}
