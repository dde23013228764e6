import {
  type ColumnModel,
  type ConstraintKind,
  type ConstraintModel,
  type ConstraintOf,
  enclosed,
  type IndexElement,
  type IndexModel,
  join,
  joinWithSpaces,
  type ReferentialAction,
  type SqlFragment,
  sql,
  type TableModel,
  type TableRef,
  type TriggerModel,
  type ViewModel,
  verbatim,
  withoutConstraints,
} from '@org/migrate-core/dialect'
import { requireFreeName } from '../ddl/free-name.ts'
import { unsupported } from '../ddl/unsupported.ts'
import { literalText, quote } from '../sql/quote.ts'
import { canonicaliseColumn, canonicaliseTable, requireCountable } from './canonicalise.ts'
import { toSql } from './types.ts'

const { identifier, table: tableName, literal } = quote
const names = (columns: readonly string[]): SqlFragment => join(columns.map(identifier))

/** The CHECK of an enum column, between the parentheses. Introspection knows exactly this text again. */
export function enumCheck(column: string, values: readonly string[]): SqlFragment {
  return sql`${identifier(column)} IN (${join(values.map((value) => literal(value)))})`
}

/** What follows DEFAULT; undefined where there is nothing to say (`DEFAULT NULL` is no default). */
export function defaultText({ default: value, type }: Pick<ColumnModel, 'default' | 'type'>): SqlFragment | undefined {
  if (value === undefined) return undefined
  if (value.kind === 'now') return verbatim('CURRENT_TIMESTAMP')
  if (value.kind === 'expression') return enclosed(value.sql)
  if (typeof value.value === 'boolean' && type.kind === 'integer') return verbatim(String(value.value))
  return value.value === null ? undefined : verbatim(literalText(value.value))
}

/** `Extra.what` of a key's whole definition, and of what NOT NULL does with a row that it refuses. */
export const definitionWord = 'definition'
export const checkWord = 'CHECK of the column'
export const conflictWord = 'ON CONFLICT of NOT NULL'

/** The definition text that a model has under that word. */
function extraText({ extras }: Pick<ColumnModel, 'extras'>, word: string): string | undefined {
  const part = extras?.find(({ what }) => what === word)?.statements[0]?.[0]
  return typeof part === 'object' && 'text' in part ? part.text : undefined
}

/** NOT NULL of a column. */
export function notNullText(column: Pick<ColumnModel, 'extras'>): string {
  return ['NOT NULL', extraText(column, conflictWord) ?? []].flat().join(' ')
}

/** GENERATED ALWAYS AS … of a column. */
export function generatedText(generated: NonNullable<ColumnModel['generated']>): SqlFragment {
  return verbatim(
    `GENERATED ALWAYS AS ${enclosed(generated.expression).text} ${generated.stored ? 'STORED' : 'VIRTUAL'}`,
  )
}

/** Refuses what a column may say elsewhere and SQLite cannot keep. */
export function requireColumn(column: ColumnModel): void {
  const subject = `column ${column.name}`
  if (column.comment !== undefined) {
    unsupported(`comment on ${subject}`, 'SQLite stores no comments', 'Record the comment with op.on() for the others.')
  }
  if (column.onUpdate !== undefined) {
    unsupported(
      `ON UPDATE of ${subject}`,
      'SQLite has no such columns',
      'Write a trigger for it, or say it with op.on().',
    )
  }
  const { identity } = column
  if (identity === undefined) return
  if (identity.mode === 'always') unsupported(`identity of ${subject}`, 'SQLite has no GENERATED ALWAYS AS IDENTITY')
  const { mode: _, ...counting } = identity
  const [option] = Object.keys(counting)
  if (option !== undefined) unsupported(`identity of ${subject}`, `AUTOINCREMENT of SQLite has no ${option}`)
}

interface ColumnTextOptions {
  readonly strict?: boolean
  /** The PRIMARY KEY constraint that is written inside the column: one without a name over this column alone. */
  readonly primaryKey?: ConstraintOf<'primaryKey'>
}

/**
 * A column definition as it stands in CREATE TABLE and after ADD COLUMN.
 * Throws UNSUPPORTED for comments, `always` identities, starts and increments; INVALID_NAME.
 */
export function columnText(declared: ColumnModel, options: ColumnTextOptions = {}): SqlFragment {
  requireColumn(declared)
  const column = canonicaliseColumn(declared, options)
  const type = verbatim(toSql(column.type))
  const value = defaultText(column)
  return joinWithSpaces(
    identifier(column.name),
    type.text !== '' && type,
    !column.nullable && verbatim(notNullText(column)),
    options.primaryKey !== undefined && primaryKeyText(column, options.primaryKey),
    value !== undefined && sql`DEFAULT ${value}`,
    column.collation !== undefined && sql`COLLATE ${identifier(column.collation)}`,
    column.type.kind === 'enum' && sql`CHECK (${enumCheck(column.name, column.type.values)})`,
    column.generated !== undefined && generatedText(column.generated),
    ...(column.extras ?? []).flatMap((extra) =>
      extra.what === checkWord ? verbatim(extraText({ extras: [extra] }, checkWord) ?? '') : [],
    ),
  )
}

