import {
  type ColumnModel,
  type ConstraintModel,
  type ConstraintOf,
  type DeclaredTable,
  type IndexElement,
  type IndexModel,
  isFunction,
  isRecord,
  MigrateError,
  type OptionChecks,
  present,
  type ReferentialAction,
  requireArguments,
  requireOptions,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { clientDefaultOf, isDeclaredTable, uniqueKeyOf, withDeclaredModel } from '@org/migrate-core/internal'
import { type ColumnPlan, planOf } from './column-plan.ts'
import { type Codecs, type ColumnCodec, codecOf, isJsonCodec, type JsonCodec, jsonColumn, plainJson } from './values.ts'

interface MakeOptions {
  readonly json?: JsonCodec
  readonly codecs?: { readonly [column: string]: ColumnCodec | undefined }
  readonly references?: (ref: TableRef) => object | undefined
}

export interface MakeAllOptions<R extends { readonly [key: string]: DeclaredTable }> {
  readonly json?: JsonCodec
  readonly codecs?: { readonly [K in keyof R]?: { readonly [C in keyof R[K]['columns'] & string]?: ColumnCodec } }
}

export interface MakeOneOptions<T extends DeclaredTable, Table> {
  /** How JSON columns are read and written. Default: JSON.parse and JSON.stringify. */
  readonly json?: JsonCodec
  /** How single columns are read and written instead. */
  readonly codecs?: { readonly [K in keyof T['columns'] & string]?: ColumnCodec }
  /** The Drizzle table that a foreign key points to; without it the reference gets a table of its own that has the key only. */
  readonly references?: (ref: TableRef) => Table | undefined
}

const allChecks: OptionChecks<MakeAllOptions<{ readonly [key: string]: DeclaredTable }>> = {
  json: isJsonCodec,
  codecs: isRecord,
}
const oneChecks: OptionChecks<MakeOneOptions<DeclaredTable, object>> = { ...allChecks, references: isFunction }

export const drizzleActions = {
  noAction: 'no action',
  restrict: 'restrict',
  cascade: 'cascade',
  setNull: 'set null',
  setDefault: 'set default',
} as const satisfies { readonly [A in ReferentialAction]: string }

interface KeyParts<Column> {
  readonly name?: string
  readonly columns: readonly Column[]
}

type ReferenceParts<Column> = KeyParts<Column> & { readonly foreignColumns: readonly Column[] }
type DrizzleAction = (typeof drizzleActions)[ReferentialAction]
type ReferenceActions = Readonly<Record<'onUpdate' | 'onDelete', DrizzleAction | undefined>>

/** The words that a dialect's part of Drizzle has for the parts of a table. Throws UNSUPPORTED for what it has none for. */
export interface TableFactory<Column, Builder, Part> {
  readonly dialect: string
  readonly codecs: Partial<Codecs>
  literal(value: string | number | boolean | null): string
  /** CURRENT_TIMESTAMP as a default of that column. */
  now(column: ColumnModel): string
  column(plan: ColumnPlan): Builder
  table(
    ref: TableRef,
    builders: { readonly [name: string]: Builder },
    parts: (columns: object) => readonly Part[],
  ): object
  primaryKey(key: KeyParts<Column>): Part
  unique(constraint: ConstraintOf<'unique'>, columns: readonly Column[]): Part
  check(name: string, expression: string): Part
  foreignKey(parts: () => ReferenceParts<Column>, actions: ReferenceActions): Part
  /** `column` finds a column of the table by its name. */
  index(index: IndexModel, column: (name: string) => Column): Part
}

/** The elements of an index: a column where it says no more than that, else its text. */
export function indexElements<C, S>(
  dialect: string,
  { name, elements }: IndexModel,
  column: (name: string) => C,
  text: (element: IndexElement) => S,
): [C | S, ...(C | S)[]] {
  const plain = (element: IndexElement): boolean => Object.keys(element).length === 1
  const [first, ...rest] = elements.map((element) =>
    element.column !== undefined && plain(element) ? column(element.column) : text(element),
  )
  if (first === undefined) throw notExpressible(dialect, `index ${name}`, 'it is over nothing')
  return [first, ...rest]
}

/** The error for what Drizzle, or the server, has no words for. */
export function notExpressible(dialect: string, operation: string, why: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect, operation, why }, `${operation}: ${why}.`)
}

function defaultText<C, B, P>(column: ColumnModel, factory: TableFactory<C, B, P>): string | undefined {
  const { default: value } = column
  if (value === undefined) return undefined
  if (value.kind === 'literal') return factory.literal(value.value)
  return value.kind === 'now' ? factory.now(column) : `(${value.sql})`
}

/** AUTOINCREMENT of SQLite stands in a column's own PRIMARY KEY only, and a key's name in a table's only. */
function ownKey(model: TableModel): string | undefined {
  const key = model.constraints.find((one) => one.kind === 'primaryKey')
  return key?.columns.length === 1 && key.name === undefined ? key.columns[0] : undefined
}

function columnIn<C>(columns: object, name: string): C {
  const column = (columns as { readonly [name: string]: C | undefined })[name]
  if (column === undefined) throw new MigrateError('INTERNAL', { where: 'toDrizzle' }, `There is no column ${name}.`)
  return column
}

