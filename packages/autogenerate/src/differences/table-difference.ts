import {
  type ColumnModel,
  type ConstraintModel,
  canonicalJson,
  type Dialect,
  type IndexModel,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import {
  comparableTable,
  constraintBody,
  differingColumnFacts,
  differingIndexFacts,
  differingOptions,
  matchConstraints,
} from '@org/migrate-core/internal'
import { type SecurityDifference, securityDifference } from './security-difference.ts'

/** A column that both sides have and that is not the same. */
export interface ColumnDifference {
  readonly name: string
  /** As it stands, in normal form. */
  readonly actual: ColumnModel
  /** As the server will have it, in normal form. */
  readonly expected: ColumnModel
  /** The same in the server's own words. */
  readonly shown: ColumnModel
  /** As it was declared. */
  readonly declared: ColumnModel
  readonly facts: ReadonlySet<string>
}

/** A key, a check or an index as its side has it: what one side calls a unique constraint the other may call a unique index. */
export type TablePart =
  | { readonly kind: 'constraint'; readonly constraint: ConstraintModel }
  | { readonly kind: 'index'; readonly index: IndexModel }

export const partsOf = ({
  constraints,
  indexes,
}: Pick<TableModel, 'constraints' | 'indexes'>): readonly TablePart[] => [
  ...constraints.map((constraint): TablePart => ({ kind: 'constraint', constraint })),
  ...indexes.map((index): TablePart => ({ kind: 'index', index })),
]

export interface RenamedPart {
  readonly kind: TablePart['kind']
  readonly from: string
  readonly to: string
}

/** What leads from a table as it stands to a table as it was declared, in no order yet. */
export interface TableDifference {
  readonly ref: TableRef
  readonly added: readonly ColumnModel[]
  readonly removed: readonly ColumnModel[]
  readonly changed: readonly ColumnDifference[]
  readonly partsRemoved: readonly TablePart[]
  readonly partsAdded: readonly TablePart[]
  readonly partsRenamed: readonly RenamedPart[]
  /** `null` takes the option away. */
  readonly options: { readonly [option: string]: string | boolean | null }
  /** `null` takes it away; undefined: it stays. */
  readonly comment: string | null | undefined
  readonly security: SecurityDifference
  /** The columns that both have stand in another order, which is no difference and worth a word. */
  readonly reordered: boolean
}

/** A table of the declaration in its three forms. */
export interface DeclaredForms {
  /** As it was declared. */
  readonly raw: TableModel
  /** With the names that the server gives; its parts in the order of `raw`. */
  readonly canonical: TableModel
  /** As the server shows it, where it was asked; else `canonical`. */
  readonly expected: TableModel
}

/** The raw part that a constraint in normal form comes from. Normal forms keep the order, and MySQL's has unique indexes behind. */
function partOf(raw: TableModel, normal: TableModel, constraint: ConstraintModel): TablePart {
  const at = normal.constraints.indexOf(constraint)
  const own = raw.constraints[at]
  if (own !== undefined) return { kind: 'constraint', constraint: own }
  const index = raw.indexes.find(({ name }) => name === constraint.name)
  return index === undefined ? { kind: 'constraint', constraint } : { kind: 'index', index }
}

/** Of a constraint as the server shows it, the one that was declared. */
function declaredPart({ raw, canonical, expected }: DeclaredForms, part: TablePart): TablePart {
  if (part.kind === 'index') {
    const index = raw.indexes.find(({ name }) => name === part.index.name)
    return index === undefined ? part : { kind: 'index', index }
  }
  const { constraint } = part
  const at = expected.constraints.indexOf(constraint)
  const declaredConstraint = (
    fits: (other: ConstraintModel, position: number) => boolean,
  ): ConstraintModel | undefined => {
    const position = canonical.constraints.findIndex(fits)
    return position === -1 ? undefined : raw.constraints[position]
  }
  // A name is one object: what says the same may be another, declared too.
  const called =
    declaredConstraint((_, position) => expected === canonical && position === at) ??
    declaredConstraint(({ name, kind }) => name !== undefined && name === constraint.name && kind === constraint.kind)
  if (called !== undefined) return { kind: 'constraint', constraint: called }
  const index = raw.indexes.find(({ name }) => name === constraint.name)
  if (index !== undefined) return { kind: 'index', index }
  const body = canonicalJson(constraintBody(expected, constraint))
  const alike =
    declaredConstraint((other) => canonicalJson(constraintBody(canonical, other)) === body) ??
    declaredConstraint(
      (other) =>
        other.kind === constraint.kind &&
        'columns' in other &&
        'columns' in constraint &&
        canonicalJson(other.columns) === canonicalJson(constraint.columns),
    )
  return alike === undefined ? part : { kind: 'constraint', constraint: alike }
}

const nameOf = (part: TablePart): string | undefined => (part.kind === 'index' ? part.index.name : part.constraint.name)

interface Parts {
  readonly removed: TablePart[]
  readonly added: TablePart[]
  readonly renamed: RenamedPart[]
}

function constraintParts(
  normal: { readonly expected: TableModel; readonly actual: TableModel },
  declared: DeclaredForms,
  actual: TableModel,
  isGenerated: (name: string) => boolean,
): Parts {
  const match = matchConstraints(
    normal.expected,
    normal.actual,
    (constraint) => constraint.name !== undefined && isGenerated(constraint.name),
  )
  const actualPart = (constraint: ConstraintModel): TablePart => partOf(actual, normal.actual, constraint)
  const desiredPart = (constraint: ConstraintModel): TablePart =>
    declaredPart(declared, partOf(declared.expected, normal.expected, constraint))
  return {
    removed: match.leftOver.map(actualPart),
    added: match.missing.map(desiredPart),
    renamed: match.renamed.flatMap((pair) => {
      const from = actualPart(pair.actual)
      const [old, now] = [nameOf(from), nameOf(desiredPart(pair.expected))]
      // It was declared without a name: the name that it has does.
      return old === undefined || now === undefined ? [] : [{ kind: from.kind, from: old, to: now }]
    }),
  }
}

function indexParts(
  normal: { readonly expected: TableModel; readonly actual: TableModel },
  { raw }: DeclaredForms,
  actual: TableModel,
  isGenerated: (name: string) => boolean,
): Parts {
  const remaining = new Map(normal.actual.indexes.map((index) => [index.name, index]))
  const parts: Parts = { removed: [], added: [], renamed: [] }
  const rawIndex = (table: TableModel, index: IndexModel): TablePart => ({
    kind: 'index',
    index: table.indexes.find(({ name }) => name === index.name) ?? index,
  })
  const unmatched: IndexModel[] = []
  for (const index of normal.expected.indexes) {
    const other = remaining.get(index.name)
    if (other === undefined) {
      unmatched.push(index)
      continue
    }
    remaining.delete(index.name)
    if (differingIndexFacts(index, other).length === 0) continue
    parts.removed.push(rawIndex(actual, other))
    parts.added.push(rawIndex(raw, index))
  }
  for (const index of unmatched) {
    const counterpart = [...remaining.values()].find((other) => differingIndexFacts(index, other).length === 0)
    if (counterpart === undefined) {
      parts.added.push(rawIndex(raw, index))
      continue
    }
    remaining.delete(counterpart.name)
    if (!isGenerated(index.name)) parts.renamed.push({ kind: 'index', from: counterpart.name, to: index.name })
  }
  parts.removed.push(...[...remaining.values()].map((index) => rawIndex(actual, index)))
  return parts
}

function optionChanges(expected: TableModel, actual: TableModel, raw: TableModel): TableDifference['options'] {
  return Object.fromEntries(
    differingOptions(expected, actual).map((name) => [name, raw.options[name] ?? expected.options[name] ?? null]),
  )
}

/** The schema around each side, where what a foreign key leaves out is looked up. */
interface Surroundings {
  readonly declared: SchemaModel
  readonly actual: SchemaModel
}

/** Compares a table as it stands with one as it was declared. */
export function tableDifference(
  dialect: Dialect,
  declared: DeclaredForms,
  actual: TableModel,
  around: Surroundings,
  isGenerated: (name: string) => boolean = () => false,
): TableDifference {
  const normal = {
    expected: comparableTable(dialect, around.declared, declared.expected),
    actual: comparableTable(dialect, around.actual, actual),
  }
  const actualColumns = new Map(normal.actual.columns.map((column) => [column.name, column]))
  const declaredColumns = new Map(declared.raw.columns.map((column) => [column.name, column]))
  const shown = new Map(declared.expected.columns.map((column) => [column.name, column]))
  const expectedNames = new Set(normal.expected.columns.map(({ name }) => name))
  const changed = normal.expected.columns.flatMap((expected): readonly ColumnDifference[] => {
    const other = actualColumns.get(expected.name)
    const raw = declaredColumns.get(expected.name)
    if (other === undefined || raw === undefined) return []
    const facts = new Set(differingColumnFacts(expected, other))
    if (facts.size === 0) return []
    const { name } = expected
    return [{ name, actual: other, expected, shown: shown.get(name) ?? expected, declared: raw, facts }]
  })
  const constraints = constraintParts(normal, declared, actual, isGenerated)
  const indexes = indexParts(normal, declared, actual, isGenerated)
  const common = normal.actual.columns.flatMap(({ name }) => (expectedNames.has(name) ? [name] : []))
  const order = normal.expected.columns.flatMap(({ name }) => (actualColumns.has(name) ? [name] : []))
  const [comment, other] = [normal.expected.comment ?? '', normal.actual.comment ?? '']
  return {
    ref: actual.ref,
    added: declared.raw.columns.filter(({ name }) => !actualColumns.has(name)),
    removed: normal.actual.columns.filter(({ name }) => !expectedNames.has(name)),
    changed,
    partsRemoved: [...constraints.removed, ...indexes.removed],
    partsAdded: [...constraints.added, ...indexes.added],
    partsRenamed: [...constraints.renamed, ...indexes.renamed],
    options: optionChanges(normal.expected, normal.actual, declared.raw),
    comment: comment === other ? undefined : comment === '' ? null : comment,
    security: securityDifference(normal, declared.raw),
    reordered: common.some((name, at) => name !== order[at]),
  }
}

/** Whether there is nothing to do. */
export function isEqual(difference: TableDifference): boolean {
  const { added, removed, changed, partsRemoved, partsAdded, partsRenamed, options, comment, security } = difference
  const lists: readonly (readonly unknown[])[] = [
    added,
    removed,
    changed,
    partsRemoved,
    partsAdded,
    partsRenamed,
    security.removed,
    security.added,
    security.changed,
    Object.keys(security.change),
  ]
  return lists.every((list) => list.length === 0) && Object.keys(options).length === 0 && comment === undefined
}
