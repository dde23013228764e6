import {
  apply,
  assign,
  type ColumnModel,
  put,
  putTable,
  type SchemaModel,
  type TableModel,
  tableKey,
  triggerKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { type Making, plainColumn } from '../../../../packages/conformance/src/random/columns.ts'
import { randomTable } from '../../../../packages/conformance/src/random/tables.ts'
import {
  type Called,
  freeColumns,
  keysTo,
  type Mutations,
  ofFreeColumn,
  ofSchema,
  ofTable,
  primaryKeyOf,
  refLabel,
  tablesOf,
  viewsOver,
} from '../../../autogenerate/pairs/draw/draft.ts'
import type { Flavour } from './server.ts'

const withColumns = (
  table: TableModel,
  changed: readonly ColumnModel[],
  to: (column: ColumnModel) => ColumnModel,
): TableModel => ({ ...table, columns: table.columns.map((one) => (changed.includes(one) ? to(one) : one)) })

/** What a table is that nothing else names. */
const isFree = (model: SchemaModel, table: TableModel, { fragments }: Making): boolean =>
  keysTo(model, table.ref).length === 0 &&
  viewsOver(model, table, fragments).length === 0 &&
  ![...model.triggers.values()].some((one) => tableKey(one.table) === tableKey(table.ref))

const keyable = ({ type }: ColumnModel): boolean =>
  ['integer', 'uuid', 'date'].includes(type.kind) || (type.kind === 'varchar' && (type.length ?? 255) <= 60)

/** Names that change hands: to a comparison nothing is gone and nothing is new, and every type is another one. */
export const handedNames: Mutations = {
  'columns swap names': ofTable((table, making, _called, model) => {
    const [one, other] = making.random.sample(freeColumns(model, table, making.fragments), 2)
    if (one === undefined || other === undefined) return undefined
    return withColumns(table, [one, other], (each) => ({ ...each, name: each === one ? other.name : one.name }))
  }),
  'tables swap names': ofSchema((model, making) => {
    const fit = tablesOf(model).filter((table) => isFree(model, table, making))
    const [one, other] = making.random.sample(fit, 2)
    if (one === undefined || other === undefined) return undefined
    return putTable(putTable(model, { ...one, ref: other.ref }), { ...other, ref: one.ref })
  }),
  'table replaced under its name': ofSchema((model, making, called) => {
    const [removed] = making.random.sample(
      tablesOf(model).filter((table) => isFree(model, table, making)),
      1,
    )
    if (removed === undefined) return undefined
    const remaining = tablesOf(model).filter((table) => table !== removed && primaryKeyOf(table) !== undefined)
    return putTable(model, randomTable(making, removed.ref, remaining, [], called))
  }),
  'column replaced under its name': ofFreeColumn(({ name }, making) => plainColumn(making, name, [])),
  'column moves on, and its name stays': ofTable((table, making, called, model) => {
    const [column] = making.random.sample(freeColumns(model, table, making.fragments), 1)
    if (column === undefined) return undefined
    const moved = { ...column, name: called('column') }
    const now = withColumns(table, [column], ({ name }) => plainColumn(making, name, []))
    return { ...now, columns: [...now.columns, moved] }
  }),
}

/** What belongs together and is changed at once. */
export const changesAtOnce: Mutations = {
  'column renamed and retyped': {
    change: (draft, making, called) => {
      const { random, fragments } = making
      const [table] = random.sample(tablesOf(draft.model), 1)
      const free = table === undefined ? [] : freeColumns(draft.model, table, fragments)
      const [column] = random.sample(free, 1)
      if (table === undefined || column === undefined) return undefined
      if (draft.renames.some(({ kind, to }) => kind === 'value' || to === column.name || to === table.ref.name))
        return undefined
      const to = called('column')
      const model = apply(draft.model, { kind: 'renameColumn', table: table.ref, column: column.name, to })
      const now = model.tables.get(tableKey(table.ref))
      if (now === undefined) return undefined
      const { type, default: value, nullable } = plainColumn(making, to, [])
      const isRequired = random.chance(0.5) && !nullable
      const columns = now.columns.map((one) =>
        one.name === to
          ? { ...assign(assign(one, 'default', value), 'collation', undefined), type, nullable: !isRequired }
          : one,
      )
      const rename = { kind: 'column' as const, of: refLabel(table.ref), from: column.name, to }
      return { model: putTable(model, { ...now, columns }), renames: [...draft.renames, rename] }
    },
  },
  'required with a default, or neither': ofFreeColumn((column, { random }) => {
    const turned = { ...column, nullable: !column.nullable }
    const value = { integer: 7, varchar: '7' }[String(column.type.kind)]
    return value === undefined
      ? turned
      : assign(turned, 'default', random.chance(0.5) ? { kind: 'literal', value } : undefined)
  }),
  'key moved to another column': ofTable((table, making, _called, model) => {
    if (keysTo(model, table.ref).length > 0 || table.columns.some(({ identity }) => identity !== undefined))
      return undefined
    const [column] = making.random.sample(freeColumns(model, table, making.fragments).filter(keyable), 1)
    if (column === undefined) return undefined
    const remaining = table.constraints.filter(({ kind }) => kind !== 'primaryKey')
    const now = withColumns(table, [column], (one) => ({ ...one, nullable: false }))
    return { ...now, constraints: [{ kind: 'primaryKey', columns: [column.name] }, ...remaining] }
  }),
  'unique moved to another column': ofTable((table, making, _called, model) => {
    const [column] = making.random.sample(freeColumns(model, table, making.fragments).filter(keyable), 1)
    const unique = table.constraints.find(({ kind }) => kind === 'unique')
    if (column === undefined || unique?.kind !== 'unique') return undefined
    const moved = { ...unique, columns: [column.name] }
    return { ...table, constraints: table.constraints.map((one) => (one === unique ? moved : one)) }
  }),
}

const quotedList = ({ fragments }: Making, columns: readonly ColumnModel[]): string =>
  columns.map(({ name }) => fragments.quoted(name)).join(', ')

/** A trigger that reads a column, and changes nothing. */
export const triggerText: { readonly [F in Flavour]: (name: string, table: string, column: string) => string } = {
  sqlite: (name, table, column) =>
    `CREATE TRIGGER ${name} AFTER UPDATE OF ${column} ON ${table} BEGIN SELECT NEW.${column}; END`,
  postgres: (name, table, column) =>
    `CREATE TRIGGER ${name} AFTER UPDATE OF ${column} ON ${table} FOR EACH ROW EXECUTE FUNCTION quiet()`,
  mysql: (name, table, column) =>
    `CREATE TRIGGER ${name} BEFORE UPDATE ON ${table} FOR EACH ROW SET @quiet = NEW.${column}`,
}

export const quietFunction = `CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`

const oneTable = (model: SchemaModel, { random }: Making): TableModel | undefined =>
  random.sample(tablesOf(model), 1)[0]

const newView = (model: SchemaModel, called: Called, view: Omit<ViewModel, 'ref'>): SchemaModel => {
  const ref = { name: called('view') }
  return put(model, 'views', tableKey(ref), { ref, ...view })
}

/** What stands on tables, and has to follow their changes. */
export const surroundings = (flavour: Flavour): Mutations => ({
  'view over a table': ofSchema((model, making, called) => {
    const table = oneTable(model, making)
    if (table === undefined) return undefined
    const columns = making.random.sample(table.columns, 2)
    const from = making.fragments.quoted(table.ref.name)
    return newView(model, called, { definition: `SELECT ${quotedList(making, columns)} FROM ${from}` })
  }),
  'view over two tables': ofSchema((model, making, called) => {
    const { fragments, random } = making
    const [one, other] = random.sample(tablesOf(model), 2)
    const [a, b] = [one, other].map((table) => table && random.sample(table.columns, 1)[0])
    if (one === undefined || other === undefined || a === undefined || b === undefined) return undefined
    const column = (at: string, { name }: ColumnModel, as: string): string =>
      `${at}.${fragments.quoted(name)} AS ${fragments.quoted(as)}`
    const list = [column('one', a, 'of_one'), column('other', b, 'of_other')].join(', ')
    const [first, second] = [one, other].map(({ ref }) => fragments.quoted(ref.name))
    return newView(model, called, { definition: `SELECT ${list} FROM ${first} one CROSS JOIN ${second} other` })
  }),
  'materialised view': ofSchema(
    (model, making, called) => {
      const table = oneTable(model, making)
      if (table === undefined) return undefined
      const columns = making.random.sample(table.columns, 2)
      const from = making.fragments.quoted(table.ref.name)
      return newView(model, called, {
        definition: `SELECT ${quotedList(making, columns)} FROM ${from}`,
        materialized: true,
      })
    },
    ({ materializedViews }) => materializedViews,
  ),
  'trigger on a table': ofSchema((model, making, called) => {
    const table = oneTable(model, making)
    const [column] = making.random.sample(table?.columns ?? [], 1)
    if (table === undefined || column === undefined) return undefined
    const [name, on, of] = [called('trigger'), table.ref.name, column.name]
    const [quotedName = '', quotedTable = '', quotedColumn = ''] = [name, on, of].map(making.fragments.quoted)
    const definition = triggerText[flavour](quotedName, quotedTable, quotedColumn)
    return put(model, 'triggers', triggerKey(table.ref, name), { name, table: table.ref, definition })
  }),
})
