import {
  holding,
  isAnything,
  isFlag,
  isList,
  isNumber,
  isRecord,
  isText,
  isTextOrTexts,
  isTextRecord,
  isTexts,
  listOf,
  type OptionCheck,
  type OptionChecks,
  oneOf,
  optional,
  requireArguments,
  requireOptions,
  shaped,
  withMember,
} from '../errors/option-check.ts'
import type { ColumnType, DialectName } from '../model/column-type.ts'
import { deepFreeze } from '../model/deep-freeze.ts'
import { isTableName } from './argument-checks.ts'
import { isClientDefault } from './client.ts'
import type { Typed } from './column.ts'
import type { ColumnFacts, ColumnRecord, DeclaredColumn, DeclaredTable, TableExtras } from './declared-table.ts'
import type { ClientOptions, ColumnOptions } from './inputs.ts'
import { tableModel } from './to-model.ts'

/** An object with these members, and no others: what is misspelled would be lost. */
const exactly =
  (required: { readonly [name: string]: OptionCheck }, more: { readonly [name: string]: OptionCheck }): OptionCheck =>
  (value) =>
    holding(required)(value) ?? shaped({ ...required, ...more })(value)

const isStart: OptionCheck = (value) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? undefined : isNumber(value)
const isBound: OptionCheck = (value) => (value === null ? undefined : isText(value))
const isIdentity = exactly(
  { mode: oneOf('always', 'byDefault', 'autoIncrement') },
  {
    ...{ start: isStart, increment: isNumber, minValue: isText, maxValue: isText, cache: isNumber, cycle: isFlag },
    sequence: isBound,
  },
)

const isGeneratedAs = shaped({ as: isAnything, stored: isFlag })
const isGenerated: OptionCheck = (value) =>
  isRecord(value) ?? ('as' in (value as object) ? isGeneratedAs(value) : undefined)

const columnChecks: OptionChecks<ColumnOptions & ClientOptions> = {
  nullable: isFlag,
  // What is no default or no expression has INVALID_OPERATION, which names the column.
  default: isAnything,
  generated: isGenerated,
  identity: isIdentity,
  onUpdate: oneOf('now'),
  collation: isText,
  comment: isText,
  native: isTextRecord,
  clientDefault: isClientDefault,
  holds: oneOf('json'),
}
const isAction = optional(oneOf('noAction', 'restrict', 'cascade', 'setNull', 'setDefault'))
const ofConstraint = { name: isText, deferrable: oneOf('immediate', 'deferred') }
const isPrimaryKey = exactly({ columns: isTexts }, ofConstraint)
const isUnique = exactly({ columns: isTexts }, { ...ofConstraint, nullsNotDistinct: oneOf(true) })
const isForeignKey = exactly(
  { columns: isTexts, references: exactly({ table: isTableName, columns: isTexts }, {}) },
  {
    ...ofConstraint,
    ...{ onDelete: isAction, onUpdate: isAction, match: oneOf('simple', 'full', 'partial'), notValid: oneOf(true) },
  },
)
// What is no expression has INVALID_OPERATION, which names what it is of.
const isCheck = shaped({ name: isText, expression: isAnything })
const isPolicy = shaped({
  ...{ name: isText, as: isAnything, for: isAnything, to: isTextOrTexts, using: isAnything, withCheck: isAnything },
})
const extraChecks: OptionChecks<TableExtras> = {
  schema: isText,
  primaryKey: (value) => (isRecord(value) === undefined ? isPrimaryKey(value) : isTexts(value)),
  uniques: listOf(isUnique),
  indexes: listOf(holding({ name: isText, columns: isList })),
  foreignKeys: listOf(isForeignKey),
  checks: listOf(isCheck),
  options: isRecord,
  comment: isText,
  rowSecurity: shaped({ enabled: isFlag, forced: isFlag }),
  policies: listOf(isPolicy),
}
const isColumn: OptionCheck = (value) => {
  const { type, options } = (isRecord(value) === undefined ? value : {}) as Partial<DeclaredColumn>
  return isRecord(type) === undefined && isRecord(options) === undefined ? undefined : 'each is made by column(…)'
}
const isColumns: OptionCheck = (value) =>
  isRecord(value) ??
  Object.values(value as object)
    .map(isColumn)
    .find((why) => why !== undefined)

const columnArguments = { type: withMember('a column type, such as text() or integer(),', 'kind') }
const tableArguments = { name: isText, columns: isColumns }

/** A native type is of its own dialect, and of those that `native` names. */
type DialectsOf<C extends ColumnType, O> = C extends {
  readonly kind: 'native'
  readonly dialect: infer D extends DialectName
}
  ? D | (O extends { readonly native: infer N } ? keyof N & DialectName : never)
  : DialectName

