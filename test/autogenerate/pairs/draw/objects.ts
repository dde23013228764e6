import type { ColumnModel, SchemaModel, SequenceModel, TableModel, ViewModel } from '@org/migrate-core/dialect'
import { put, putTable, tableKey, triggerKey, without } from '@org/migrate-core/dialect'
import { enumValues, type Making, plainColumn } from '../../../../packages/conformance/src/random/columns.ts'
import { foreignKey, randomTable } from '../../../../packages/conformance/src/random/tables.ts'
import {
  type Called,
  enumsOf,
  type Mutations,
  ofSchema,
  ofTable,
  primaryKeyOf,
  retyped,
  tablesOf,
  viewsOver,
  withValues,
} from './draft.ts'

const newTable = (model: SchemaModel, making: Making, called: Called, schema?: string): TableModel =>
  randomTable(
    making,
    { ...(schema === undefined ? {} : { schema }), name: called('table') },
    // A foreign key of a new table refers to a primary key.
    tablesOf(model).filter((table) => primaryKeyOf(table) !== undefined),
    schema === undefined ? enumsOf(model) : [],
    called,
  )

const withKey = (table: TableModel, { columns, constraint }: ReturnType<typeof foreignKey>): TableModel => ({
  ...table,
  columns: [...table.columns, ...columns],
  constraints: [...table.constraints, constraint],
})

/** Tables that a view can read: its text says only their name. */
const readable = (model: SchemaModel): readonly TableModel[] =>
  tablesOf(model).filter(({ ref }) => ref.schema === undefined)

function viewOf({ fragments, random }: Making, table: TableModel): Pick<ViewModel, 'definition'> {
  const names = random.sample(table.columns, 2).map(({ name }) => fragments.quoted(name))
  return { definition: `SELECT ${names.join(', ')} FROM ${fragments.quoted(table.ref.name)}` }
}

/** A column that a view reads and that fits, with its table. */
function underView(
  model: SchemaModel,
  { fragments, random }: Making,
  fits: (column: ColumnModel, table: TableModel) => boolean = () => true,
) {
  const match = readable(model).flatMap((table) =>
    viewsOver(model, table, fragments).flatMap((view) =>
      table.columns.flatMap((column) =>
        view.definition.includes(fragments.quoted(column.name)) && fits(column, table) ? [{ table, view, column }] : [],
      ),
    ),
  )
  return match.length === 0 ? undefined : random.pick(match)
}

/** Some of the options that a view can have: stated, so that it has no others. */
function viewOptions({ fragments, random }: Making, materialized = false): Pick<ViewModel, 'options'> {
  const { tableOption, viewOptions: all } = fragments
  if (all === undefined) return {}
  const values = materialized && tableOption ? { [tableOption.name]: [tableOption.value, tableOption.other] } : all
  const some = Object.entries(values).filter(() => random.chance(0.4))
  return { options: Object.fromEntries(some.map(([name, each]) => [name, String(random.pick(each))])) }
}

const firstOf = <T>({ random }: Making, map: ReadonlyMap<string, T>): T | undefined =>
  map.size === 0 ? undefined : random.pick([...map.values()])

const readsView = (model: SchemaModel, { fragments }: Making, name: string): boolean =>
  [...model.views.values()].some(({ definition }) => definition.includes(`FROM ${fragments.quoted(name)}`))

