import type { OperationRecorder, StepSourceInput } from '@org/migrate-core'
import { integer, varchar } from '@org/migrate-core'
import type { Random } from '../../../kit/random.ts'
import { type Cell, copyOf, noRows, type PreservedState, type Row, type Shape } from './state.ts'

/** A column and a table while a revision is recorded: renames change their names. */
export interface ColumnNow {
  name: string
  readonly below?: string
  readonly default?: string
}

export interface TableNow {
  name: string
  key: string
  readonly below?: Shape
  readonly columns: ColumnNow[]
  readonly parent?: TableNow
}

export interface Source {
  readonly table: Shape
  readonly column: string
  /** The rows of this table to which they belong, key by key. */
  readonly by?: TableNow
}

/** A data step, as its author declares it. */
interface Step {
  readonly isFunction: boolean
  readonly from?: readonly Source[]
  /** Undefined: everything that the revision adds. */
  readonly to?: TableNow | ColumnNow
}

export interface Drawn {
  readonly below: readonly Shape[]
  readonly above: readonly Shape[]
  readonly tables: readonly TableNow[]
  readonly steps: readonly Step[]
  readonly isWritten: boolean
  readonly upgrade: (op: OperationRecorder) => void
  readonly downgrade?: (op: OperationRecorder) => void
  /** What the operations of the upgrade make of rows, without anything that was preserved. */
  readonly compute: (below: PreservedState) => PreservedState
  readonly describe: readonly string[]
}

type Tables = Map<string, Map<string, Row>>

interface Action {
  readonly describe: string
  readonly up: (op: OperationRecorder) => void
  readonly down: (op: OperationRecorder) => void
  readonly rows: (tables: Tables) => void
}

const expressions = [
  { sql: (c: string) => c, of: (c: Cell) => c },
  { sql: (c: string) => `UPPER(${c})`, of: (c: Cell) => c?.toUpperCase() ?? null },
  { sql: (c: string) => `COALESCE(${c}, 'none')`, of: (c: Cell) => c ?? 'none' },
  { sql: (c: string) => `REPLACE(${c}, 'a', 'z')`, of: (c: Cell) => c?.replaceAll('a', 'z') ?? null },
]

const shapeOf = ({ name, key, columns, parent }: TableNow): Shape => ({
  name,
  key,
  columns: columns.map((column) => column.name),
  defaults: Object.fromEntries(columns.map((column) => [column.name, column.default ?? null])),
  ...(parent === undefined ? {} : { parent: parent.name }),
})

const initially = (value: string | undefined) => (value === undefined ? {} : { default: value })

function eachRow(tables: Tables, name: string, change: (row: Row) => Row): void {
  const rows = tables.get(name) ?? new Map()
  for (const [id, row] of rows) rows.set(id, change(row))
}

function without(row: Row, column: string): Row {
  const { [column]: _, ...rest } = row
  return rest
}

