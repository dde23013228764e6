import { MigrateError, type SupportedFeatures } from '@org/migrate-core'
import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  type ConstraintOf,
  canonicalJson,
  type IndexModel,
  refText,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { constraintBody } from '@org/migrate-core/internal'
import { exclusionsOf, losesCollation, specialIndexesOf } from './undeclared-parts.ts'

function column(declared: ColumnModel, live: ColumnModel | undefined, features: SupportedFeatures): ColumnModel {
  if (live === undefined) return declared
  let merged = declared
  if (!features.comments) merged = assign(merged, 'comment', live.comment)
  if (!features.collations && merged.collation === undefined && !losesCollation(declared, live))
    merged = assign(merged, 'collation', live.collation)
  // DATETIME of MySQL; its TIMESTAMP is a type of its own.
  if (!features.datetimeOnUpdate && merged.type.kind === 'timestamp') merged = assign(merged, 'onUpdate', live.onUpdate)
  if (merged.identity !== undefined && merged.identity.sequence === undefined && live.identity?.sequence !== undefined)
    merged = { ...merged, identity: { ...merged.identity, sequence: live.identity.sequence } }
  return merged
}

/** The facts of a constraint that some declarations have no word for. */
function inexpressibleFacts(constraint: ConstraintModel, features: SupportedFeatures): readonly string[] {
  return [
    ...(features.deferrable ? [] : ['deferrable']),
    ...(features.notValid && constraint.kind === 'foreignKey' ? [] : ['notValid']),
    ...(features.match ? [] : ['match']),
    ...(features.constraintDetails ? [] : ['include', 'options', 'noInherit', 'onDeleteColumns']),
  ]
}

const bare = (table: TableModel, constraint: ConstraintModel, facts: readonly string[]): string =>
  canonicalJson(
    Object.entries(constraintBody(table, constraint))
      .filter(([fact]) => !facts.includes(fact))
      .sort(),
  )

/** What else the database says of the constraint that is the same in all that the declaration can say. */
function constraint(
  declared: ConstraintModel,
  table: TableModel,
  live: TableModel,
  features: SupportedFeatures,
): ConstraintModel {
  const facts = inexpressibleFacts(declared, features)
  if (facts.length === 0 || declared.kind === 'exclude') return declared
  const text = bare(table, declared, facts)
  // A check is in the words of its author here, and in the server's there: its name has to do.
  const isCounterpart = (other: ConstraintModel): boolean =>
    declared.kind === 'check'
      ? declared.name !== undefined && other.name === declared.name
      : (declared.name !== undefined && other.name === declared.name) || bare(live, other, facts) === text
  const counterpart = live.constraints.find((other) => other.kind === declared.kind && isCounterpart(other))
  if (counterpart === undefined) return declared
  const extras = Object.entries(counterpart).filter(([fact]) => facts.includes(fact))
  return { ...declared, ...Object.fromEntries(extras) }
}

function index(declared: IndexModel, live: IndexModel | undefined, features: SupportedFeatures): IndexModel {
  if (live === undefined) return declared
  let merged = declared
  if (!features.indexComments) merged = assign(merged, 'comment', live.comment)
  if (!features.indexIncludes) merged = assign(merged, 'include', live.include)
  if (!features.indexOptions) merged = assign(merged, 'options', live.options)
  if (!features.indexNullsNotDistinct) merged = assign(merged, 'nullsNotDistinct', live.nullsNotDistinct)
  return merged
}

const plainColumns = (one: IndexModel): string | undefined => {
  const columns = one.elements.map((element) => (Object.keys(element).length === 1 ? element.column : undefined))
  return one.unique && one.where === undefined && columns.every((name) => name !== undefined)
    ? canonicalJson(columns)
    : undefined
}

type Unique = ConstraintOf<'unique'>

const isUnique = (one: ConstraintModel): one is Unique => one.kind === 'unique'

/**
 * Drizzle makes a unique index of `unique()` where another tool made a constraint: both keep the same rows out. Where the database has
 * the constraint and no index of that name, the declaration means it: the one of its name, else one that nothing else means.
 */
