import { withArticle } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { requireArguments } from '../errors/option-check.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { ColumnType } from '../model/column-type.ts'
import { deepFreeze } from '../model/deep-freeze.ts'
import { emptySchema, present, tableKey } from '../model/edit.ts'
import type {
  ColumnModel,
  ConstraintModel,
  DefaultValue,
  EnumModel,
  IndexElement,
  IndexModel,
  PolicyModel,
  SchemaModel,
  TableModel,
  TableRef,
} from '../model/schema-model.ts'
import { isDeclaredTables } from './argument-checks.ts'
import { type DefaultInput, defaultValue, type Expression } from './column.ts'
import { meantColumnOption } from './column-options.ts'
import type { ColumnRecord, DeclaredTable, TableExtras } from './declared-table.ts'
import type { ColumnOptions, IndexElementInput, IndexInput, PolicyInput, TableName } from './inputs.ts'

const control = /\p{Cc}/u

function whyNoName(name: string): string | undefined {
  if (typeof name !== 'string') return `it is ${withArticle(typeof name)}`
  // A NUL ends a C string inside every server, other control characters cannot be typed again.
  return name === '' ? 'it is empty' : control.test(name) ? 'it holds a control character' : undefined
}

function checkName(name: string, what: string): string {
  const why = whyNoName(name)
  if (why === undefined) return name
  throw new MigrateError('INVALID_NAME', { name, why }, `The name of ${what} cannot be used: ${why}.`)
}

export const columnOptions: { readonly [K in keyof ColumnOptions]-?: true } = {
  nullable: true,
  native: true,
  default: true,
  generated: true,
  identity: true,
  onUpdate: true,
  collation: true,
  comment: true,
}
const indexOptions: { readonly [K in keyof IndexInput]-?: true } = {
  unique: true,
  where: true,
  method: true,
  include: true,
  nullsNotDistinct: true,
  options: true,
  comment: true,
}

/** Without type checking, a misspelled option would be lost silently. Throws INVALID_OPERATION. */
export function refuseUnknownOption(
  kind: 'column' | 'index',
  object: string,
  options: object,
  supported: object,
): void {
  const odd = Object.keys(options).find((name) => !Object.hasOwn(supported, name))
  if (odd === undefined) return
  const what = `${kind} ${object}`
  const meant = kind === 'column' ? meantColumnOption(odd, object) : undefined
  const why = `${odd} is not known; ${meant ?? `there are ${Object.keys(supported).join(', ')}`}`
  throw new MigrateError('INVALID_OPERATION', { operation: what, why }, `${what}: ${why}`)
}

/** The text of an expression; a text alone would be taken for none. Throws INVALID_OPERATION. */
export function textOf(what: string, expression: Expression | undefined): string {
  if (typeof expression?.sql === 'string') return expression.sql
  const why = "an expression is written as expression('…')"
  throw new MigrateError('INVALID_OPERATION', { operation: what, why }, `${what}: ${why}`)
}

/**
 * What a column gets where a row names no value. NULL as an expression is none: MariaDB refuses it for a column that is NOT NULL, and MySQL takes
 * it and then refuses each row.
 */
export function defaultModel(input: DefaultInput): DefaultValue {
  const value = defaultValue(input)
  const isNull = value.kind === 'expression' && /^[\s(]*null[\s)]*$/i.test(value.sql)
  return isNull ? { kind: 'literal', value: null } : value
}

/** One column as the model has it. Throws INVALID_NAME, INVALID_OPERATION. */
export function columnModel(name: string, type: ColumnType, options: ColumnOptions = {}): ColumnModel {
  checkName(name, 'a column')
  if (typeof type !== 'object') {
    const why =
      type === undefined
        ? 'its type is missing: varchar(12), text()'
        : `its type is ${withArticle(typeof type)}; call it: varchar(12), text()`
    throw new MigrateError('INVALID_OPERATION', { operation: `column ${name}`, why }, `column ${name}: ${why}`)
  }
  refuseUnknownOption('column', name, options, columnOptions)
  if (options.generated !== undefined && options.default !== undefined) {
    const why = `column ${name} has a default and is generated`
    throw new MigrateError('INVALID_OPERATION', { operation: `column ${name}`, why }, `Declaring failed: ${why}.`)
  }
  return deepFreeze({
    name,
    type,
    nullable: options.nullable ?? true,
    ...present({
      native: options.native,
      default: options.default === undefined ? undefined : defaultModel(options.default),
      generated: options.generated && {
        expression: textOf(`generated.as of column ${name}`, options.generated.as),
        stored: options.generated.stored ?? false,
      },
      identity: options.identity,
      onUpdate: options.onUpdate,
      collation: options.collation,
      comment: options.comment,
    }),
  })
}

/** A table's name as a reference. */
export function tableRef(name: TableName | { readonly model: TableModel }, schema?: string): TableRef {
  if (typeof name === 'string') return schema === undefined ? { name } : { schema, name }
  return 'model' in name ? name.model.ref : name
}

const isExpression = (input: object): input is Expression => 'kind' in input && input.kind === 'expression'

/** One element of an index: a column's name, an expression, or either with options. */
function indexElement(input: IndexElementInput): IndexElement {
  if (typeof input === 'string') return { column: input }
  if (isExpression(input)) return { expression: input.sql }
  if (!('expression' in input)) return input
  const { expression, ...rest } = input
  return { ...rest, expression: textOf('element of an index', expression) }
}