/** Enough of a table to point at: its name and the columns of the key. */
function referenceOnly<C, B, P>(ref: TableRef, names: readonly string[], factory: TableFactory<C, B, P>): object {
  const type = { kind: 'text' } as const
  const builders = names.map((name): [string, B] => {
    const model: ColumnModel = { name, type, nullable: true }
    return [
      name,
      factory.column(planOf(model, { table: ref.name, key: names, primary: false }, codecOf(type, plainJson))),
    ]
  })
  return factory.table(ref, Object.fromEntries(builders), () => [])
}

function foreignKeyPart<C, B, P>(
  key: ConstraintOf<'foreignKey'>,
  columns: object,
  references: MakeOptions['references'],
  factory: TableFactory<C, B, P>,
): P {
  const { table: ref, columns: names } = key.references
  return factory.foreignKey(
    () => {
      const target = references?.(ref) ?? referenceOnly(ref, names, factory)
      return {
        ...present({ name: key.name }),
        columns: key.columns.map((name) => columnIn<C>(columns, name)),
        foreignColumns: names.map((name) => columnIn<C>(target, name)),
      }
    },
    {
      onUpdate: key.onUpdate && drizzleActions[key.onUpdate],
      onDelete: key.onDelete && drizzleActions[key.onDelete],
    },
  )
}

type PartsOf<C, P> = {
  readonly [K in ConstraintModel['kind']]: (
    constraint: ConstraintOf<K>,
    at: { readonly model: TableModel; readonly columns: object; in(names: readonly string[]): readonly C[] },
  ) => readonly P[]
}

function partsOf<C, B, P>(factory: TableFactory<C, B, P>, references: MakeOptions['references']): PartsOf<C, P> {
  const refuse = ({ ref }: TableModel, why: string) => notExpressible(factory.dialect, `table ${ref.name}`, why)
  return {
    primaryKey: ({ name, columns }, at) =>
      ownKey(at.model) === undefined ? [factory.primaryKey({ ...present({ name }), columns: at.in(columns) })] : [],
    unique: (constraint, at) => [factory.unique(constraint, at.in(constraint.columns))],
    check: ({ name, expression }) => [factory.check(name ?? '', expression)],
    foreignKey(constraint, { model, columns }) {
      if (constraint.references.columns.length > 0) return [foreignKeyPart(constraint, columns, references, factory)]
      throw refuse(model, 'Drizzle has no foreign key to an unnamed primary key')
    },
    exclude(_constraint, { model }) {
      throw refuse(model, 'Drizzle has no exclusion constraints')
    },
  }
}

/** The Drizzle table of a declared one, in a dialect's words. */
export function makeTable<C, B, P>(
  declared: Pick<DeclaredTable, 'model' | 'columns'>,
  options: MakeOptions,
  factory: TableFactory<C, B, P>,
): object {
  requireArguments('toDrizzle', { declared }, { declared: isDeclaredTable })
  requireOptions('toDrizzle', options, oneChecks)
  const { model, columns: declaredColumns } = declared
  const key = ownKey(model)
  const builders = model.columns.map((column): [string, B] => {
    const { clientDefault, holds } = declaredColumns[column.name]?.client ?? {}
    const json = options.json ?? plainJson
    const codec =
      options.codecs?.[column.name] ??
      (holds === 'json' ? jsonColumn(json) : codecOf(column.type, json, factory.codecs))
    const fill = clientDefault && clientDefaultOf(column.name, column.type, clientDefault)
    const plan = planOf(
      column,
      { table: model.ref.name, key: uniqueKeyOf(model) ?? [], primary: column.name === key, clientDefault: fill },
      codec,
      defaultText(column, factory),
    )
    return [column.name, factory.column(plan)]
  })
  const parts = partsOf(factory, options.references)
  const table = factory.table(model.ref, Object.fromEntries(builders), (columns) => {
    const find = (name: string): C => columnIn<C>(columns, name)
    const at = { model, columns, in: (names: readonly string[]) => names.map(find) }
    return [
      ...model.constraints.flatMap((one) =>
        (parts[one.kind] as (constraint: ConstraintModel, around: typeof at) => readonly P[])(one, at),
      ),
      ...model.indexes.map((one) => factory.index(one, find)),
    ]
  })
  return withDeclaredModel(table, model)
}

/** The Drizzle tables of several declarations, whose foreign keys point at each other. */
export function makeTables<C, B, P>(
  declared: { readonly [key: string]: DeclaredTable },
  options: { readonly json?: JsonCodec; readonly codecs?: { readonly [key: string]: MakeOptions['codecs'] } },
  factory: TableFactory<C, B, P>,
): { readonly [key: string]: object } {
  requireArguments('toDrizzleAll', { declared }, { declared: isRecord })
  requireOptions('toDrizzleAll', options, allChecks)
  const nameOf = ({ schema, name }: TableRef): string => JSON.stringify([schema ?? '', name])
  const byName = new Map<string, object>()
  const tables = Object.entries(declared).map(([key, one]): [string, object] => {
    const codecs = options.codecs?.[key]
    const table = makeTable(
      one,
      { ...present({ json: options.json, codecs }), references: (ref) => byName.get(nameOf(ref)) },
      factory,
    )
    byName.set(nameOf(one.model.ref), table)
    return [key, table]
  })
  return Object.fromEntries(tables)
}
