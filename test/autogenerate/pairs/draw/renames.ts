import type { SchemaModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import { apply, put, putTable, tableKey } from '@org/migrate-core/dialect'
import type { Making } from '../../../../packages/conformance/src/random/columns.ts'
import type { SqlFragments } from '../../../../packages/conformance/src/subject.ts'
import { type Draft, type Mutations, type Rename, refLabel, tablesOf, viewsOver, withValues } from './draft.ts'

const renamed = (draft: Draft, model: SchemaModel, rename: Rename): Draft => ({
  model,
  renames: [...draft.renames, rename],
})

/** What has got a name of its own in this pair keeps it, and what values are called is only told apart from nothing else. */
const isNew = ({ renames }: Draft, name: string): boolean => renames.some(({ to }) => to === name)
const hasValues = ({ renames }: Draft): boolean => renames.some(({ kind }) => kind === 'value')

/** The texts of the views that read the table, with a name in other words. */
function inViews(
  model: SchemaModel,
  table: TableModel,
  fragments: SqlFragments,
  from: string,
  to: string,
): SchemaModel {
  let result = model
  for (const view of viewsOver(model, table, fragments)) {
    const definition = view.definition.replaceAll(fragments.quoted(from), fragments.quoted(to))
    result = put(result, 'views', tableKey(view.ref), { ...view, definition })
  }
  return result
}

/** The texts of a table, with a column in other words. */
function inTexts(table: TableModel, fragments: SqlFragments, from: string, to: string): TableModel {
  const text = (sql: string): string => sql.replaceAll(fragments.quoted(from), fragments.quoted(to))
  return {
    ...table,
    columns: table.columns.map((one) =>
      one.generated === undefined
        ? one
        : { ...one, generated: { ...one.generated, expression: text(one.generated.expression) } },
    ),
    constraints: table.constraints.map((one) => {
      if (one.kind === 'check') return { ...one, expression: text(one.expression) }
      if (one.kind !== 'exclude') return one
      return {
        ...one,
        elements: one.elements.map((element) => ({ ...element, expression: text(element.expression) })),
        ...(one.where === undefined ? {} : { where: text(one.where) }),
      }
    }),
    indexes: table.indexes.map((one) => ({
      ...one,
      elements: one.elements.map((element) =>
        element.expression === undefined ? element : { ...element, expression: text(element.expression) },
      ),
      ...(one.where === undefined ? {} : { where: text(one.where) }),
    })),
  }
}

function columnRenamed(draft: Draft, fragments: SqlFragments, table: TableModel, from: string, to: string): Draft {
  const after = apply(draft.model, { kind: 'renameColumn', table: table.ref, column: from, to })
  const moved = after.tables.get(tableKey(table.ref))
  const model = moved === undefined ? after : putTable(after, inTexts(moved, fragments, from, to))
  return renamed(draft, inViews(model, table, fragments, from, to), {
    kind: 'column',
    of: refLabel(table.ref),
    from,
    to,
  })
}

const pickTable = (draft: Draft, { random }: Making, fits: (table: TableModel) => boolean): TableModel | undefined => {
  const tables = tablesOf(draft.model).filter((table) => !isNew(draft, table.ref.name) && fits(table))
  return tables.length === 0 ? undefined : random.pick(tables)
}

const anEnum = (draft: Draft, { random }: Making) => {
  const match = [...draft.model.enums.values()].filter(({ ref }) => !isNew(draft, ref.name))
  return match.length === 0 ? undefined : random.pick(match)
}

function typeRenamed(model: SchemaModel, from: TableRef, to: string): SchemaModel {
  return apply(model, { kind: 'renameEnum', enum: from, to })
}

export const renameMutations: Mutations = {
  'table renamed': {
    change: (draft, making, called) => {
      const table = pickTable(draft, making, () => true)
      if (table === undefined || hasValues(draft)) return undefined
      const { fragments } = making
      const to = called('table')
      const model = apply(draft.model, { kind: 'renameTable', table: table.ref, to })
      const rename: Rename = { kind: 'table', of: table.ref.schema ?? '', from: table.ref.name, to }
      return renamed(draft, inViews(model, table, fragments, table.ref.name, to), rename)
    },
  },
  'column renamed': {
    change: (draft, making, called) => {
      const table = pickTable(draft, making, () => true)
      const fit = table?.columns.filter(({ name }) => !isNew(draft, name)) ?? []
      if (table === undefined || fit.length === 0 || hasValues(draft)) return undefined
      return columnRenamed(draft, making.fragments, table, making.random.pick(fit).name, called('column'))
    },
  },
  'column under a view renamed': {
    change: (draft, making, called) => {
      const { fragments, random } = making
      const table = pickTable(draft, making, (one) => viewsOver(draft.model, one, fragments).length > 0)
      if (table === undefined || hasValues(draft)) return undefined
      const views = viewsOver(draft.model, table, fragments)
      const fit = table.columns.filter(
        ({ name }) =>
          !isNew(draft, name) && views.some(({ definition }) => definition.includes(fragments.quoted(name))),
      )
      if (fit.length === 0) return undefined
      return columnRenamed(draft, fragments, table, random.pick(fit).name, called('column'))
    },
  },
  'enum renamed': {
    on: ({ enums, schemas }) => enums && schemas,
    change: (draft, making, called) => {
      const match = anEnum(draft, making)
      if (match === undefined || hasValues(draft)) return undefined
      const to = called('enum')
      const rename: Rename = { kind: 'enum', of: match.ref.schema ?? '', from: match.ref.name, to }
      return renamed(draft, typeRenamed(draft.model, match.ref, to), rename)
    },
  },
  'value of an enum renamed': {
    on: ({ enums, schemas }) => enums && schemas,
    change: (draft, making) => {
      const match = anEnum(draft, making)
      if (match === undefined || hasValues(draft)) return undefined
      const from = making.random.pick(match.values)
      const to = `other ${match.values.length}`
      const values = match.values.map((value) => (value === from ? to : value))
      // The defaults of its columns follow the value.
      const rename: Rename = { kind: 'value', of: refLabel(match.ref), from, to }
      return renamed(draft, withValues(draft.model, match.ref, values), rename)
    },
  },
  'value of a column renamed': {
    on: ({ enums, schemas }) => enums && !schemas,
    change: (draft, making) => {
      if (draft.renames.length > 0) return undefined
      const table = pickTable(draft, making, ({ columns }) => columns.some(({ type }) => type.kind === 'enum'))
      const column = table?.columns.find(({ type }) => type.kind === 'enum')
      if (table === undefined || column?.type.kind !== 'enum') return undefined
      const from = making.random.pick(column.type.values)
      const to = `other ${column.type.values.length}`
      const { default: _, ...rest } = column
      const type = { ...column.type, values: column.type.values.map((value) => (value === from ? to : value)) }
      const columns = table.columns.map((one) => (one === column ? { ...rest, type } : one))
      const rename: Rename = { kind: 'value', of: `${refLabel(table.ref)}.${column.name}`, from, to }
      return renamed(draft, putTable(draft.model, { ...table, columns }), rename)
    },
  },
}