function primaryKeyText(column: ColumnModel, key: ConstraintOf<'primaryKey'>): SqlFragment {
  return joinWithSpaces(
    key.name !== undefined && sql`CONSTRAINT ${identifier(key.name)}`,
    verbatim('PRIMARY KEY'),
    column.identity !== undefined && verbatim('AUTOINCREMENT'),
  )
}

const actions: { readonly [A in ReferentialAction]: string } = {
  noAction: 'NO ACTION',
  restrict: 'RESTRICT',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
}

function foreignKeyText(key: ConstraintOf<'foreignKey'>): SqlFragment {
  const subject = `foreign key on ${key.columns.join(', ')}`
  if (key.notValid) unsupported(subject, 'SQLite has no NOT VALID constraints')
  if (key.match === 'full' || key.match === 'partial')
    unsupported(subject, 'SQLite reads MATCH but does not enforce it')
  const { table, columns } = key.references
  return joinWithSpaces(
    sql`FOREIGN KEY (${names(key.columns)}) REFERENCES ${tableName(table)}`,
    columns.length > 0 && sql`(${names(columns)})`,
    key.onDelete !== undefined && key.onDelete !== 'noAction' && verbatim(`ON DELETE ${actions[key.onDelete]}`),
    key.onUpdate !== undefined && key.onUpdate !== 'noAction' && verbatim(`ON UPDATE ${actions[key.onUpdate]}`),
    key.deferrable !== undefined && verbatim(`DEFERRABLE INITIALLY ${key.deferrable.toUpperCase()}`),
  )
}

type Writers = { readonly [K in ConstraintKind]: (constraint: ConstraintOf<K>) => SqlFragment }

const refuseDeferrable = (constraint: ConstraintOf<'primaryKey' | 'unique'>): void => {
  if (constraint.deferrable === undefined) return
  unsupported(`${constraint.kind} on ${constraint.columns.join(', ')}`, 'SQLite defers foreign keys only')
}

const constraintWriters: Writers = {
  primaryKey: (key) => {
    refuseDeferrable(key)
    return sql`PRIMARY KEY (${names(key.columns)})`
  },
  unique: (unique) => {
    refuseDeferrable(unique)
    if (unique.nullsNotDistinct) {
      unsupported(`unique on ${unique.columns.join(', ')}`, 'SQLite has no NULLS NOT DISTINCT')
    }
    return sql`UNIQUE (${names(unique.columns)})`
  },
  check: ({ expression }) => sql`CHECK ${enclosed(expression)}`,
  foreignKey: foreignKeyText,
  exclude: (constraint) =>
    unsupported(`constraint ${constraint.name ?? 'EXCLUDE'}`, 'SQLite has no EXCLUDE constraints'),
}

/** A table constraint, with its name where it has one. Throws UNSUPPORTED for what SQLite has not. */
export function constraintText(constraint: ConstraintModel): SqlFragment {
  const own = extraText(constraint, definitionWord)
  const body =
    own === undefined
      ? (constraintWriters[constraint.kind] as (constraint: ConstraintModel) => SqlFragment)(constraint)
      : verbatim(own)
  return joinWithSpaces(constraint.name !== undefined && sql`CONSTRAINT ${identifier(constraint.name)}`, body)
}

const optionKeywords: ReadonlyMap<string, string> = new Map([
  ['strict', 'STRICT'],
  ['withoutRowid', 'WITHOUT ROWID'],
])

/** What stands after the closing parenthesis. Throws UNSUPPORTED for the options of other databases. */
export function optionText(options: TableModel['options']): readonly SqlFragment[] {
  return Object.entries(options).flatMap(([option, value]) => {
    const text = optionKeywords.get(option)
    if (text === undefined)
      return unsupported(`table option ${option}`, 'SQLite has the options strict and withoutRowid')
    if (typeof value !== 'boolean') return unsupported(`table option ${option}`, 'it is true or false on SQLite')
    return value ? [verbatim(text)] : []
  })
}

function inlineKey(table: TableModel): ConstraintOf<'primaryKey'> | undefined {
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  return key?.kind === 'primaryKey' && key.columns.length === 1 ? key : undefined
}

