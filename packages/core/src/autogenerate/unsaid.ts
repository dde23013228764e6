import type { Covers } from '../declare/declared-schema.ts'
import { canonicalJson } from '../model/canonical.ts'
import { constraintBody } from '../model/constraint-match.ts'
import { assign } from '../model/edit.ts'
import type { ColumnModel, ConstraintModel, IndexModel, TableModel } from '../model/schema-model.ts'

function column(declared: ColumnModel, live: ColumnModel | undefined, covers: Covers): ColumnModel {
  if (live === undefined) return declared
  let said = declared
  if (!covers.comments) said = assign(said, 'comment', live.comment)
  if (!covers.collations && said.collation === undefined) said = assign(said, 'collation', live.collation)
  // DATETIME of MySQL; its TIMESTAMP is a type of its own.
  if (!covers.datetimeOnUpdate && said.type.kind === 'timestamp') said = assign(said, 'onUpdate', live.onUpdate)
  if (said.identity !== undefined && said.identity.sequence === undefined && live.identity?.sequence !== undefined)
    said = { ...said, identity: { ...said.identity, sequence: live.identity.sequence } }
  return said
}

/** The facts of a constraint that some declarations have no word for. */
function unsayable(constraint: ConstraintModel, covers: Covers): readonly string[] {
  return [
    ...(covers.deferrable ? [] : ['deferrable']),
    ...(covers.notValid && constraint.kind === 'foreignKey' ? [] : ['notValid']),
    ...(covers.match ? [] : ['match']),
    ...(covers.constraintDetails ? [] : ['include', 'options', 'noInherit', 'onDeleteColumns']),
  ]
}

const bare = (table: TableModel, constraint: ConstraintModel, facts: readonly string[]): string =>
  canonicalJson(
    Object.entries(constraintBody(table, constraint))
      .filter(([fact]) => !facts.includes(fact))
      .sort(),
  )

/** What else the database says of the constraint that is the same in all that the declaration can say. */
function constraint(declared: ConstraintModel, table: TableModel, live: TableModel, covers: Covers): ConstraintModel {
  const facts = unsayable(declared, covers)
  if (facts.length === 0 || declared.kind === 'exclude') return declared
  const text = bare(table, declared, facts)
  // A check is in the words of its author here, and in the server's there: its name has to do.
  const isTwin = (other: ConstraintModel): boolean =>
    declared.kind === 'check'
      ? declared.name !== undefined && other.name === declared.name
      : other.name === declared.name || bare(live, other, facts) === text
  const twin = live.constraints.find((other) => other.kind === declared.kind && isTwin(other))
  if (twin === undefined) return declared
  const extras = Object.entries(twin).filter(([fact]) => facts.includes(fact))
  return { ...declared, ...Object.fromEntries(extras) }
}

function index(declared: IndexModel, live: IndexModel | undefined, covers: Covers): IndexModel {
  if (live === undefined) return declared
  let said = declared
  if (!covers.indexComments) said = assign(said, 'comment', live.comment)
  if (!covers.indexIncludes) said = assign(said, 'include', live.include)
  if (!covers.indexOptions) said = assign(said, 'options', live.options)
  if (!covers.indexNullsNotDistinct) said = assign(said, 'nullsNotDistinct', live.nullsNotDistinct)
  return said
}

const plainColumns = (one: IndexModel): string | undefined => {
  const columns = one.elements.map((element) => (Object.keys(element).length === 1 ? element.column : undefined))
  return one.unique && one.where === undefined && columns.every((name) => name !== undefined)
    ? canonicalJson(columns)
    : undefined
}

/**
 * Drizzle makes a unique index of `unique()` where another tool made a constraint: both keep the same rows out. Where the database has
 * the constraint and no index of that name, the declaration means it.
 */
function uniqueness(declared: TableModel, live: TableModel): TableModel {
  const constraints = new Map(
    live.constraints.flatMap((one) => (one.kind === 'unique' ? [[canonicalJson(one.columns), one] as const] : [])),
  )
  const meant = declared.indexes.filter((one) => {
    const columns = plainColumns(one)
    if (columns === undefined || !constraints.has(columns)) return false
    return (
      !live.indexes.some(({ name }) => name === one.name) &&
      !declared.constraints.some((other) => other.kind === 'unique' && canonicalJson(other.columns) === columns)
    )
  })
  if (meant.length === 0) return declared
  return {
    ...declared,
    constraints: [...declared.constraints, ...meant.flatMap((one) => constraints.get(plainColumns(one) ?? '') ?? [])],
    indexes: declared.indexes.filter((one) => !meant.includes(one)),
  }
}

/**
 * Indexes that the declaration names and that pass for those that the server made for a foreign key: they are there, as long as the key
 * is, and which of the two they are nobody can tell.
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

/** What is declared of row security holds; the rest is as it stands. */
function security(said: TableModel, live: TableModel, covers: Covers): TableModel {
  const { rowSecurity: state, policies } = live
  if (!covers.rowSecurity) {
    const kept = said.rowSecurity === undefined ? assign(said, 'rowSecurity', state) : said
    return kept.policies === undefined ? assign(kept, 'policies', policies) : kept
  }
  if (covers.forcedRowSecurity || (state?.forced ?? false) === (said.rowSecurity?.forced ?? false)) return said
  const now = { enabled: said.rowSecurity?.enabled ?? false, forced: state?.forced ?? false }
  return assign(said, 'rowSecurity', now.enabled || now.forced ? now : undefined)
}

/** A table as it was declared, and, of what a declaration of its kind cannot say, as it stands in the database. */
export function withUnsaid(declared: TableModel, live: TableModel, covers: Covers): TableModel {
  const liveColumns = new Map(live.columns.map((one) => [one.name, one]))
  const liveIndexes = new Map(live.indexes.map((one) => [one.name, one]))
  const exclusions = covers.exclusions ? [] : live.constraints.filter(({ kind }) => kind === 'exclude')
  const names = new Set(declared.indexes.map(({ name }) => name))
  const special = covers.specialIndexes
    ? []
    : live.indexes.filter(
        ({ name, method }) => !names.has(name) && method !== undefined && /^(?:fulltext|spatial|rtree)$/i.test(method),
      )
  const same = covers.uniqueConstraints ? declared : uniqueness(declared, live)
  const said: TableModel = {
    ...same,
    columns: same.columns.map((one) => column(one, liveColumns.get(one.name), covers)),
    constraints: [...same.constraints.map((one) => constraint(one, same, live, covers)), ...exclusions],
    indexes: [...withoutHidden(same, live).map((one) => index(one, liveIndexes.get(one.name), covers)), ...special],
    options: covers.tableOptions ? same.options : { ...live.options, ...same.options },
  }
  const secured = security(said, live, covers)
  return covers.comments ? secured : assign(secured, 'comment', live.comment)
}
