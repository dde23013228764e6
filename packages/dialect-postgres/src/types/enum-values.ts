import type {
  ColumnModel,
  ConstraintModel,
  IndexModel,
  OperationOf,
  PolicyModel,
  SchemaModel,
  TableModel,
  TableRef,
  Undeclared,
} from '@org/migrate-core/dialect'
import { tableKey } from '@org/migrate-core/dialect'
import { namesIn } from '../sql/names-in.ts'
import { quote } from '../sql/quote.ts'
import { renameTypeIn, renameValueIn } from '../sql/rename-in-text.ts'
import { typeOf } from './canonicalise.ts'
import { enumUse } from './enum-columns.ts'

type Change = OperationOf<'alterEnum'>
/** A text of a table, or of what reads several. */
type Rename = (text: string, owner?: TableModel) => string

function inConstraint(one: ConstraintModel, rename: Rename): ConstraintModel {
  if (one.kind === 'check') return { ...one, expression: rename(one.expression) }
  if (one.kind !== 'exclude') return one
  const elements = one.elements.map((element) => ({ ...element, expression: rename(element.expression) }))
  return { ...one, elements, ...(one.where === undefined ? {} : { where: rename(one.where) }) }
}

function inIndex(index: IndexModel, rename: Rename): IndexModel {
  const elements = index.elements.map((element) =>
    element.expression === undefined ? element : { ...element, expression: rename(element.expression) },
  )
  return { ...index, elements, ...(index.where === undefined ? {} : { where: rename(index.where) }) }
}

function inPolicy({ using, withCheck, ...policy }: PolicyModel, rename: Rename): PolicyModel {
  return {
    ...policy,
    ...(using === undefined ? {} : { using: rename(using) }),
    ...(withCheck === undefined ? {} : { withCheck: rename(withCheck) }),
  }
}

export function inColumn(column: ColumnModel, rename: Rename): ColumnModel {
  const { default: value, generated } = column
  return {
    ...column,
    ...(value?.kind === 'expression' ? { default: { ...value, sql: rename(value.sql) } } : {}),
    ...(generated === undefined ? {} : { generated: { ...generated, expression: rename(generated.expression) } }),
  }
}

/** The texts of what stands beside a definition: of rules, indexes of materialised views. */
function extrasIn({ extras }: Undeclared, rename: Rename): Undeclared {
  if (extras === undefined) return {}
  return {
    extras: extras.map(({ what, statements }) => ({
      what,
      statements: statements.map((parts) =>
        parts.map((part) => (typeof part === 'object' && 'text' in part ? { text: rename(part.text) } : part)),
      ),
    })),
  }
}

function inTable(table: TableModel, renameIn: Rename): TableModel {
  const rename = (text: string): string => renameIn(text, table)
  return {
    ...table,
    ...extrasIn(table, rename),
    columns: table.columns.map((column) => inColumn(column, rename)),
    constraints: table.constraints.map((one) => inConstraint(one, rename)),
    indexes: table.indexes.map((index) => inIndex(index, rename)),
    ...(table.policies === undefined ? {} : { policies: table.policies.map((policy) => inPolicy(policy, rename)) }),
  }
}

export function mapped<V>(entries: ReadonlyMap<string, V>, change: (value: V) => V): ReadonlyMap<string, V> {
  return new Map([...entries].map(([key, value]) => [key, change(value)]))
}

export function inTexts(model: SchemaModel, rename: Rename): SchemaModel {
  return {
    ...model,
    tables: mapped(model.tables, (table) => inTable(table, rename)),
    views: mapped(model.views, (view) => ({
      ...view,
      definition: rename(view.definition),
      ...extrasIn(view, rename),
    })),
    triggers: mapped(model.triggers, (trigger) => ({
      ...trigger,
      definition: rename(trigger.definition, model.tables.get(tableKey(trigger.table))),
    })),
  }
}