function uniqueness(declared: TableModel, live: TableModel): TableModel {
  const indexNames = new Set(live.indexes.map(({ name }) => name))
  const constraints = declared.constraints.filter(isUnique)
  const candidates = declared.indexes.filter((one) => plainColumns(one) !== undefined && !indexNames.has(one.name))
  if (candidates.length === 0) return declared
  const free = new Set(live.constraints.filter(isUnique))
  const meant = new Map<Unique | IndexModel, Unique>()
  for (const byName of [true, false]) {
    for (const one of [...constraints, ...candidates]) {
      if (meant.has(one)) continue
      const columns = 'columns' in one ? canonicalJson(one.columns) : plainColumns(one)
      const found = [...free].find(
        (other) => canonicalJson(other.columns) === columns && (!byName || other.name === one.name),
      )
      if (found === undefined) continue
      meant.set(one, found)
      free.delete(found)
    }
  }
  return {
    ...declared,
    constraints: [...declared.constraints, ...candidates.flatMap((one) => meant.get(one) ?? [])],
    indexes: declared.indexes.filter((one) => !meant.has(one)),
  }
}

/**
 * Indexes that the declaration names and that pass for those that the server made for a foreign key: they are there, as long as the key
 * is, and which of the two they are is unknown.
 */
function withoutHidden(declared: TableModel, live: TableModel): readonly IndexModel[] {
  const hidden = (live.hiddenIndexes ?? []).filter(({ why }) => why === 'foreignKey')
  const keyed = new Set(
    declared.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [canonicalJson(one.columns)] : [])),
  )
  return declared.indexes.filter(
    ({ name, unique, elements }) =>
      unique ||
      !hidden.some((other) => other.name === name && canonicalJson(other.elements) === canonicalJson(elements)) ||
      !keyed.has(canonicalJson(elements.map(({ column }) => column))),
  )
}

/** Throws DEPENDENT_OBJECTS for a policy that the declaration knows nothing of, and that reads a column that goes. */
function refusePolicies(declared: TableModel, { ref, policies = [] }: TableModel): void {
  const isDeclared = new Set(declared.columns.map(({ name }) => name))
  for (const { name, reads = [] } of policies) {
    const removed = reads.find(({ table, column: one }) => tableKey(table) === tableKey(ref) && !isDeclared.has(one))
    if (removed === undefined) continue
    const [object, dependant] = [`column ${refText(ref)}.${removed.column}`, `policy ${name} of ${refText(ref)}`]
    throw new MigrateError(
      'DEPENDENT_OBJECTS',
      { object, dependants: [dependant] },
      `The ${object} cannot be dropped: ${dependant} reads it, and the declaration does not make that.`,
    )
  }
}

/** What is declared of row security holds; the rest is as it stands. */
function security(declared: TableModel, live: TableModel, features: SupportedFeatures): TableModel {
  const { rowSecurity: state, policies } = live
  if (!features.rowSecurity) {
    if (declared.policies === undefined) refusePolicies(declared, live)
    const secured = declared.rowSecurity === undefined ? assign(declared, 'rowSecurity', state) : declared
    return secured.policies === undefined ? assign(secured, 'policies', policies) : secured
  }
  if (features.forcedRowSecurity || (state?.forced ?? false) === (declared.rowSecurity?.forced ?? false))
    return declared
  const now = { enabled: declared.rowSecurity?.enabled ?? false, forced: state?.forced ?? false }
  return assign(declared, 'rowSecurity', now.enabled || now.forced ? now : undefined)
}

/** A table as it was declared, and, of what a declaration of its kind cannot say, as it stands in the database. */
export function withUndeclaredFacts(declared: TableModel, live: TableModel, features: SupportedFeatures): TableModel {
  const liveColumns = new Map(live.columns.map((one) => [one.name, one]))
  const liveIndexes = new Map(live.indexes.map((one) => [one.name, one]))
  const exclusions = features.exclusions ? [] : exclusionsOf(declared, live)
  const special = features.specialIndexes ? [] : specialIndexesOf(declared, live)
  const same = features.uniqueConstraints ? declared : uniqueness(declared, live)
  const merged: TableModel = {
    ...same,
    columns: same.columns.map((one) => column(one, liveColumns.get(one.name), features)),
    constraints: [...same.constraints.map((one) => constraint(one, same, live, features)), ...exclusions],
    indexes: [...withoutHidden(same, live).map((one) => index(one, liveIndexes.get(one.name), features)), ...special],
    options: features.tableOptions ? same.options : { ...live.options, ...same.options },
  }
  const secured = security(merged, live, features)
  return features.comments ? secured : assign(secured, 'comment', live.comment)
}