/** The facts that follow from a column's type and options. */
export interface FactsOf<T, O, C extends ColumnType = ColumnType> extends ColumnFacts {
  readonly value: T
  readonly nullable: O extends { readonly nullable: false } ? false : true
  readonly hasDefault: O extends
    | { readonly default: string | number | boolean | object }
    | { readonly identity: object }
    | { readonly generated: object }
    | { readonly clientDefault: object }
    ? true
    : false
  readonly generated: O extends { readonly generated: object } | { readonly identity: { readonly mode: 'always' } }
    ? true
    : false
  readonly dialects: DialectsOf<C, O>
}

/**
 * A column of a declared table. It is nullable unless `nullable: false` is said, as in SQL.
 *
 * ```ts
 * column(varchar(255), { nullable: false })
 * column(boolean(), { nullable: false, default: true, native: { sqlite: 'INTEGER' } })
 * ```
 */
export function column<
  T,
  const O extends ColumnOptions & ClientOptions = Record<never, never>,
  C extends ColumnType = ColumnType,
>(type: Typed<T, C>, options?: O): DeclaredColumn<FactsOf<T, O, C>> {
  requireArguments('column', { type }, columnArguments)
  const given: ColumnOptions & ClientOptions = options ?? {}
  const { clientDefault, holds, ...databaseOptions } = requireOptions('column', given, columnChecks)
  const own = {
    ...(clientDefault === undefined ? {} : { clientDefault }),
    ...(holds === undefined ? {} : { holds }),
  }
  const declared = Object.freeze({ type, options: deepFreeze(databaseOptions) })
  return clientDefault === undefined && holds === undefined
    ? declared
    : Object.freeze({ ...declared, client: Object.freeze(own) })
}

/**
 * Declares a table once, for every database. The value goes into `op.createTable(declared)`, into comparisons through
 * `declared.model`, and into a dialect's `toDrizzle(declared)`.
 *
 * Throws INVALID_NAME for a name that no database takes, INVALID_OPERATION for a constraint or index over a column that
 * is not there.
 *
 * ```ts
 * export const accounts = table(
 *   'accounts',
 *   { id: column(text(), { nullable: false }), email: column(varchar(255), { nullable: false }), seen: column(bigint()) },
 *   { primaryKey: ['id'], indexes: [{ name: 'accounts_email', columns: ['email'], unique: true }] },
 * )
 * ```
 */
export function table<const N extends string, const C extends ColumnRecord>(
  name: N,
  columns: C,
  extras: TableExtras<keyof C & string> = {},
): DeclaredTable<N, C> {
  requireArguments('table', { name, columns }, tableArguments)
  requireOptions(`table ${name}`, extras, extraChecks)
  return Object.freeze({ name, columns: Object.freeze({ ...columns }), model: tableModel(name, columns, extras) })
}

type FactsIn<C extends DeclaredColumn> = C extends DeclaredColumn<infer F> ? F : never
type Flat<T> = { [K in keyof T]: T[K] }
type ValueOf<F extends ColumnFacts> = F['nullable'] extends false ? F['value'] : F['value'] | null

type RequiredKeys<C extends ColumnRecord> = {
  [K in keyof C]: FactsIn<C[K]> extends { readonly generated: true }
    ? never
    : FactsIn<C[K]> extends { readonly nullable: false; readonly hasDefault: false }
      ? K
      : never
}[keyof C]
type GeneratedKeys<C extends ColumnRecord> = {
  [K in keyof C]: FactsIn<C[K]> extends { readonly generated: true } ? K : never
}[keyof C]

/** The facts of each column: the one mapped type that the row types of every dialect are computed from. */
export type TableFacts<T extends DeclaredTable> = {
  -readonly [K in keyof T['columns'] & string]: FactsIn<T['columns'][K]>
}

/** A row as a query gives it. */
export type RowOf<T extends DeclaredTable> = Flat<{
  -readonly [K in keyof T['columns'] & string]: ValueOf<FactsIn<T['columns'][K]>>
}>

/** A row as an insert takes it: what is nullable or has a default may be left out, what is generated must be. */
export type InsertOf<T extends DeclaredTable> = Flat<
  { -readonly [K in RequiredKeys<T['columns']> & string]: ValueOf<FactsIn<T['columns'][K]>> } & {
    -readonly [K in Exclude<keyof T['columns'] & string, RequiredKeys<T['columns']> | GeneratedKeys<T['columns']>>]?:
      | ValueOf<FactsIn<T['columns'][K]>>
      | undefined
  }
>
