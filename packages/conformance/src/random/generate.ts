import type { ColumnType, Operation, SequenceModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import type { RandomFeatures, SqlFragments } from '../subject.ts'
import { draws, enumValues, type Making } from './columns.ts'
import { namesOf } from './names.ts'
import { random as randomOf } from './random.ts'
import { canBeReferred, foreignKey, randomTable } from './tables.ts'

/** A random schema as the operations that make it, with what is in it. */
export interface RandomModel {
  readonly operations: readonly Operation[]
  readonly features: ReadonlySet<string>
  /** The trigger of the model needs `beforeTrigger` of the fragments. */
  readonly triggers: boolean
}

function sequences(making: Making, called: (what: string) => string): readonly Operation[] {
  if (!draws(making, 'sequence', making.features.sequences, 0.2)) return []
  const { random } = making
  const options = { start: '100', increment: '5', minValue: '10', maxValue: '9000', cache: 10 }
  const sequence: SequenceModel = {
    ref: { name: called('sequence') },
    ...(random.chance(0.5) ? { ...options, ...(random.chance(0.5) ? { cycle: true } : {}) } : {}),
  }
  return [{ kind: 'createSequence', sequence }]
}

function views(making: Making, [table]: readonly TableModel[], called: (what: string) => string): readonly Operation[] {
  const column = table?.columns[0]?.name
  if (table === undefined || column === undefined) return []
  if (!draws(making, 'view', table.ref.schema === undefined, 0.25)) return []
  const { quoted } = making.fragments
  const materialized = draws(making, 'materialised view', making.features.materializedViews, 0.4)
  const view = {
    ref: { name: called('view') },
    definition: `SELECT ${quoted(column)} FROM ${quoted(table.ref.name)}`,
    ...(materialized ? { materialized } : {}),
  }
  return [{ kind: 'createView', view }]
}

/** The two tables of the fragments' trigger, and the trigger. */
function triggers(making: Making): readonly Operation[] {
  const { trigger: createTrigger } = making.fragments
  if (createTrigger === undefined || !draws(making, 'trigger', true, 0.15)) return []
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
  const trigger = { name: 'item_log', table: { name: 'item' }, definition: createTrigger('item_log') }
  return [tableOf('item', 'name'), tableOf('log', 'note'), { kind: 'createTrigger', trigger }]
}

/** Two tables that refer to each other: the second key comes when both are there. */
function cycle(making: Making, tables: readonly TableModel[], called: (what: string) => string): readonly Operation[] {
  const [first, last] = [tables[0], tables.at(-1)]
  if (first === undefined || last === undefined) return []
  if (!draws(making, 'foreign keys in a circle', first !== last && canBeReferred(last), 0.4)) return []
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
    const away = draws(making, 'another schema', schema !== undefined, 0.4)
    const ref: TableRef = { ...(away && schema !== undefined ? { schema } : {}), name: called('table') }
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