/** A random revision over tables, and what it does as a function over rows. */
export function drawRevision(from: Random, below: readonly Shape[], nextName: (kind: string) => string): Drawn {
  const tables: TableNow[] = []
  for (const shape of below) {
    const parent = tables.find(({ below: { name } = { name: '' } }) => name === shape.parent)
    tables.push({
      name: shape.name,
      key: shape.key,
      below: shape,
      columns: shape.columns.map((name) => {
        const initial = shape.defaults?.[name]
        return { name, below: name, ...(typeof initial === 'string' ? { default: initial } : {}) }
      }),
      ...(parent === undefined ? {} : { parent }),
    })
  }
  const actions: Action[] = []
  const steps: Step[] = []
  const isWritten = from.chance(0.3)

  const held = (column: ColumnNow): column is ColumnNow & { below: string } => column.below !== undefined
  const oldTables = () => tables.filter((each) => each.below !== undefined && each.columns.some(held))
  const oldColumn = (table: TableNow) => from.pick(table.columns.filter(held))

  function drawStep(
    what: string,
    written: { readonly table: TableNow; readonly column?: ColumnNow },
    sources: readonly { readonly table: TableNow; readonly column: ColumnNow & { below: string } }[],
    text: string,
    back: string | undefined,
    rows: Action['rows'],
  ): void {
    const label = nextName('step ')
    const isFunction = from.chance(0.5)
    const declared = from.chance(0.7)
    const byKey = from.chance(0.5)
    const to = isFunction && from.chance(0.3) ? undefined : (written.column ?? written.table)
    const step: Step = {
      isFunction,
      ...(to === undefined ? {} : { to }),
      ...(declared
        ? {
            from: sources.map(({ table, column }) => ({
              table: table.below ?? shapeOf(table),
              column: column.below,
              ...(byKey ? { by: written.table } : {}),
            })),
          }
        : {}),
    }
    steps.push(step)
    const { table } = written
    const input = step.from?.map(
      ({ table: { name, key }, column, by }): StepSourceInput =>
        by === undefined
          ? `${name}.${column}`
          : { table: name, columns: [column], by: { [key]: `${table.name}.${table.key}` } },
    )
    const target = written.column === undefined ? table.name : `${table.name}.${written.column.name}`
    const declaration = input === undefined ? {} : { from: input }
    const inverse = back ?? `DELETE FROM ${table.name} WHERE 1 = 0`
    actions.push({
      describe: `${what} by ${isFunction ? 'a function' : 'SQL'}: ${text} ${JSON.stringify(declaration)}${to === undefined ? '' : ` to ${target}`}`,
      up: (op) =>
        isFunction
          ? op.run(label, {
              up: async (db) => void (await db.execute(text)),
              down: back === undefined ? 'none' : async (db) => void (await db.execute(back)),
              ...declaration,
              ...(to === undefined ? {} : { to: [target] }),
            })
          : op.sql(text, { inverse, ...declaration }),
      down: (op) => {
        if (back === undefined) return
        if (isFunction) op.run(label, { up: async (db) => void (await db.execute(back)), down: 'none' })
        else op.sql(back)
      },
      rows,
    })
  }

  function addColumn(table: TableNow, initial?: string): ColumnNow {
    const column: ColumnNow = { name: nextName('c'), ...(initial === undefined ? {} : { default: initial }) }
    const [name, of] = [column.name, table.name]
    table.columns.push(column)
    actions.push({
      describe: `add ${of}.${name}${initial === undefined ? '' : ` default ${initial}`}`,
      up: (op) => op.alterTable(of, (t) => t.addColumn(name, varchar(40), initially(initial))),
      down: (op) => op.alterTable(of, (t) => t.dropColumn(name)),
      rows: (all) => eachRow(all, of, (row) => ({ ...row, [name]: initial ?? null })),
    })
    return column
  }

  function addTable(columns: number, parent?: TableNow): TableNow {
    const names = Array.from({ length: columns }, () => nextName('c'))
    const table: TableNow = {
      name: nextName('t'),
      key: nextName('k'),
      columns: names.map((name) => ({ name })),
      ...(parent === undefined ? {} : { parent }),
    }
    const { name, key } = table
    const [parentName, parentKey] = [parent?.name ?? '', parent?.key ?? '']
    tables.push(table)
    actions.push({
      describe: `create ${name} (${key}, ${names.join(', ')})${parent === undefined ? '' : ` of ${parentName}`}`,
      up: (op) =>
        op.createTable(name, (t) => {
          t.column(key, integer(), { nullable: false })
          for (const each of names) t.column(each, varchar(40))
          t.primaryKey([key])
          if (parent !== undefined)
            t.foreignKey({ columns: [key], references: { table: parentName, columns: [parentKey] } })
        }),
      down: (op) => op.dropTable(name),
      rows: (all) => void all.set(name, new Map()),
    })
    return table
  }

  function dropColumn(table: TableNow, column: ColumnNow): void {
    const [of, name] = [table.name, column.name]
    table.columns.splice(table.columns.indexOf(column), 1)
    actions.push({
      describe: `drop ${of}.${name}`,
      up: (op) => op.alterTable(of, (t) => t.dropColumn(name)),
      down: (op) => op.alterTable(of, (t) => t.addColumn(name, varchar(40), initially(column.default))),
      rows: (all) => eachRow(all, of, (row) => without(row, name)),
    })
  }

  const features: { readonly [feature: string]: () => void } = {
    'plain column': () => void addColumn(from.pick(oldTables()), from.chance(0.3) ? 'dflt' : undefined),
    'plain table': () => void addTable(2, from.chance(0.5) ? from.pick(oldTables()) : undefined),
    'computed column': () => {
      const table = from.pick(oldTables())
      const source = oldColumn(table)
      const column = addColumn(table, from.chance(0.2) ? 'dflt' : undefined)
      const { sql, of } = from.pick(expressions)
      const [name, to, read] = [table.name, column.name, source.name]
      drawStep(
        'compute',
        { table, column },
        [{ table, column: source }],
        `UPDATE ${name} SET ${to} = ${sql(read)}`,
        undefined,
        (all) => eachRow(all, name, (row) => ({ ...row, [to]: of(row[read] ?? null) })),
      )
    },
    'column computed from another table': () => {
      const [table, other] = from.sample(oldTables(), 2)
      if (table === undefined || other === undefined) return
      const source = oldColumn(other)
      const column = addColumn(table)
      const [name, key, to] = [table.name, table.key, column.name]
      const [of, otherKey, read] = [other.name, other.key, source.name]
      drawStep(
        'compute',
        { table, column },
        [{ table: other, column: source }],
        `UPDATE ${name} SET ${to} = (SELECT ${of}.${read} FROM ${of} WHERE ${of}.${otherKey} = ${name}.${key})`,
        undefined,
        (all) => eachRow(all, name, (row) => ({ ...row, [to]: all.get(of)?.get(row[key] ?? '')?.[read] ?? null })),
      )
    },
    'moved column': () => {
      const table = from.pick(oldTables())
      const source = oldColumn(table)
      const newTable = addTable(from.int(1, 2), from.chance(0.4) ? table : undefined)
      const { sql, of } = from.pick(expressions)
      const [name, key, read] = [table.name, table.key, source.name]
      const [to, toKey, first] = [newTable.name, newTable.key, newTable.columns[0]?.name ?? '']
      const isDropped = from.chance(0.6)
      const empty = Object.fromEntries(newTable.columns.map((column) => [column.name, null]))
      drawStep(
        'move',
        { table: newTable },
        [{ table, column: source }],
        `INSERT INTO ${to} (${toKey}, ${first}) SELECT ${key}, ${sql(read)} FROM ${name}`,
        isDropped
          ? `UPDATE ${name} SET ${read} = (SELECT ${first} FROM ${to} WHERE ${toKey} = ${name}.${key})`
          : undefined,
        (all) => {
          for (const [id, row] of all.get(name) ?? noRows)
            all.get(to)?.set(id, { [toKey]: id, ...empty, [first]: of(row[read] ?? null) })
        },
      )
      if (isDropped) dropColumn(table, source)
    },
    'moved table': () => {
      const loose = oldTables().filter(
        (each) => each.parent === undefined && !tables.some(({ parent }) => parent === each),
      )
      if (loose.length === 0 || oldTables().length < 3) return
      const table = from.pick(loose)
      const sources = table.columns.filter(held)
      const newTable = addTable(sources.length)
      const [name, key, to, toKey] = [table.name, table.key, newTable.name, newTable.key]
      const reads = sources.map((column) => column.name)
      const writes = newTable.columns.map((column) => column.name)
      drawStep(
        'move',
        { table: newTable },
        sources.map((column) => ({ table, column })),
        `INSERT INTO ${to} (${[toKey, ...writes].join(', ')}) SELECT ${[key, ...reads].join(', ')} FROM ${name}`,
        `INSERT INTO ${name} (${[key, ...reads].join(', ')}) SELECT ${[toKey, ...writes].join(', ')} FROM ${to}`,
        (all) => {
          for (const [id, row] of all.get(name) ?? noRows) {
            const cells = writes.map((column, at) => [column, row[reads[at] ?? ''] ?? null] as const)
            all.get(to)?.set(id, { [toKey]: id, ...Object.fromEntries(cells) })
          }
        },
      )
      const columns = table.columns.map((column) => ({ ...column }))
      tables.splice(tables.indexOf(table), 1)
      actions.push({
        describe: `drop ${name}`,
        up: (op) => op.dropTable(name),
        down: (op) =>
          op.createTable(name, (t) => {
            t.column(key, integer(), { nullable: false })
            for (const column of columns) t.column(column.name, varchar(40), initially(column.default))
            t.primaryKey([key])
          }),
        rows: (all) => void all.delete(name),
      })
    },
    'rename column': () => {
      const table = from.pick(tables)
      if (table.columns.length === 0) return
      const column = from.pick(table.columns)
      renameColumn(table, column.name, (name) => {
        column.name = name
      })
    },
    'rename key': () => {
      const table = from.pick(tables)
      renameColumn(table, table.key, (name) => {
        table.key = name
      })
    },
    'rename table': () => {
      const table = from.pick(tables)
      const [before, after] = [table.name, nextName('t')]
      table.name = after
      actions.push({
        describe: `rename ${before} to ${after}`,
        up: (op) => op.renameTable(before, after),
        down: (op) => op.renameTable(after, before),
        rows: (all) => {
          all.set(after, all.get(before) ?? new Map())
          all.delete(before)
        },
      })
    },
  }

  function renameColumn(table: TableNow, before: string, change: (name: string) => void): void {
    const [of, after] = [table.name, nextName('c')]
    change(after)
    actions.push({
      describe: `rename ${of}.${before} to ${after}`,
      up: (op) => op.alterTable(of, (t) => t.renameColumn(before, after)),
      down: (op) => op.alterTable(of, (t) => t.renameColumn(after, before)),
      rows: (all) => eachRow(all, of, (row) => ({ ...without(row, before), [after]: row[before] ?? null })),
    })
  }

  for (let count = from.int(2, 5); count > 0; count -= 1) {
    const feature = from.weighted([
      [3, 'plain column'],
      [1, 'plain table'],
      [4, 'computed column'],
      [2, 'column computed from another table'],
      [3, 'moved column'],
      [2, 'moved table'],
      [1, 'rename column'],
      [1, 'rename key'],
      [1, 'rename table'],
    ])
    if (oldTables().length > 0) features[feature]?.()
  }
  return {
    below,
    above: tables.map(shapeOf),
    tables,
    steps,
    isWritten,
    upgrade: (op) => {
      for (const { up } of actions) up(op)
    },
    ...(isWritten
      ? {
          downgrade: (op: OperationRecorder) => {
            for (const { down } of actions.toReversed()) down(op)
          },
        }
      : {}),
    compute: (state) => {
      const all: Tables = copyOf(state)
      for (const { rows } of actions) rows(all)
      return all
    },
    describe: [...actions.map(({ describe }) => describe), isWritten ? 'with a downgrade' : 'without a downgrade'],
  }
}
