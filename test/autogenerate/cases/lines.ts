import type { Change, RenameCandidate } from '@org/migrate-autogenerate'
import {
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  canonicalJson,
  type DefaultValue,
  type IndexElement,
  type IndexModel,
  type Operation,
  type OperationKind,
  type OperationOf,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'

/*
 * A change as one line, which is what cases expect. Nothing that an operation says is left out: what has no words here is JSON at the
 * end of the line.
 */

/** What is left of an object; nothing where that is nothing. */
function rest(members: object): string {
  const left = Object.entries(members).filter(([, value]) => value !== undefined)
  return left.length === 0 ? '' : ` ${canonicalJson(Object.fromEntries(left))}`
}

export const refText = ({ schema, name }: TableRef): string => (schema === undefined ? name : `${schema}.${name}`)
const list = (parts: readonly string[]): string => `(${parts.join(', ')})`
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const sized = (name: string, ...sizes: readonly (number | undefined)[]): string => {
  const given = sizes.filter((size) => size !== undefined)
  return given.length === 0 ? name : `${name}${list(given.map(String))}`
}

const types: { readonly [K in ColumnType['kind']]: (type: Extract<ColumnType, { kind: K }>) => string } = {
  integer: ({ bits }) => ({ 16: 'smallint', 32: 'integer', 64: 'bigint' })[bits],
  decimal: ({ precision, scale }) => sized('decimal', precision, scale),
  real: () => 'real',
  double: () => 'double',
  text: () => 'text',
  varchar: ({ length }) => sized('varchar', length),
  char: ({ length }) => sized('char', length),
  date: () => 'date',
  time: ({ precision }) => sized('time', precision),
  timestamp: ({ withTimezone, precision }) => sized(withTimezone ? 'timestamptz' : 'timestamp', precision),
  boolean: () => 'boolean',
  json: () => 'json',
  uuid: () => 'uuid',
  bytes: ({ length }) => sized('bytes', length),
  enum: ({ name, schema, values }) =>
    `enum ${name === undefined ? '' : `${refText({ name, ...(schema === undefined ? {} : { schema }) })} `}${list(values.map(quoted))}`,
  native: ({ sql }) => `native ${sql}`,
}

const typeText = (type: ColumnType): string => (types[type.kind] as (type: ColumnType) => string)(type)

function defaultText(value: DefaultValue): string {
  if (value.kind === 'now') return 'now'
  if (value.kind === 'expression') return `(${value.sql})`
  return typeof value.value === 'string' ? quoted(value.value) : String(value.value)
}

type Generated = NonNullable<ColumnModel['generated']>
const generatedText = ({ expression, stored }: Generated): string =>
  `as (${expression}) ${stored ? 'stored' : 'virtual'}`

const identityText = ({ mode, ...how }: NonNullable<ColumnModel['identity']>): string => `identity ${mode}${rest(how)}`

function columnText({ name, type, nullable, default: value, generated, identity, ...more }: ColumnModel): string {
  return [
    `${name} ${typeText(type)}`,
    ...(nullable ? [] : ['not null']),
    ...(value === undefined ? [] : [`default ${defaultText(value)}`]),
    ...(generated === undefined ? [] : [generatedText(generated)]),
    ...(identity === undefined ? [] : [identityText(identity)]),
  ]
    .join(' ')
    .concat(rest(more))
}

type ForeignKey = Extract<ConstraintModel, { kind: 'foreignKey' }>

function foreignKeyText({ columns, references, onDelete, onUpdate, ...more }: Omit<ForeignKey, 'kind' | 'name'>) {
  return [
    `${list(columns)} -> ${refText(references.table)} ${list(references.columns)}`,
    ...(onDelete === undefined ? [] : [`on delete ${onDelete}`]),
    ...(onUpdate === undefined ? [] : [`on update ${onUpdate}`]),
  ]
    .join(' ')
    .concat(rest(more))
}

const kindText = (kind: ConstraintModel['kind']): string =>
  kind === 'primaryKey' ? 'primary key' : kind === 'foreignKey' ? 'foreign key' : kind

function constraintText(constraint: ConstraintModel): string {
  const { kind, name, ...facts } = constraint
  const called = name === undefined ? '' : ` ${name}`
  if (constraint.kind === 'check') {
    const { kind: _, name: __, expression, ...more } = constraint
    return `check${called} (${expression})${rest(more)}`
  }
  if (constraint.kind === 'foreignKey') {
    const { kind: _, name: __, ...key } = constraint
    return `foreign key${called} ${foreignKeyText(key)}`
  }
  if (constraint.kind === 'exclude') return `exclude${called}${rest(facts)}`
  const { kind: _, name: __, columns, ...more } = constraint
  return `${kindText(kind)}${called} ${list(columns)}${rest(more)}`
}

function elementText({ column, expression, prefixLength, order, nulls, ...more }: IndexElement): string {
  return [
    column === undefined ? `(${expression})` : column,
    ...(prefixLength === undefined ? [] : [`first ${prefixLength}`]),
    ...(order === undefined ? [] : [order]),
    ...(nulls === undefined ? [] : [`nulls ${nulls}`]),
  ]
    .join(' ')
    .concat(rest(more))
}

const indexText = ({ name, unique, elements, where, ...more }: IndexModel): string =>
  `${unique ? 'unique index' : 'index'} ${name} ${list(elements.map(elementText))}${where === undefined ? '' : ` where ${where}`}${rest(more)}`

function tableText({ ref, columns, constraints, indexes, options, ...more }: TableModel): string {
  const parts = [...columns.map(columnText), ...constraints.map(constraintText), ...indexes.map(indexText)]
  return `${refText(ref)}: ${parts.join('; ')}${rest(options)}${rest(more)}`
}

function columnChange(change: OperationOf<'alterColumn'>['change']): string {
  const { type, nullable, default: value, generated, identity, ...more } = change
  return [
    ...(type === undefined ? [] : [`type ${typeText(type)}`]),
    ...(nullable === undefined ? [] : [nullable ? 'null' : 'not null']),
    ...(value === undefined ? [] : [value === null ? 'no default' : `default ${defaultText(value)}`]),
    ...(generated === undefined ? [] : [generated === null ? 'not generated' : generatedText(generated)]),
    ...(identity === undefined ? [] : [identity === null ? 'no identity' : identityText(identity)]),
  ]
    .join(', ')
    .concat(rest(more))
    .trim()
}

function selectorText(selector: OperationOf<'dropConstraint'>['constraint']): string {
  if (!('name' in selector)) return `${kindText(selector.kind)}${rest({ ...selector, kind: undefined })}`
  const { name, kind, ...more } = selector
  return `${kind === undefined ? '' : `${kindText(kind)} `}${name}${rest(more)}`
}

type Lines = { readonly [K in OperationKind]?: (operation: Omit<OperationOf<K>, 'kind'>) => string }

const lines: Lines = {
  createTable: ({ table, ...more }) => `create table ${tableText(table)}${rest(more)}`,
  dropTable: ({ table, ...more }) => `drop table ${refText(table)}${rest(more)}`,
  renameTable: ({ table, to, ...more }) => `rename table ${refText(table)} to ${to}${rest(more)}`,
  alterTableOptions: ({ table, options }) => `options ${refText(table)}:${rest(options)}`,
  addColumn: ({ table, column, ...more }) => `add column ${refText(table)}.${columnText(column)}${rest(more)}`,
  dropColumn: ({ table, column, ...more }) => `drop column ${refText(table)}.${column}${rest(more)}`,
  alterColumn: ({ table, column, change, using, ...more }) =>
    `alter column ${refText(table)}.${column}: ${columnChange(change)}${using === undefined ? '' : ` using ${String(using)}`}${rest(more)}`,
  renameColumn: ({ table, column, to, ...more }) => `rename column ${refText(table)}.${column} to ${to}${rest(more)}`,
  addConstraint: ({ table, constraint, ...more }) =>
    `add to ${refText(table)}: ${constraintText(constraint)}${rest(more)}`,
  dropConstraint: ({ table, constraint, ...more }) =>
    `drop from ${refText(table)}: ${selectorText(constraint)}${rest(more)}`,
  renameConstraint: ({ table, constraint, to }) => `rename constraint ${refText(table)}.${constraint} to ${to}`,
  createIndex: ({ table, index, ...more }) => `create on ${refText(table)}: ${indexText(index)}${rest(more)}`,
  dropIndex: ({ table, index, ...more }) => `drop index ${refText(table)}.${index}${rest(more)}`,
  renameIndex: ({ table, index, to }) => `rename index ${refText(table)}.${index} to ${to}`,
  createSchema: ({ schema, ...more }) => `create schema ${schema}${rest(more)}`,
  dropSchema: ({ schema, ...more }) => `drop schema ${schema}${rest(more)}`,
  setSchema: ({ object, ref, schema }) => `move ${object} ${refText(ref)} to ${schema ?? 'the own schema'}`,
  createEnum: ({ enum: { ref, values, ...type }, ...more }) =>
    `create enum ${refText(ref)} ${list(values.map(quoted))}${rest(type)}${rest(more)}`,
  renameEnum: ({ enum: ref, to }) => `rename enum ${refText(ref)} to ${to}`,
  dropEnum: ({ enum: ref, ...more }) => `drop enum ${refText(ref)}${rest(more)}`,
  alterEnum: ({ enum: ref, ...change }) => `alter enum ${refText(ref)}:${rest(change)}`,
  createView: ({ view: { ref, definition, materialized, ...view }, ...more }) =>
    `create ${materialized ? 'materialized ' : ''}view ${refText(ref)}: ${definition}${rest(view)}${rest(more)}`,
  replaceView: ({ view: { ref, definition, materialized, ...view }, ...more }) =>
    `replace ${materialized ? 'materialized ' : ''}view ${refText(ref)}: ${definition}${rest(view)}${rest(more)}`,
  dropView: ({ view, ...more }) => `drop view ${refText(view)}${rest(more)}`,
  createSequence: ({ sequence: { ref, ...sequence }, ...more }) =>
    `create sequence ${refText(ref)}${rest(sequence)}${rest(more)}`,
  alterSequence: ({ sequence, change }) => `alter sequence ${refText(sequence)}:${rest(change)}`,
  dropSequence: ({ sequence, ...more }) => `drop sequence ${refText(sequence)}${rest(more)}`,
  setComment: ({ on: { table, column, index }, comment }) =>
    `comment ${[refText(table), column ?? index].filter((part) => part !== undefined).join('.')}: ${comment === null ? 'none' : quoted(comment)}`,
  expectNone: ({ what, query }) => `expect no ${what}: ${String(query)}`,
}

function operationText(operation: Operation): string {
  const line = lines[operation.kind] as ((operation: Operation) => string) | undefined
  const { kind, ...facts } = operation
  return line === undefined ? `${kind}${rest(facts)}` : line(facts as Operation)
}

/** One change of a comparison. */
export function changeLine(change: Change): string {
  if (change.kind === 'fill') {
    const { kind: _, table, column, where, key, value, why, isNew: _new, renamedTo: _now, sources, ...more } = change
    const rows = where.kind === 'null' ? 'where null' : `where ${quoted(where.value)}`
    return `fill ${refText(table)}.${column} ${rows} with ${value ?? '?'}${key === undefined ? '' : ` by ${list(key)}`}: ${why}${rest(sources?.length === 0 ? more : { sources, ...more })}`
  }
  const { kind: _, operation, loses, note, replacements, ...more } = change
  return [
    operationText(operation),
    ...(loses === undefined ? [] : [`loses ${loses}`]),
    ...(note === undefined ? [] : [`note: ${note}`]),
    ...(replacements === undefined || replacements.length === 0 ? [] : [`asks for ${list(replacements)}`]),
  ]
    .join(' -- ')
    .concat(rest(more))
}

export const candidateLine = ({ kind, from, to }: RenameCandidate): string => `${kind} ${from} -> ${to}`