/** An identity is AUTOINCREMENT here, which SQLite takes on the single INTEGER PRIMARY KEY of a rowid table only. */
function requireIdentity(table: TableModel): void {
  for (const column of table.columns) {
    if (column.identity === undefined) continue
    const subject = `identity of ${table.ref.name}.${column.name}`
    if (table.options.withoutRowid === true) unsupported(subject, 'a WITHOUT ROWID table has no AUTOINCREMENT')
    if (inlineKey(table)?.columns[0] !== column.name)
      unsupported(subject, 'AUTOINCREMENT needs the column to be the primary key alone')
    requireCountable(subject, column)
  }
}

/** CREATE TABLE from the model alone, as SQLite keeps it, without its indexes. Throws UNSUPPORTED, naming the part; INVALID_NAME. */
export function createTableText(declared: TableModel): string {
  const table = canonicaliseTable(declared)
  requireFreeName(table.ref.name)
  if (table.comment !== undefined) {
    unsupported(
      `comment on table ${table.ref.name}`,
      'SQLite stores no comments',
      'Record the comment with op.on() for the others.',
    )
  }
  requireIdentity(table)
  if (table.options.withoutRowid === true && !table.constraints.some(({ kind }) => kind === 'primaryKey'))
    unsupported(`table ${table.ref.name} without a primary key`, 'it is a WITHOUT ROWID table, which needs one')
  const key = inlineKey(table)
  if (key) refuseDeferrable(key)
  const strict = table.options.strict === true
  const lines = [
    ...table.columns.map((column) =>
      columnText(withoutConstraints(column), { strict, ...(key?.columns[0] === column.name && { primaryKey: key }) }),
    ),
    ...table.constraints.filter((constraint) => constraint !== key).map(constraintText),
  ]
  const options = optionText(table.options)
  const body = join(lines, ',\n  ')
  const create = `CREATE TABLE ${tableName(table.ref).text} (\n  ${body.text}\n)`
  return options.length === 0 ? create : `${create} ${join(options).text}`
}

function elementText(index: IndexModel, element: IndexElement): SqlFragment {
  const subject = `index ${index.name}`
  if (element.operatorClass !== undefined) unsupported(subject, 'SQLite has no operator classes')
  if (element.prefixLength !== undefined) unsupported(subject, 'SQLite indexes whole columns, not prefixes')
  // SQLite puts NULLs first in ascending order, and its indexes take no NULLS FIRST or LAST ("unsupported use of").
  const natural = element.order === 'desc' ? 'last' : 'first'
  if (element.nulls !== undefined && element.nulls !== natural) {
    unsupported(
      subject,
      `SQLite keeps NULLs ${natural} in ${element.order === 'desc' ? 'descending' : 'ascending'} indexes`,
    )
  }
  return joinWithSpaces(
    element.column === undefined ? enclosed(element.expression ?? '') : identifier(element.column),
    element.collation !== undefined && sql`COLLATE ${identifier(element.collation)}`,
    element.order === 'desc' && verbatim('DESC'),
  )
}

/** CREATE INDEX, in the form in which SQLite keeps it. Throws UNSUPPORTED for what SQLite's indexes have not. */
export function createIndexText(table: TableRef, index: IndexModel): string {
  const subject = `index ${index.name}`
  requireFreeName(index.name)
  // The default method of the others is what every index of SQLite is.
  if (index.method !== undefined && index.method.toLowerCase() !== 'btree') {
    unsupported(subject, `SQLite has no ${index.method} indexes`)
  }
  if (index.include !== undefined && index.include.length > 0) unsupported(subject, 'SQLite has no INCLUDE columns')
  if (index.nullsNotDistinct) unsupported(subject, 'SQLite has no NULLS NOT DISTINCT')
  if (index.comment !== undefined) unsupported(`comment on ${subject}`, 'SQLite stores no comments')
  const elements = join(index.elements.map((element) => elementText(index, element)))
  return joinWithSpaces(
    verbatim(index.unique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX'),
    identifier(index.name),
    sql`ON ${tableName(table)} (${elements})`,
    index.where !== undefined && verbatim(`WHERE ${index.where}`),
  ).text
}

/** CREATE VIEW. Throws UNSUPPORTED for a materialised one and for options. */
export function createViewText(view: ViewModel): string {
  if (view.materialized) unsupported(`view ${view.ref.name}`, 'SQLite has no materialised views')
  if (Object.keys(view.options ?? {})[0]) unsupported(`options of view ${view.ref.name}`, 'SQLite has none')
  const head = sql`CREATE VIEW ${tableName(view.ref)}`
  return joinWithSpaces(head, view.columns && sql`(${names(view.columns)})`, verbatim(`AS ${view.definition}`)).text
}

/** CREATE TRIGGER: the author's text. */
export const createTriggerText = ({ definition }: TriggerModel): string => definition
