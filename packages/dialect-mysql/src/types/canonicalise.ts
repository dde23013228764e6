import {
  assign,
  type ColumnModel,
  type ColumnType,
  type DialectTypes,
  findTable,
  type IndexElement,
  type IndexModel,
  type SchemaModel,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { findPart, parseColumnText } from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { keyElements, keyPrefixes } from './implicit-indexes.ts'
import { folded, isGeometry, isLarge, isText, toSql, typesFor } from './types.ts'

/*
 * Keys and text, the one place of the rule.
 *
 * A key column stands in a primary key, a unique constraint, a unique index or a foreign key of its table.
 *
 * 1. A string has the collation that is declared for it, in a key too; else that of its table, which is the database's where the
 *    table declares none. The one exception is a column of a foreign key that declares none: it has the collation of the column that
 *    it refers to, since the two have to be equal (3780, errno 150).
 * 2. No index holds the whole of a LONGTEXT, so where a key has the whole of a logical text, the column is VARCHAR(255); of
 *    bytes without a length, VARBINARY(255). An element with a prefix length leaves the type alone.
 * 3. `utf8mb4_0900_bin` (MySQL) and `utf8mb4_nopad_bin` (MariaDB) are one collation: binary, without padding. A declaration may
 *    use either name on both.
 *
 * `canonicaliseTable` says what a declared table becomes; introspection leaves out the collations that the rule implies. A key that is
 * added to a column of another shape changes the column first: `decompose` makes that an operation of its own, which a downgrade takes
 * back. A key that is dropped leaves the column as it is: a table cannot say whether its VARCHAR(255) was declared as text, and to
 * guess would be to change a type that no operation asked to change.
 */

/** As long as an index over two such columns may be: 3,072 bytes hold three, of four bytes a character. */
export const keyTextLength = 255

const exactNames: { readonly [F in Server['flavour']]: string } = {
  mysql: 'utf8mb4_0900_bin',
  mariadb: 'utf8mb4_nopad_bin',
}

/** The collation by the name that this server has for it. `utf8mb4_bin` is none of the two: it pads, and finds 'a' equal to 'a '. */
function collationName(server: Pick<Server, 'flavour'>, declared: string): string {
  const name = declared.toLowerCase()
  return Object.values(exactNames).includes(name) ? exactNames[server.flavour] : name
}

/** The collation of a table that says nothing: ours are utf8mb4, also in a database that is not. */
export function impliedTableCollation(server: Server): string {
  return server.defaultCharset === 'utf8mb4' ? server.defaultCollation : server.utf8mb4Collation
}

const charsetCollations: { readonly [charset: string]: string } = {
  latin1: 'latin1_swedish_ci',
  ascii: 'ascii_general_ci',
  utf8mb3: 'utf8mb3_general_ci',
  utf8: 'utf8mb3_general_ci',
  binary: 'binary',
}

/** The collation that a table's strings have where their columns name none. */
export function tableCollation(server: Server, table: Pick<TableModel, 'options'>): string {
  const { charset, collation } = table.options
  if (typeof collation === 'string') return collationName(server, collation)
  if (typeof charset !== 'string') return impliedTableCollation(server)
  if (charset.toLowerCase() === 'utf8mb4') return server.utf8mb4Collation
  return charsetCollations[charset.toLowerCase()] ?? `${charset.toLowerCase()}_general_ci`
}

/** The options as the catalog has them: a collation says what the character set is, and the one of every table is not said. */
export function canonicaliseOptions(server: Server, table: Pick<TableModel, 'options'>): TableModel['options'] {
  const { charset: _, collation: __, ...rest } = table.options
  const collation = tableCollation(server, table)
  return collation === impliedTableCollation(server) ? rest : { ...rest, collation }
}

interface KeyColumns {
  /** Columns that are in a key with the whole of their value. */
  readonly whole: ReadonlySet<string>
  /** Those and the ones of which a key has the beginning. */
  readonly all: ReadonlySet<string>
}

const uniqueElements = (index: IndexModel) => (index.unique ? index.elements : [])

export function keyColumns(table: Pick<TableModel, 'constraints' | 'indexes' | 'options'>): KeyColumns {
  const whole = new Set<string>()
  const all = new Set<string>()
  const keys = table.constraints.flatMap((constraint) => {
    if (constraint.kind === 'check' || constraint.kind === 'exclude') return []
    if (constraint.kind !== 'foreignKey') return keyElements(constraint, table)
    return constraint.columns.map((column): IndexElement => ({ column }))
  })
  for (const { column, prefixLength } of [...keys, ...table.indexes.flatMap(uniqueElements)]) {
    if (column === undefined) continue
    all.add(column)
    if (prefixLength === undefined) whole.add(column)
  }
  return { whole, all: new Set([...all, ...whole]) }
}

/** `native` folded into the type; a collation that stands in it becomes the column's. */
function ownType(server: Server, column: ColumnModel): Pick<ColumnModel, 'type'> & { readonly collation?: string } {
  const text = column.native?.mysql ?? (column.type.kind === 'native' ? column.type.sql : undefined)
  if (
    text === undefined ||
    (column.native === undefined && column.type.kind === 'native' && column.type.dialect !== 'mysql')
  )
    return { type: folded(column.type) }
  const whole = typesFor(server).fromSql(text)
  if (whole.kind !== 'native') return { type: whole }
  const parts = parseColumnText(text)
  const collate = findPart(parts, 'collate')?.split(' ').at(-1)
  const charset = findPart(parts, 'charset')?.split(' ').at(-1)
  if (collate === undefined && charset === undefined) return { type: whole }
  const collation = collate ?? tableCollation(server, { options: { charset: charset ?? '' } })
  return { type: typesFor(server).fromSql(findPart(parts, 'type') ?? text), collation: collation.toLowerCase() }
}

/** The type that a key needs instead of one that no index holds whole. */
export function keyType(type: ColumnType): ColumnType {
  if (type.kind === 'text') return { kind: 'varchar', length: keyTextLength }
  return type.kind === 'bytes' && type.length === undefined ? { kind: 'bytes', length: keyTextLength } : type
}

/** The collation that a column really has; undefined for what is no text. */
export function collationOf(server: Server, table: TableModel, column: ColumnModel): string | undefined {
  if (!isText(column.type)) return undefined
  return column.collation === undefined ? tableCollation(server, table) : collationName(server, column.collation)
}

const charsetOf = (collation: string): string => collation.split('_', 1)[0] ?? collation

/**
 * The server compares no two columns of one character set and two collations (1267):
 * https://dev.mysql.com/doc/refman/8.4/en/charset-collation-coercibility.html
 */
export function collatedAsFor(server: Server): NonNullable<DialectTypes['collatedAs']> {
  return (value, own, other) => {
    const [from, to] = [own, other].map(({ table, column }) => collationOf(server, table, column))
    if (from === undefined || to === undefined || from === to) return value
    const converted =
      charsetOf(from) === charsetOf(to) ? value : sql`CONVERT(${value} USING ${verbatim(charsetOf(to))})`
    return sql`${converted} COLLATE ${verbatim(to)}`
  }
}

function canonicaliseColumn(server: Server, table: TableModel, column: ColumnModel, keys: KeyColumns): ColumnModel {
  const own = ownType(server, column)
  const primary = table.constraints.some((each) => each.kind === 'primaryKey' && each.columns.includes(column.name))
  const type = keys.whole.has(column.name) ? keyType(own.type) : own.type
  const declared = isText(type) ? (own.collation ?? column.collation) : undefined
  const collation = declared === undefined ? undefined : collationName(server, declared)
  let canonical = assign({ ...column, type }, 'native', undefined)
  canonical = assign(canonical, 'collation', collation === tableCollation(server, table) ? undefined : collation)
  if (primary || column.identity !== undefined) canonical = { ...canonical, nullable: false }
  if (column.default?.kind === 'literal' && column.default.value === null)
    canonical = assign(canonical, 'default', undefined)
  return canonical
}

/** A table as the server would have it: the rule above, and what a primary key and AUTO_INCREMENT say of their columns. */
export function canonicaliseTable(server: Server, table: TableModel): TableModel {
  const keys = keyColumns(table)
  return { ...table, columns: table.columns.map((column) => canonicaliseColumn(server, table, column, keys)) }
}

/**
 * With what the foreign keys refer to in sight: a column that names no collation gets that of the column it refers to, where
 * that is another one than the rule's.
 */
export function canonicaliseInModel(server: Server, table: TableModel, model: SchemaModel): TableModel {
  let canonical = canonicaliseTable(server, table)
  for (const key of table.constraints) {
    if (key.kind !== 'foreignKey') continue
    const target = findTable(model, key.references.table)
    if (target === undefined) continue
    const referenced = canonicaliseTable(server, target)
    const names =
      key.references.columns.length > 0
        ? key.references.columns
        : (target.constraints.find((each) => each.kind === 'primaryKey')?.columns ?? [])
    const columns = canonical.columns.map((column) => {
      const other = referenced.columns.find(({ name }) => name === names[key.columns.indexOf(column.name)])
      if (!key.columns.includes(column.name) || other === undefined || column.collation !== undefined) return column
      const collation = collationOf(server, referenced, other)
      if (collation === undefined || collation === collationOf(server, canonical, column)) return column
      return { ...column, collation }
    })
    canonical = { ...canonical, columns }
  }
  return canonical
}

/** How much of a string the type stores; undefined: its values are no strings, and have no beginning that an index could hold. */
function storedLength(type: ColumnType): number | undefined {
  if (isLarge(type) || isGeometry(type)) return Number.POSITIVE_INFINITY
  const size = /^(?:var)?(?:char|binary)\((\d+)\)/i.exec(toSql(type))?.[1]
  return size === undefined ? undefined : Number(size)
}

/** How much of a text an index holds where nothing is said: as much as a key that holds all of it. */
function canonicaliseElement(table: TableModel, index: IndexModel, element: IndexElement): IndexElement {
  const column = table.columns.find(({ name }) => name === element.column)
  if (column === undefined) return element
  const method = index.method?.toLowerCase() ?? 'btree'
  if (method !== 'btree' && method !== 'hash') return assign(element, 'prefixLength', undefined)
  const { type } = column
  // The server forgets a prefix that holds all there is.
  if ((element.prefixLength ?? 0) >= (storedLength(type) ?? 0)) return assign(element, 'prefixLength', undefined)
  return element.prefixLength === undefined && isLarge(type) && type.kind !== 'json'
    ? { ...element, prefixLength: keyTextLength }
    : element
}

/** The server's own text of an index without the prefixes that it has no more. */
function withoutPrefixes(source: string, before: readonly IndexElement[], after: readonly IndexElement[]): string {
  return before.reduce((text, { column = '', prefixLength }, at) => {
    if (prefixLength === undefined || after[at]?.prefixLength !== undefined) return text
    const name = quote.identifier(column).text
    return text.replace(`${name}(${prefixLength})`, () => name)
  }, source)
}

/** The index over the columns of a canonical table, with the prefix lengths that it needs. */
export function canonicaliseIndex(table: TableModel, index: IndexModel): IndexModel {
  const elements = index.elements.map((element) => canonicaliseElement(table, index, element))
  if (elements.every((element, at) => element === index.elements[at])) return index
  const { source } = index
  return {
    ...index,
    elements,
    ...(source === undefined ? {} : { source: withoutPrefixes(source, index.elements, elements) }),
  }
}

/** The options of a canonical table with the prefix lengths that the primary key still has. */
export function withKeyPrefixes(table: TableModel): TableModel {
  const key = table.constraints.find((each) => each.kind === 'primaryKey')
  if (key?.kind !== 'primaryKey' || !(keyPrefixes in table.options)) return table
  const { elements } = canonicaliseIndex(table, { name: '', unique: true, elements: keyElements(key, table) })
  const lengths = elements.map(({ prefixLength = '' }) => prefixLength).join(',')
  const { [keyPrefixes]: _, ...rest } = table.options
  return { ...table, options: /\d/.test(lengths) ? { ...rest, [keyPrefixes]: lengths } : rest }
}
