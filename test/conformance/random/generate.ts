import type { ColumnType, Operation, SequenceModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import { random as randomOf } from '../../kit/random.ts'
import type { RandomFeatures, SqlFragments } from '../subject.ts'
import { enumValues, type Making } from './columns.ts'
import { namesOf } from './names.ts'
import { canBeReferred, foreignKey, randomTable } from './tables.ts'

/** A random schema as the operations that make it, with what is in it. */
export interface RandomModel {
  readonly operations: readonly Operation[]
  readonly features: ReadonlySet<string>
  /** The trigger of the model needs what the words say. */
  readonly triggers: boolean
}

function sequences({ random, record, features }: Making, called: (what: string) => string): readonly Operation[] {
  if (!features.sequences || !random.chance(0.2)) return []
  record('sequence')
  const full = random.chance(0.5)
  const sequence: SequenceModel = {
    ref: { name: called('sequence') },
    ...(full
      ? {
          start: '100',
          increment: '5',
          minValue: '10',
          maxValue: '9000',
          cache: 10,
          ...(random.chance(0.5) ? { cycle: true } : {}),
        }
      : {}),
  }
  return [{ kind: 'createSequence', sequence }]
}

function views(
  { random, record, features, fragments }: Making,
  tables: readonly TableModel[],
  called: (what: string) => string,
): readonly Operation[] {
  const [table] = tables
  const column = table?.columns[0]?.name
  if (table === undefined || column === undefined || table.ref.schema !== undefined || !random.chance(0.25)) return []
  record('view')
  const materialized = features.materializedViews && random.chance(0.4)
  if (materialized) record('materialised view')
  const definition = `SELECT ${fragments.quoted(column)} FROM ${fragments.quoted(table.ref.name)}`
  return [
    {
      kind: 'createView',
      view: { ref: { name: called('view') }, definition, ...(materialized ? { materialized } : {}) },
    },
  ]
}

/** The two tables that the words' trigger speaks of, and the trigger. */
function triggers({ random, record, fragments }: Making): readonly Operation[] {
  if (fragments.trigger === undefined || !random.chance(0.15)) return []
  record('trigger')
  const text: ColumnType = { kind: 'varchar', length: 40 }
  const tableOf = (name: string, column: string): Operation => ({
    kind: 'createTable',
    table: {
      ref: { name },
      columns: [{ name: column, type: text, nullable: true }],
      constraints: [],
      indexes: [],
      options: {},
    },
  })
  const trigger = { name: 'item_log', table: { name: 'item' }, definition: fragments.trigger('item_log') }
  return [tableOf('item', 'name'), tableOf('log', 'note'), { kind: 'createTrigger', trigger }]
}

/** Two tables that refer to each other: the second key comes when both are there. */
function cycle(making: Making, tables: readonly TableModel[], called: (what: string) => string): readonly Operation[] {
  const { random, record } = making
  const [first, last] = [tables[0], tables.at(-1)]
  if (first === undefined || last === undefined || first === last || !canBeReferred(last) || !random.chance(0.4))
    return []
  record('foreign keys in a circle')
  const { columns, constraint } = foreignKey(making, first, last, called)
  return [
    ...columns.map((column): Operation => ({ kind: 'addColumn', table: first.ref, column })),
    { kind: 'addConstraint', table: first.ref, constraint },
  ]
}

export function randomModel(seed: number, features: RandomFeatures, fragments: SqlFragments): RandomModel {
  const random = randomOf(seed)
  const used = new Set<string>()
  const record = (feature: string): void => void used.add(feature)
  const making: Making = { random, features, fragments, record }
  const called = namesOf(random, record)
  const schema = features.schemas && random.chance(0.3) ? called('schema') : undefined
  const enums: ColumnType[] = []
  const before: Operation[] = []
  if (schema !== undefined) before.push({ kind: 'createSchema', schema })
  if (features.schemas && features.enums && random.chance(0.5)) {
    const name = called('enum')
    const values = random.pick(enumValues)
    enums.push({ kind: 'enum', name, values })
    before.push({ kind: 'createEnum', enum: { ref: { name }, values } })
  }
  const tables: TableModel[] = []
  for (let left = random.int(1, 4); left > 0; left--) {
    const away = schema !== undefined && random.chance(0.4)
    if (away) record('another schema')
    const ref: TableRef = { ...(away ? { schema } : {}), name: called('table') }
    // The name of an enum is looked for where the table is.
    tables.push(randomTable(making, ref, tables, away ? [] : enums, called))
  }
  const operations: readonly Operation[] = [
    ...before,
    ...sequences(making, called),
    ...tables.map((table): Operation => ({ kind: 'createTable', table })),
    ...cycle(making, tables, called),
    ...views(making, tables, called),
    ...triggers(making),
  ]
  return { operations, features: used, triggers: used.has('trigger') }
}
