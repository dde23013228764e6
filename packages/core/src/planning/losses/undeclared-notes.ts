import { constraintKindName, constraintSubject, findCounterpart } from '../../compare/constraint-match.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { refText, tableKey } from '../../model/edit.ts'
import type { SchemaModel, TableModel, TableRef, Undeclared } from '../../model/schema-model.ts'
import { isOpaque, type Operation } from '../../operations/operation.ts'

type Part = Undeclared & { readonly name?: string }

/**
 * What the first has beside its definition and the second has not. What names a renamed thing is a lasting fact of the second: the server has
 * it, and how the server writes it then is not known (PostgreSQL).
 */
function missing(before: Undeclared, after: Undeclared): readonly string[] {
  const left = new Set((after.extras ?? []).map((extra) => JSON.stringify(extra)))
  const extras = (before.extras ?? []).filter(
    (extra) =>
      extra.isConstraint !== true &&
      extra.isGiven !== true &&
      !left.has(JSON.stringify(extra)) &&
      after.lasting?.some((fact) => fact.startsWith(`${extra.what}, which names `)) !== true,
  )
  const lasting = (before.lasting ?? []).filter((fact) => after.lasting?.includes(fact) !== true)
  return [...extras.map(({ what }) => what), ...lasting]
}

/** The same of parts of a table, which are found by their names. A part that is gone itself is a difference of the tables. */
function missingInParts(kind: string, before: readonly Part[], after: readonly Part[]): readonly string[] {
  return before.flatMap((part) => {
    const counterpart = after.find(({ name }) => name === part.name)
    if (counterpart === undefined) return []
    return missing(part, counterpart).map((what) => `${what} of ${kind} ${part.name}`)
  })
}

/** A constraint without a name is found by what it is over. */
const missingInConstraints = (model: SchemaModel, before: TableModel, after: TableModel): readonly string[] =>
  before.constraints.flatMap((constraint) => {
    const counterpart = findCounterpart(model, after, constraint, 'either')
    if (counterpart === undefined) return []
    const { kind, name } = constraint
    const named =
      name === undefined ? `${constraintKindName(kind)} (${constraintSubject(constraint)})` : `constraint ${name}`
    return missing(constraint, counterpart).map((what) => `${what} of ${named}`)
  })

const missingInTable = (model: SchemaModel, before: TableModel, after: TableModel): readonly string[] => [
  ...missing(before, after),
  ...missingInParts('column', before.columns, after.columns),
  ...missingInConstraints(model, before, after),
  ...missingInParts('index', before.indexes, after.indexes),
]

function notesOf<T extends { readonly ref: TableRef }>(
  kind: string,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  factsOf: (before: T, after: T) => readonly string[],
): readonly string[] {
  return [...before].flatMap(([key, object]) => {
    const counterpart = after.get(key)
    if (counterpart === undefined || counterpart === object) return []
    const facts = [...new Set(factsOf(object, counterpart))]
    return facts.length === 0 ? [] : [`${kind} ${refText(object.ref)}: ${facts.join(', ')}`]
  })
}

type Objects = Pick<SchemaModel, 'tables' | 'views' | 'enums' | 'sequences'>

const notesOfAll = (
  before: Objects,
  after: Objects,
  inTable: (before: TableModel, after: TableModel) => readonly string[],
): readonly string[] => [
  ...notesOf('table', before.tables, after.tables, inTable),
  ...notesOf('view', before.views, after.views, missing),
  ...notesOf('enum', before.enums, after.enums, missing),
  ...notesOf('sequence', before.sequences, after.sequences, missing),
]

const unlessOf = (operations: readonly Operation[]): string =>
  operations.some(isOpaque) ? ', unless its own SQL does' : ''

interface Dropped {
  readonly kind: 'table' | 'view' | 'enum' | 'sequence'
  readonly ref: TableRef
  /** A part of the table; absent: the whole object. */
  readonly part?: string | undefined
}

function droppedBy(operation: Operation): readonly Dropped[] {
  if (operation.kind === 'dropTable') return [{ kind: 'table', ref: operation.table }]
  if (operation.kind === 'dropView') return [{ kind: 'view', ref: operation.view }]
  if (operation.kind === 'dropEnum') return [{ kind: 'enum', ref: operation.enum }]
  if (operation.kind === 'dropSequence') return [{ kind: 'sequence', ref: operation.sequence }]
  if (operation.kind === 'dropColumn') return [{ kind: 'table', ref: operation.table, part: operation.column }]
  if (operation.kind === 'dropIndex') return [{ kind: 'table', ref: operation.table, part: operation.index }]
  if (operation.kind !== 'dropConstraint') return []
  const { constraint } = operation
  return 'name' in constraint ? [{ kind: 'table', ref: operation.table, part: constraint.name }] : []
}

/**
 * What objects have beside their definitions, where a step drops them and makes them again by operations, which do not say it. What the
 * server's rules make us drop besides comes back with all of it. Pure.
 */
export function recreatedNotes(
  before: SchemaModel,
  after: SchemaModel,
  operations: readonly Operation[],
): readonly string[] {
  const dropped = operations.flatMap(droppedBy)
  // Most steps drop nothing, and the schema may be large.
  if (dropped.length === 0) return []
  const objects = <T extends { readonly ref: TableRef }>(kind: Dropped['kind'], all: ReadonlyMap<string, T>) =>
    new Map([...all].filter(([key]) => dropped.some((each) => each.kind === kind && tableKey(each.ref) === key)))
  const inTable = (old: TableModel, now: TableModel): readonly string[] => {
    const own = dropped.filter(({ kind, ref }) => kind === 'table' && tableKey(ref) === tableKey(old.ref))
    if (own.some(({ part }) => part === undefined)) return missingInTable(before, old, now)
    const isDropped = ({ name }: Part): boolean => own.some(({ part }) => part === name)
    return missingInTable(
      before,
      {
        ref: old.ref,
        options: {},
        columns: old.columns.filter(isDropped),
        constraints: old.constraints.filter(isDropped),
        indexes: old.indexes.filter(isDropped),
      },
      now,
    )
  }
  const found = {
    tables: objects('table', before.tables),
    views: objects('view', before.views),
    enums: objects('enum', before.enums),
    sequences: objects('sequence', before.sequences),
  }
  return notesOfAll(found, after, inTable).map(
    (facts) => `what it drops and makes again is without what it had${unlessOf(operations)}: ${facts}`,
  )
}

/**
 * What objects have beside their definitions (owner, privileges, publications, statistics), where a downgrade drops them and the next
 * upgrade makes them again from its own operations, which do not say it. Pure.
 *
 * @param before the schema that the downgrade finds
 * @param after what it leaves
 * @param upgrade what the next upgrade runs
 */
export function undeclaredNotes(
  dialect: Dialect,
  before: SchemaModel,
  after: SchemaModel,
  upgrade: readonly Operation[],
): readonly string[] {
  let upgraded = after
  try {
    for (const operation of upgrade) upgraded = dialect.model.apply(upgraded, operation)
  } catch (error) {
    // What its SQL makes is not known.
    if (!isMigrateError(error)) throw error
    return []
  }
  return notesOfAll(before, upgraded, (old, now) => missingInTable(before, old, now)).map(
    (facts) => `the next upgrade does not restore${unlessOf(upgrade)}: ${facts}`,
  )
}