/** Whether a name in a text is a column of the enum: in each of the tables that the text names, or in each that has such a column. */
function isEnumColumnIn(model: SchemaModel, ref: TableRef, text: string, owner: TableModel | undefined) {
  const uses = (tables: readonly TableModel[], name: string): readonly boolean[] =>
    tables.flatMap((table) =>
      table.columns
        .filter((column) => column.name === name)
        .map((column) => enumUse(model, table.ref, typeOf(column), ref) !== undefined),
    )
  const all = [...model.tables.values()]
  const names = owner === undefined ? namesIn(text) : undefined
  const read = owner === undefined ? all.filter((table) => names?.has(table.ref.name)) : [owner]
  return (name: string): boolean => {
    const own = uses(read, name)
    const found = own.length > 0 ? own : uses(all, name)
    return found.length > 0 && found.every(Boolean)
  }
}

/** Values of the enum that the server has put into its texts have their new names there too. */
export function withRenamedValues(model: SchemaModel, ref: TableRef, renames: Change['rename'] = []): SchemaModel {
  if (renames.length === 0) return model
  return inTexts(model, (text, owner) => {
    if (!renames.some(({ value }) => text.includes(quote.literal(value).text))) return text
    const isColumn = isEnumColumnIn(model, ref, text, owner)
    return renames.reduce((now, { value, to }) => renameValueIn(now, ref.name, value, to, isColumn), text)
  })
}

/** The enum's own new name, in casts and in types that the model has as texts: its arrays, and itself by `native(…)`. */
export function withRenamedType(before: SchemaModel, after: SchemaModel, ref: TableRef, to: string): SchemaModel {
  const column = (table: TableModel, one: ColumnModel): ColumnModel => {
    const { type } = one
    if (type.kind !== 'native' || enumUse(before, table.ref, type, ref) === undefined) return one
    return { ...one, type: { ...type, sql: renameTypeIn(`::${type.sql}`, ref.name, to).slice(2) } }
  }
  const tables = mapped(after.tables, (table) => ({
    ...table,
    columns: table.columns.map((one) => column(table, one)),
  }))
  return inTexts({ ...after, tables }, (text) => renameTypeIn(text, ref.name, to))
}

/** `{sad,ok}` with its values replaced; a value in quotes has them again. */
function inArray(text: string, change: (value: string) => string): string {
  if (!/^\{.*\}$/s.test(text)) return text
  return text.replaceAll(/"((?:[^"\\]|\\.)*)"|[^{},\s"]+/g, (item: string, inside: string | undefined) => {
    const value = inside === undefined ? item : inside.replaceAll(/\\(.)/g, '$1')
    const now = change(value)
    return now === value ? item : `"${now.replaceAll(/["\\]/g, '\\$&')}"`
  })
}

/** Defaults of the enum's columns follow: the server does so for renamed values, the rebuild of the type for dropped ones. */
export function withValueDefaults(before: SchemaModel, after: SchemaModel, change: Change): SchemaModel {
  const renames = new Map((change.rename ?? []).map(({ value, to }) => [value, to]))
  const replacements = new Map((change.drop ?? []).map(({ value, replaceBy }) => [value, replaceBy]))
  const now = (value: string): string => {
    const name = renames.get(value) ?? value
    return replacements.get(name) ?? name
  }
  const column = (table: TableModel, one: ColumnModel): ColumnModel => {
    const { default: value } = one
    if (value?.kind !== 'literal' || typeof value.value !== 'string') return one
    const use = enumUse(before, table.ref, typeOf(one), change.enum)
    if (use === undefined) return one
    const text = use === 'plain' ? now(value.value) : inArray(value.value, now)
    return text === value.value ? one : { ...one, default: { kind: 'literal', value: text } }
  }
  const tables = mapped(after.tables, (table) => {
    const columns = table.columns.map((one) => column(table, one))
    return columns.some((one, at) => one !== table.columns[at]) ? { ...table, columns } : table
  })
  return { ...after, tables }
}
