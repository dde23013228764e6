import type { Operation } from '@org/migrate-core'
import { type Dialect, mayName, type Routine, type SchemaModel, sql } from '@org/migrate-core/dialect'
import { creationsOf } from './creations.ts'

/** SQL that makes nothing that the model knows of; whether that existed before is not known, so nothing reverts it. */
export function unmodelledCreation({ sql: { quote } }: Dialect, name: string, create: string): Operation {
  const inverse = sql`SELECT ${quote.literal(`${name} stays: it may have been there before`)}`.text
  return { kind: 'sql', text: create, inverse, effects: [] }
}

const ranks: { readonly [K in Operation['kind']]?: number } = {
  createSchema: 0,
  createExtension: 0,
  createEnum: 0,
  createSequence: 0,
  // Foreign keys that close a circle, and the owners of sequences, come behind the rows.
  addConstraint: 3,
  alterSequence: 3,
  createView: 5,
  // Its expressions may call any function, and read any table or view.
  createPolicy: 6,
  createTrigger: 6,
}
const tableRank = 2

interface Surroundings {
  readonly routines: readonly Routine[]
  /** What is run once the tables are there: rows, partitions. */
  readonly afterTables?: readonly Operation[]
}

/** The mark of a body in dollar quotes is no part of its last word; a name may have a dollar in it. */
const withoutMarks = (text: string): string => `${text} ${text.replaceAll('$', ' ')}`

/** Functions whose bodies name a table, a view or another of these functions: the server wants it there. */
function behindTables(routines: readonly Routine[], { tables, views }: SchemaModel): ReadonlySet<Routine> {
  const names = new Set([...tables.values(), ...views.values()].map(({ ref }) => ref.name))
  const late = new Set<Routine>()
  for (let size = -1; size < late.size; ) {
    size = late.size
    for (const each of routines) {
      if (!each.readsTables || late.has(each) || ![...names].some(mayName(withoutMarks(each.create)))) continue
      late.add(each)
      names.add(each.name.replace(/\(.*$/s, '').replace(/^.*\./s, ''))
    }
  }
  return late
}

/** What makes a schema, in the order of an empty server: functions before the tables whose defaults call them, or behind those that they read. */
export function rankedCreations(
  dialect: Dialect,
  schema: SchemaModel,
  { routines, afterTables = [] }: Surroundings,
): readonly Operation[] {
  const late = behindTables(routines, schema)
  const circles = dialect.capabilities.lateReferences ? 'inline' : 'separate'
  const ranked = [
    ...creationsOf(schema, { circles }).map((operation) => ({ operation, rank: ranks[operation.kind] ?? tableRank })),
    ...afterTables.map((operation) => ({ operation, rank: tableRank })),
    ...routines.map((each) => ({
      operation: unmodelledCreation(dialect, each.name, each.create),
      rank: late.has(each) ? 4 : 1,
    })),
  ]
  return ranked.sort((a, b) => a.rank - b.rank).map(({ operation }) => operation)
}