export const objectMutations: Mutations = {
  'table added': ofSchema((model, making, called) => putTable(model, newTable(model, making, called))),
  'tables that refer to each other added': ofSchema((model, making, called) => {
    const one = newTable(model, making, called)
    const other = newTable(model, making, called)
    const free = (table: TableModel): TableModel => ({
      ...table,
      constraints: table.constraints.map((constraint) => {
        if (constraint.kind !== 'primaryKey') return constraint
        const { deferrable: _, ...key } = constraint
        return key
      }),
    })
    const first = withKey(free(one), foreignKey(making, one, free(other), called))
    const second = withKey(free(other), foreignKey(making, other, free(one), called))
    return putTable(putTable(model, first), second)
  }),
  'table dropped': ofSchema((model, making) => {
    const fit = tablesOf(model).filter((table) => viewsOver(model, table, making.fragments).length === 0)
    if (fit.length === 0 || tablesOf(model).length < 2) return undefined
    const removed = tableKey(making.random.pick(fit).ref)
    let result = without(model, 'tables', removed)
    for (const table of result.tables.values()) {
      const constraints = table.constraints.filter(
        (one) => one.kind !== 'foreignKey' || tableKey(one.references.table) !== removed,
      )
      if (constraints.length < table.constraints.length) result = putTable(result, { ...table, constraints })
    }
    return result
  }),
  'schema added': ofSchema(
    (model, making, called) => {
      const schema = called('schema')
      return putTable({ ...model, schemas: [...model.schemas, schema] }, newTable(model, making, called, schema))
    },
    ({ schemas }) => schemas,
  ),
  'empty schema added': ofSchema(
    (model, _making, called) => ({ ...model, schemas: [...model.schemas, called('schema')] }),
    ({ schemas }) => schemas,
  ),
  'table comment': ofTable(
    (table) => {
      const { comment, ...rest } = table
      return comment === undefined ? { ...rest, comment: "it's new" } : rest
    },
    ({ comments }) => comments,
  ),
  'table option': ofTable(
    (table, { fragments, random }) => {
      const { tableOption: option } = fragments
      if (option === undefined) return undefined
      const otherValues = [undefined, option.value, option.other].filter((one) => one !== table.options[option.name])
      const value = random.pick(otherValues)
      const { [option.name]: _, ...options } = table.options
      return { ...table, options: value === undefined ? options : { ...options, [option.name]: value } }
    },
    ({ tableOptions }) => tableOptions,
  ),
  'view added': ofSchema((model, making, called) => {
    const tables = readable(model)
    if (tables.length === 0) return undefined
    const ref = { name: called('view') }
    const materialized = making.features.materializedViews && making.random.chance(0.4)
    const view = {
      ref,
      ...viewOf(making, making.random.pick(tables)),
      ...viewOptions(making, materialized),
      ...(materialized ? { materialized: true as const } : {}),
    }
    return put(model, 'views', tableKey(ref), view)
  }),
  'view over a view added': ofSchema((model, making, called) => {
    const under = firstOf(making, model.views)
    if (under === undefined || under.ref.schema !== undefined) return undefined
    const ref = { name: called('view') }
    const definition = `SELECT count(*) AS ${making.fragments.quoted('n')} FROM ${making.fragments.quoted(under.ref.name)}`
    return put(model, 'views', tableKey(ref), { ref, definition })
  }),
  'view dropped': ofSchema((model, making) => {
    const removed = [...model.views].find(([, { ref }]) => !readsView(model, making, ref.name))
    return removed && without(model, 'views', removed[0])
  }),
  'view changed': ofSchema((model, making) => {
    const view = firstOf(making, model.views)
    const table = view && readable(model).find(({ ref }) => view.definition.includes(making.fragments.quoted(ref.name)))
    if (view === undefined || table === undefined) return undefined
    return put(model, 'views', tableKey(view.ref), { ...view, ...viewOf(making, table) })
  }),
  'view options': ofSchema(
    (model, making) => {
      const all = [...model.views.values()].filter(({ definition }) => !definition.includes('count('))
      const view = all.length === 0 ? undefined : making.random.pick(all)
      return view && put(model, 'views', tableKey(view.ref), { ...view, ...viewOptions(making, view.materialized) })
    },
    (_features, fragments) => fragments.viewOptions !== undefined,
  ),
  'column under a view converted': ofSchema((model, making) => {
    const match = underView(model, making, ({ name, type, generated, identity }, { constraints, indexes }) => {
      const isKey = constraints.some((one) => 'columns' in one && one.columns.includes(name))
      const isIndexed = indexes.some(({ elements }) => elements.some((one) => one.column === name))
      const isPlain = generated === undefined && identity === undefined && !isKey && !isIndexed
      return isPlain && (type.kind === 'varchar' || (type.kind === 'integer' && type.bits !== 64))
    })
    if (match === undefined) return undefined
    const { table, column } = match
    const type = column.type.kind === 'varchar' ? ({ kind: 'text' } as const) : ({ kind: 'integer', bits: 64 } as const)
    const columns = table.columns.map((one) => (one === column ? retyped(one, type) : one))
    return putTable(model, { ...table, columns })
  }),
  'column under a view dropped': ofSchema((model, making) => {
    const match = underView(model, making)
    if (match === undefined) return undefined
    const { table, view } = match
    const column = { ...plainColumn(making, `${table.ref.name.slice(0, 12)} left`, []) }
    if (table.columns.some(({ name }) => name === column.name)) return undefined
    // The column goes on the way from the schema that has it to the one that has not: the pair may be turned round.
    const definition = `SELECT ${making.fragments.quoted(column.name)} FROM ${making.fragments.quoted(table.ref.name)}`
    const grown = putTable(model, { ...table, columns: [...table.columns, column] })
    return put(grown, 'views', tableKey(view.ref), { ...view, definition })
  }),
  'enum added': ofSchema(
    (model, { random }, called) => {
      const tables = readable(model)
      if (tables.length === 0) return undefined
      const ref = { name: called('enum') }
      const values = random.pick(enumValues)
      const table = random.pick(tables)
      const column = { name: called('column'), type: { kind: 'enum' as const, name: ref.name, values }, nullable: true }
      return putTable(put(model, 'enums', tableKey(ref), { ref, values }), {
        ...table,
        columns: [...table.columns, column],
      })
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'enum grows': ofSchema(
    (model, making) => {
      const match = firstOf(making, model.enums)
      if (match === undefined) return undefined
      const { ref, values } = match
      const at = making.random.int(0, values.length)
      return withValues(model, ref, values.toSpliced(at, 0, `grown ${values.length}`))
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'enum in another order': ofSchema(
    (model, making) => {
      const match = firstOf(making, model.enums)
      return match === undefined || match.values.length < 2
        ? undefined
        : withValues(model, match.ref, [...match.values].reverse())
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'enum loses a value': ofSchema(
    (model, making) => {
      const match = firstOf(making, model.enums)
      return match === undefined || match.values.length < 2
        ? undefined
        : withValues(model, match.ref, match.values.slice(1))
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'enum replaced': ofSchema(
    (model, making) => {
      const match = firstOf(making, model.enums)
      if (match === undefined) return undefined
      const values = [...making.random.pick(enumValues), match.values[0] ?? '']
      return withValues(
        model,
        match.ref,
        values.filter((one, at, all) => all.indexOf(one) === at),
      )
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'sequence added': ofSchema(
    (model, { random }, called) => {
      const ref = { name: called('sequence') }
      const sequence: SequenceModel = random.chance(0.5)
        ? { ref }
        : { ref, start: '20', increment: '-2', minValue: '-500', maxValue: '500', cache: 4, cycle: true }
      return put(model, 'sequences', tableKey(ref), sequence)
    },
    ({ sequences }) => sequences,
  ),
  'sequence changed': ofSchema(
    (model, making) => {
      const match = firstOf(making, model.sequences)
      if (match === undefined) return undefined
      const changed = making.random.pick<SequenceModel>([
        { ref: match.ref },
        { ref: match.ref, start: '30', increment: '3', minValue: '10', maxValue: '9000' },
        { ref: match.ref, cache: 20 },
        { ref: match.ref, start: '5', maxValue: '600', minValue: '1', cycle: true },
      ])
      return put(model, 'sequences', tableKey(match.ref), changed)
    },
    ({ sequences }) => sequences,
  ),
  'trigger dropped': ofSchema(
    (model) => {
      const [first] = model.triggers.keys()
      return first === undefined ? undefined : without(model, 'triggers', first)
    },
    (_features, { trigger }) => trigger !== undefined,
  ),
  'trigger added': ofSchema(
    (model, { fragments }) => {
      if (fragments.trigger === undefined || model.triggers.size > 0) return undefined
      const text = { kind: 'varchar', length: 40 } as const
      const bare = (name: string, column: string): TableModel => ({
        ref: { name },
        columns: [{ name: column, type: text, nullable: true }],
        constraints: [],
        indexes: [],
        options: {},
      })
      const table = { name: 'item' }
      const trigger = { name: 'item_log', table, definition: fragments.trigger('item_log') }
      const result = putTable(putTable(model, bare('item', 'name')), bare('log', 'note'))
      return put(result, 'triggers', triggerKey(table, trigger.name), trigger)
    },
    (_features, { trigger }) => trigger !== undefined,
  ),
}
