import {
  type ConstraintKind,
  type ConstraintModel,
  type ConstraintOf,
  enclosed,
  findTable,
  type IndexElement,
  type IndexModel,
  join,
  joinWithSpaces,
  type ReferentialAction,
  type SchemaModel,
  type SqlFragment,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { defaultEngine, type Server, since } from '../flavour.ts'
import { quote, quotedComment, quotedString, unsupported } from '../sql/quote.ts'
import { impliedTableCollation } from '../types/canonicalise.ts'
import { keyElements, keyPrefixes } from '../types/implicit-indexes.ts'

const names = (columns: readonly string[]): SqlFragment =>
  verbatim(`(${columns.map((name) => quote.identifier(name).text).join(',')})`)

const actions: { readonly [A in ReferentialAction]: string } = {
  noAction: 'NO ACTION',
  restrict: 'RESTRICT',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
}

function actionText(key: ConstraintOf<'foreignKey'>, event: 'onDelete' | 'onUpdate'): SqlFragment | undefined {
  const action = key[event]
  if (action === undefined || action === 'noAction') return undefined
  if (action === 'setDefault') {
    throw unsupported(`SET DEFAULT of a foreign key`, 'InnoDB rejects it', 'Use another action.')
  }
  return verbatim(`${event === 'onDelete' ? 'ON DELETE' : 'ON UPDATE'} ${actions[action]}`)
}

/** The columns that a foreign key refers to; without any, the primary key of that table. */
export function referencedColumns(
  key: ConstraintOf<'foreignKey'>,
  model: SchemaModel,
  self: TableModel,
): readonly string[] {
  const { table, columns } = key.references
  if (columns.length > 0) return columns
  const target = table.name === self.ref.name && table.schema === self.ref.schema ? self : findTable(model, table)
  const primary = target?.constraints.find((each) => each.kind === 'primaryKey')
  if (primary !== undefined) return primary.columns
  throw unsupported(
    `a foreign key to ${table.name} without columns`,
    'MySQL wants the columns named, and the primary key is not known here',
    'Name the columns that it refers to.',
  )
}

const constraintName = (constraint: ConstraintModel): SqlFragment | undefined =>
  constraint.name === undefined ? undefined : sql`CONSTRAINT ${quote.identifier(constraint.name)}`

type Clauses = {
  readonly [K in ConstraintKind]: (constraint: ConstraintOf<K>, table: TableModel, model: SchemaModel) => SqlFragment
}

const clauses: Clauses = {
  primaryKey(key, table) {
    const elements = keyElements(key, table).map(({ column = '', prefixLength }) =>
      prefixLength === undefined
        ? quote.identifier(column)
        : sql`${quote.identifier(column)}(${verbatim(String(prefixLength))})`,
    )
    return sql`PRIMARY KEY (${join(elements, ',')})`
  },
  unique({ name, columns, nullsNotDistinct }) {
    if (nullsNotDistinct) {
      throw unsupported(
        'NULLS NOT DISTINCT',
        'a unique key of MySQL takes any number of NULLs',
        'Make the columns NOT NULL.',
      )
    }
    return joinWithSpaces(verbatim('UNIQUE KEY'), name !== undefined && quote.identifier(name), names(columns))
  },
  check: (check) => joinWithSpaces(constraintName(check), sql`CHECK ${enclosed(check.expression)}`),
  // InnoDB checks every row at once: what other databases may put off to the end of the transaction is a plain key here.
  foreignKey(key, table, model) {
    if (key.match === 'full' || key.match === 'partial') {
      const why = 'InnoDB reads MATCH and then ignores the actions of the key'
      throw unsupported(`MATCH ${key.match.toUpperCase()}`, why, 'Leave MATCH out.')
    }
    return joinWithSpaces(
      constraintName(key),
      sql`FOREIGN KEY ${names(key.columns)} REFERENCES ${quote.table(key.references.table)}`,
      names(referencedColumns(key, model, table)),
      actionText(key, 'onDelete'),
      actionText(key, 'onUpdate'),
    )
  },
  exclude() {
    throw unsupported('an exclusion constraint', 'only PostgreSQL has them', 'Leave it to PostgreSQL with op.on().')
  },
}

/** The constraint as an item of CREATE TABLE, or behind ALTER TABLE … ADD. */
export function constraintClause(constraint: ConstraintModel, table: TableModel, model: SchemaModel): SqlFragment {
  return (
    clauses[constraint.kind] as (constraint: ConstraintModel, table: TableModel, model: SchemaModel) => SqlFragment
  )(constraint, table, model)
}

const methods: { readonly [method: string]: 'FULLTEXT' | 'SPATIAL' | 'BTREE' | 'HASH' } = {
  btree: 'BTREE',
  hash: 'HASH',
  fulltext: 'FULLTEXT',
  spatial: 'SPATIAL',
  // What the catalog calls the method of a spatial index.
  rtree: 'SPATIAL',
}

function elementText(server: Server, index: IndexModel, element: IndexElement): SqlFragment {
  if (element.collation !== undefined || element.operatorClass !== undefined) {
    const what = element.collation === undefined ? 'an operator class' : 'a collation of its own'
    throw unsupported(
      `index ${index.name} with ${what}`,
      'an index of MySQL follows its columns',
      'Give it to the column.',
    )
  }
  if (element.nulls !== undefined && (element.nulls === 'first') === (element.order === 'desc')) {
    throw unsupported(
      `NULLS ${element.nulls.toUpperCase()} of index ${index.name}`,
      'NULLs are the smallest values in every index of MySQL',
      'Leave it out.',
    )
  }
  const order = element.order === 'desc' && verbatim('DESC')
  if (element.expression === undefined) {
    const length = element.prefixLength === undefined ? verbatim('') : sql`(${element.prefixLength})`
    return joinWithSpaces(sql`${quote.identifier(element.column ?? '')}${length}`, order)
  }
  if (since(server, { mysql: [8, 0, 13] })) return joinWithSpaces(sql`(${enclosed(element.expression)})`, order)
  throw unsupported(
    `index ${index.name} over an expression`,
    'MariaDB indexes columns only',
    'Add a generated column with the expression, and index that.',
  )
}

/** `UNIQUE KEY name (…)`: an item of CREATE TABLE, or behind ALTER TABLE … ADD. */
export function indexClause(server: Server, index: IndexModel): SqlFragment {
  const name = quote.identifier(index.name)
  if (index.where !== undefined) {
    throw unsupported(
      `the partial index ${index.name}`,
      'an index of MySQL has all rows',
      'Index a generated column that is NULL for the other rows, or leave `where` to the other databases with op.on().',
    )
  }
  if ((index.include ?? []).length > 0) {
    throw unsupported(
      `INCLUDE of index ${index.name}`,
      'MySQL has no such columns',
      'Put them at the end of the index.',
    )
  }
  if (index.nullsNotDistinct) {
    throw unsupported(`NULLS NOT DISTINCT of index ${index.name}`, 'a unique index of MySQL takes any number of NULLs')
  }
  const method = methods[(index.method ?? 'btree').toLowerCase()]
  if (method === undefined) {
    const why = 'MySQL has btree, hash, fulltext and spatial'
    throw unsupported(
      `the method ${index.method} of index ${index.name}`,
      why,
      'Leave the method to PostgreSQL with op.on().',
    )
  }
  const kind = method === 'FULLTEXT' || method === 'SPATIAL' ? method : index.unique ? 'UNIQUE' : undefined
  const elements = join(
    index.elements.map((element) => elementText(server, index, element)),
    ',',
  )
  return joinWithSpaces(
    kind && verbatim(kind),
    sql`KEY ${name} (${elements})`,
    method === 'HASH' && verbatim('USING HASH'),
    index.comment !== undefined && index.comment !== '' && verbatim(`COMMENT ${quotedComment(index.comment)}`),
  )
}

/** Options of other databases' tables, and ours, which are no clause of their own. */
const foreignOptions = new Set(['strict', 'withoutRowid', 'partitioned', keyPrefixes])

/**
 * Of all other options a word is a string: COMPRESSION and ENCRYPTION take nothing else, and as a word MariaDB's PAGE_COMPRESSED takes no ON.
 * https://dev.mysql.com/doc/refman/8.4/en/create-table.html, https://mariadb.com/kb/en/create-table/#table-options
 */
const wordOptions = new Set(['row_format', 'insert_method'])

function optionText(name: string, value: string | boolean): string {
  if (!/^[a-z_]+$/i.test(name) || typeof value !== 'string') {
    throw unsupported(`the table option ${name}`, 'MySQL has none of that name', 'Leave it out.')
  }
  const isPlain = /^(?:\d+|default)$/i.test(value) || (wordOptions.has(name.toLowerCase()) && /^\w+$/.test(value))
  return `${name.toUpperCase()}=${isPlain ? value : quotedString(value)}`
}

/** What a CREATE TABLE says of options: always the character set, since a database may have another one than ours. */
export function optionTexts(server: Server, options: TableModel['options']): readonly string[] {
  const { engine, charset, collation, ...rest } = options
  const implied = impliedTableCollation(server)
  const named = collation ?? (charset === undefined && implied !== server.utf8mb4Collation ? implied : undefined)
  return [
    ...(typeof engine === 'string' ? [`ENGINE=${engine}`] : []),
    // A collation says what its character set is.
    ...(collation === undefined ? [`DEFAULT CHARSET=${charset ?? 'utf8mb4'}`] : []),
    ...(named === undefined ? [] : [`COLLATE=${named}`]),
    ...Object.entries(rest).flatMap(([name, value]) =>
      foreignOptions.has(name) || value === false ? [] : [optionText(name, value)],
    ),
  ]
}

const isInnodb = ({ engine }: TableModel['options']): boolean =>
  typeof engine !== 'string' || engine.toLowerCase() === defaultEngine.toLowerCase()

/**
 * What a table says that names no format, where the server's own is an older one: its keys are then as long as everywhere. A size of blocks is
 * that of COMPRESSED. https://dev.mysql.com/doc/refman/8.4/en/innodb-row-format.html
 */
export function rowFormatTexts({ olderRowFormat }: Server, options: TableModel['options']): readonly string[] {
  const lower = Object.keys(options).map((name) => name.toLowerCase())
  const isNamed = lower.some((name) => name === 'row_format' || name === 'key_block_size')
  return olderRowFormat && !isNamed && isInnodb(options) ? ['ROW_FORMAT=DYNAMIC'] : []
}

/** Options without the format that a table has which names none. */
export function withoutRowFormat(server: Server, options: TableModel['options']): TableModel['options'] {
  if (!server.olderRowFormat || !isInnodb(options)) return options
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => name.toLowerCase() !== 'row_format' || String(value).toLowerCase() !== 'dynamic',
    ),
  )
}

/** What stands behind the parentheses of a CREATE TABLE; with `counted` also where its counter begins. */
export function tailText(server: Server, table: TableModel, counted: boolean): string {
  const start = table.columns.find(({ identity }) => identity?.start !== undefined)?.identity?.start
  return [
    ...optionTexts(server, table.options),
    ...rowFormatTexts(server, table.options),
    ...(!counted || start === undefined || start === 1 ? [] : [`AUTO_INCREMENT=${start}`]),
    ...(table.comment === undefined || table.comment === '' ? [] : [`COMMENT=${quotedComment(table.comment)}`]),
  ].join(' ')
}
