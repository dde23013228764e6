import {
  type ColumnModel,
  type ColumnType,
  type ConstraintKind,
  type ConstraintModel,
  type ConstraintOf,
  closed,
  type DefaultValue,
  type Deferrable,
  type DialectTypes,
  enclosed,
  type Identity,
  join,
  joinWithSpaces,
  MigrateError,
  type ReferentialAction,
  type SqlFragment,
  sql,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { unsupported } from '../../sql/unsupported.ts'
import type { Features } from '../../sql/version.ts'
import { canonicaliseColumn, isCollatable, typeText } from '../../types/canonicalise.ts'
import { enumCheckName, enumValues } from '../../types/enum-check.ts'
import { toSql } from '../../types/types.ts'
import { storageParameters } from '../options.ts'
import { identityOptions, requireIdentityColumn } from './identity-options.ts'

export function names(columns: readonly string[]): SqlFragment {
  return sql`(${join(columns.map(quote.identifier))})`
}

/** A collation by its name; one that stands in another schema is given as `"schema"."name"`, quoted already. */
export function collate(collation: string): SqlFragment {
  const quoted = /^"(?:[^"]|"")+"\."(?:[^"]|"")+"$/.test(collation)
  return sql`COLLATE ${quoted ? verbatim(collation) : quote.identifier(collation)}`
}

/**
 * A foreign key compares by the collation of what it refers to; a query compares no two collations that columns state (42P22):
 * https://www.postgresql.org/docs/current/collation.html#COLLATION-CONCEPTS
 */
export const collatedAs: NonNullable<DialectTypes['collatedAs']> = (value, { column: own }, { column: other }) => {
  if (own.collation === undefined || own.collation === other.collation || !isCollatable(other.type)) return value
  return sql`${value} ${collate(other.collation ?? 'default')}`
}

/** A default's value; `column` is canonicalised. */
export function defaultValue(value: DefaultValue): SqlFragment {
  // The server keeps which of its words for it was written, and drizzle-kit and others compare the text: most write this one.
  if (value.kind === 'now') return sql`now()`
  return value.kind === 'literal' ? quote.literal(value.value) : enclosed(value.sql)
}

/** `GENERATED … AS IDENTITY`, with how it counts. */
export function identityText({ mode, sequence, ...counting }: Identity, column: string): SqlFragment {
  // As pg_dump writes it.
  const name = typeof sequence !== 'string' ? [] : [sql`SEQUENCE NAME ${quote.identifier(sequence)}`]
  const options = join([...name, ...identityOptions(counting, column)], ' ')
  return joinWithSpaces(
    sql`GENERATED ${mode === 'always' ? sql`ALWAYS` : sql`BY DEFAULT`} AS IDENTITY`,
    options.text !== '' && sql`(${options})`,
  )
}

function generatedText(
  generated: NonNullable<ColumnModel['generated']>,
  name: string,
  features: Features,
): SqlFragment {
  if (!generated.stored && !features.virtualColumns) {
    unsupported(`the virtual generated column ${name}`, 'PostgreSQL has them from version 18', 'Make it `stored`.')
  }
  const kind = generated.stored ? sql`STORED` : sql`VIRTUAL`
  return sql`GENERATED ALWAYS AS ${enclosed(generated.expression)} ${kind}`
}

export function isOneOf(column: string, values: readonly string[]): SqlFragment {
  return sql`${quote.identifier(column)} IN (${join(values.map((value) => quote.literal(value)))})`
}

/** The CHECK that holds the values of an enum without a type of its own. */
export function enumCheck(table: TableRef, column: string, values: readonly string[]): SqlFragment {
  const name = quote.identifier(enumCheckName(table.name, column))
  return sql`CONSTRAINT ${name} CHECK (${isOneOf(column, values)})`
}

export function requireNoOnUpdate({ name, onUpdate }: ColumnModel): void {
  if (onUpdate === undefined) return
  const remedy = 'Write a trigger for it, or say it with op.on().'
  unsupported(`ON UPDATE of column ${name}`, 'PostgreSQL has no such columns', remedy)
}

/** https://www.postgresql.org/docs/current/datatype-character.html */
const maxLength = 10_485_760
/** https://www.postgresql.org/docs/current/datatype-numeric.html; before version 15 the scale is from zero to the precision. */
const maxDigits = 1000
/** https://www.postgresql.org/docs/current/datatype-datetime.html: what is more is cut to it, with a warning. */
const maxFraction = 6

const range = (from: number, to: number, what: string, value = to): string | undefined =>
  value >= from && value <= to ? undefined : `${what} is ${from} to ${to}`

function whyNotSize(type: ColumnType, { anyScale }: Features): string | undefined {
  if (type.kind === 'varchar' || type.kind === 'char') return range(1, maxLength, 'its length', type.length)
  if (type.kind === 'time' || type.kind === 'timestamp') return range(0, maxFraction, 'its precision', type.precision)
  if (type.kind !== 'decimal') return undefined
  const { precision = maxDigits, scale = 0 } = type
  const [from, to] = anyScale ? [-maxDigits, maxDigits] : [0, precision]
  const inOrder = `its scale, which comes behind the number of all digits as in decimal(10, 2),${anyScale ? '' : ' before version 15'}`
  return range(1, maxDigits, 'the number of its digits', precision) ?? range(from, to, inOrder, scale)
}

/** Refuses a type that the server refuses in the middle of a run, or makes another one of. */
export function requireSize({ name, type }: ColumnModel, features: Features): void {
  const why = whyNotSize(type, features)
  if (why !== undefined) unsupported(`the type ${toSql(type)} of column ${name}`, why)
}

/** https://www.postgresql.org/docs/current/ddl-system-columns.html: quoting does not free these names. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])

/** The name that a column gets. Throws INVALID_NAME for that of a system column. */
export function newColumnName(table: TableRef, name: string): SqlFragment {
  if (!systemColumns.has(name)) return quote.identifier(name)
  const why = 'is reserved: every table of PostgreSQL has a system column of this name'
  throw new MigrateError('INVALID_NAME', { name, why }, `the column name ${table.name}.${name} ${why}`)
}

/** A column as CREATE TABLE and ADD COLUMN say it. */
export function columnDefinition(table: TableRef, declared: ColumnModel, features: Features): SqlFragment {
  const column = canonicaliseColumn(declared)
  const values = enumValues(column.type)
  requireNoOnUpdate(column)
  requireSize(column, features)
  requireIdentityColumn(table, column)
  return joinWithSpaces(
    newColumnName(table, column.name),
    verbatim(typeText(table, declared)),
    column.collation !== undefined && collate(column.collation),
    column.default !== undefined && sql`DEFAULT ${defaultValue(column.default)}`,
    column.generated !== undefined && generatedText(column.generated, column.name, features),
    column.identity !== undefined && identityText(column.identity, column.name),
    !column.nullable && sql`NOT NULL`,
    values !== undefined && enumCheck(table, column.name, values),
  )
}

const actions: { readonly [A in ReferentialAction]: SqlFragment } = {
  noAction: sql`NO ACTION`,
  restrict: sql`RESTRICT`,
  cascade: sql`CASCADE`,
  setNull: sql`SET NULL`,
  setDefault: sql`SET DEFAULT`,
}

const deferrables: { readonly [D in Deferrable]: SqlFragment } = {
  immediate: sql`DEFERRABLE INITIALLY IMMEDIATE`,
  deferred: sql`DEFERRABLE INITIALLY DEFERRED`,
}

function nullsNotDistinct(features: Features, what: string): SqlFragment {
  if (!features.nullsNotDistinct) unsupported(what, 'PostgreSQL has NULLS NOT DISTINCT from version 15')
  return sql`NULLS NOT DISTINCT`
}

/** What stands behind the columns of a key. */
function keyIndex({ include = [], options = {} }: Pick<ConstraintOf<'unique'>, 'include' | 'options'>) {
  const parameters = Object.entries(options)
  return [
    include.length > 0 && sql`INCLUDE ${names(include)}`,
    parameters.length > 0 && sql`WITH (${storageParameters(parameters)})`,
  ]
}

type Bodies = { readonly [K in ConstraintKind]: (constraint: ConstraintOf<K>, features: Features) => SqlFragment }

const bodies: Bodies = {
  primaryKey: (constraint) => joinWithSpaces(sql`PRIMARY KEY ${names(constraint.columns)}`, ...keyIndex(constraint)),
  unique: (constraint, features) =>
    joinWithSpaces(
      sql`UNIQUE`,
      constraint.nullsNotDistinct && nullsNotDistinct(features, `unique (${constraint.columns.join(', ')})`),
      names(constraint.columns),
      ...keyIndex(constraint),
    ),
  check: ({ expression, noInherit }) =>
    joinWithSpaces(sql`CHECK ${enclosed(expression)}`, noInherit && sql`NO INHERIT`),
  foreignKey({ columns, references, onDelete, onDeleteColumns, onUpdate, match }) {
    if (match === 'partial') unsupported(`foreign key (${columns.join(', ')})`, 'PostgreSQL has no MATCH PARTIAL')
    return joinWithSpaces(
      sql`FOREIGN KEY ${names(columns)} REFERENCES ${quote.table(references.table)}`,
      references.columns.length > 0 && names(references.columns),
      match === 'full' && sql`MATCH FULL`,
      onDelete !== undefined && onDelete !== 'noAction' && sql`ON DELETE ${actions[onDelete]}`,
      onDeleteColumns !== undefined && onDeleteColumns.length > 0 && names(onDeleteColumns),
      onUpdate !== undefined && onUpdate !== 'noAction' && sql`ON UPDATE ${actions[onUpdate]}`,
    )
  },
  exclude: ({ method = 'gist', elements, where, ...rest }) =>
    joinWithSpaces(
      sql`EXCLUDE USING ${quote.identifier(method)}`,
      sql`(${join(elements.map(({ expression, operator }) => sql`${closed(expression)} WITH ${verbatim(operator)}`))})`,
      ...keyIndex(rest),
      where !== undefined && sql`WHERE ${enclosed(where)}`,
    ),
}

/** A constraint as CREATE TABLE and ADD say it, but for NOT VALID, which only ADD takes. */
export function constraintDefinition(constraint: ConstraintModel, features: Features): SqlFragment {
  return joinWithSpaces(
    constraint.name !== undefined && sql`CONSTRAINT ${quote.identifier(constraint.name)}`,
    (bodies[constraint.kind] as (of: ConstraintModel, features: Features) => SqlFragment)(constraint, features),
    'deferrable' in constraint && constraint.deferrable !== undefined && deferrables[constraint.deferrable],
  )
}

export { nullsNotDistinct }