/** An index as the model has it. */
export function indexModel(name: string, elements: readonly IndexElementInput[], options: IndexInput = {}): IndexModel {
  refuseUnknownOption('index', name, options, indexOptions)
  return {
    name: checkName(name, 'an index'),
    unique: options.unique ?? false,
    elements: elements.map(indexElement),
    ...present({
      where: options.where && textOf(`where of index ${name}`, options.where),
      method: options.method,
      include: options.include,
      nullsNotDistinct: options.nullsNotDistinct,
      options: options.options,
      comment: options.comment,
    }),
  }
}

export const rolesOf = (to: string | readonly string[]): readonly string[] => (typeof to === 'string' ? [to] : to)

/** A policy as the model has it, with what PostgreSQL takes for what is absent. */
export function policyModel(name: string, input: PolicyInput): PolicyModel {
  const { as = 'permissive', for: command = 'all', to = 'public', using, withCheck, ...rest } = input
  return {
    ...rest,
    name,
    as,
    for: command,
    to: rolesOf(to),
    ...present({
      using: using === undefined ? undefined : textOf(`using of policy ${name}`, using),
      withCheck: withCheck === undefined ? undefined : textOf(`withCheck of policy ${name}`, withCheck),
    }),
  }
}

function constraints(extras: TableExtras): readonly ConstraintModel[] {
  const key = extras.primaryKey
  const primary = key === undefined ? [] : ['columns' in key ? key : { columns: key }]
  return [
    ...primary.map((one): ConstraintModel => ({ kind: 'primaryKey', ...one })),
    ...(extras.uniques ?? []).map((one): ConstraintModel => ({ kind: 'unique', ...one })),
    ...(extras.checks ?? []).map(
      (one): ConstraintModel => ({
        kind: 'check',
        ...present({ name: one.name }),
        expression: textOf(`check ${one.name ?? ''}`.trimEnd(), one.expression),
      }),
    ),
    ...(extras.foreignKeys ?? []).map(
      ({ references, ...rest }): ConstraintModel => ({
        kind: 'foreignKey',
        ...rest,
        references: { table: tableRef(references.table, extras.schema), columns: references.columns },
      }),
    ),
  ]
}

function namedColumns(part: ConstraintModel | IndexModel): readonly string[] {
  if ('elements' in part && !('kind' in part)) return part.elements.flatMap(({ column }) => column ?? [])
  return 'columns' in part ? part.columns : []
}

/** Types cannot see a name that was computed, so what they promise is looked at again. */
function checkTable(model: TableModel): TableModel {
  const fail = (why: string): never => {
    const operation = `table ${model.ref.name}`
    throw new MigrateError('INVALID_OPERATION', { operation, why }, `Declaring table ${model.ref.name} failed: ${why}.`)
  }
  if (model.columns.length === 0) fail('it has no columns')
  const columnNames = new Set(model.columns.map(({ name }) => name))
  for (const part of [...model.constraints, ...model.indexes]) {
    const what = part.name ?? ('kind' in part ? part.kind : 'an index')
    for (const name of namedColumns(part))
      if (!columnNames.has(name)) fail(`${what} is over ${name}, which is not a column`)
  }
  const names = new Set<string>()
  for (const { name } of model.indexes) {
    if (names.has(name)) fail(`it has two indexes ${name}`)
    names.add(name)
  }
  return model
}

/** The model of a declared table. Throws INVALID_NAME, INVALID_OPERATION. */
export function tableModel(name: string, columns: ColumnRecord, extras: TableExtras): TableModel {
  return deepFreeze(
    checkTable({
      ref: tableRef(checkName(name, 'a table'), extras.schema),
      columns: Object.entries(columns).map(([at, { type, options }]) => columnModel(at, type, options)),
      constraints: constraints(extras),
      indexes: (extras.indexes ?? []).map(({ name: index, columns: over, ...rest }) => indexModel(index, over, rest)),
      options: extras.options ?? {},
      ...present({
        comment: extras.comment,
        rowSecurity: extras.rowSecurity && { enabled: false, forced: false, ...extras.rowSecurity },
        policies: extras.policies?.map(({ name: policy, ...rest }) => policyModel(policy, rest)),
      }),
    }),
  )
}

/**
 * The schema that declared tables make together: the tables, the named enums that their columns use and the schemas that
 * they stand in. Throws OBJECT_EXISTS when two of them have one name, and for an enum with other values in another column.
 */
export function toModel(tables: readonly Pick<DeclaredTable, 'model'>[]): SchemaModel {
  requireArguments('toModel', { tables }, { tables: isDeclaredTables })
  const tablesByKey = new Map<string, TableModel>()
  const enums = new Map<string, EnumModel>()
  for (const { model: one } of tables) {
    const key = tableKey(one.ref)
    if (tablesByKey.has(key)) {
      const object = `table ${one.ref.name}`
      throw new MigrateError('OBJECT_EXISTS', { object }, `Two declarations are called ${one.ref.name}.`)
    }
    tablesByKey.set(key, one)
    for (const { type } of one.columns) {
      if (type.kind !== 'enum' || type.name === undefined) continue
      const schema = type.schema ?? one.ref.schema
      const ref: TableRef = schema === undefined ? { name: type.name } : { schema, name: type.name }
      const existing = enums.get(tableKey(ref))
      if (existing !== undefined && canonicalJson(existing.values) !== canonicalJson(type.values)) {
        const object = `enum ${type.name}`
        throw new MigrateError('OBJECT_EXISTS', { object }, `Two declarations of ${object} have other values.`)
      }
      enums.set(tableKey(ref), { ref, values: type.values })
    }
  }
  const refs = [...tablesByKey.values(), ...enums.values()].map(({ ref }) => ref.schema)
  const schemas = [...new Set(refs.filter((name) => name !== undefined))].sort()
  return { ...emptySchema, schemas, tables: tablesByKey, enums }
}
