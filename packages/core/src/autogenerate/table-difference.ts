import type { Dialect } from '../dialect/dialect.ts'
import { canonicalJson } from '../model/canonical.ts'
import { constraintBody, matchConstraints } from '../model/constraint-match.ts'
import {
  differingColumnFacts,
  differingIndexFacts,
  differingOptions,
  withWholeReferences,
} from '../model/differences.ts'
import type {
  ColumnModel,
  ConstraintModel,
  IndexModel,
  SchemaModel,
  TableModel,
  TableRef,
} from '../model/schema-model.ts'
import { type SecurityDifference, securityDifference } from './security-difference.ts'

/** A column that both sides have and that is not the same. */
export interface ColumnDifference {
  readonly name: string
  /** As it stands, in normal form. */
  readonly found: ColumnModel
  /** As the server will have it, in normal form. */
  readonly expected: ColumnModel
  /** The same in the server's own words. */
  readonly shown: ColumnModel
  /** As it was declared. */
  readonly declared: ColumnModel
  readonly facts: ReadonlySet<string>
}

/** A key, a check or an index as its side has it: what one side calls a unique constraint the other may call a unique index. */
export type Part =
  | { readonly is: 'constraint'; readonly constraint: ConstraintModel }
  | { readonly is: 'index'; readonly index: IndexModel }

export const partsOf = ({ constraints, indexes }: Pick<TableModel, 'constraints' | 'indexes'>): readonly Part[] => [
  ...constraints.map((constraint): Part => ({ is: 'constraint', constraint })),
  ...indexes.map((index): Part => ({ is: 'index', index })),
]

export interface RenamedPart {
  readonly is: Part['is']
  readonly from: string
  readonly to: string
}

/** What leads from a table as it stands to a table as it was declared, in no order yet. */
export interface TableDifference {
  readonly ref: TableRef
  readonly added: readonly ColumnModel[]
  readonly gone: readonly ColumnModel[]
  readonly changed: readonly ColumnDifference[]
  readonly partsGone: readonly Part[]
  readonly partsAdded: readonly Part[]
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
export interface Declared {
  /** As it was declared. */
  readonly raw: TableModel
  /** With the names that the server gives; its parts in the order of `raw`. */
  readonly settled: TableModel
  /** As the server shows it, where it was asked; else `settled`. */
  readonly expected: TableModel
}

/** The raw part that a constraint in normal form comes from. Normal forms keep the order, and MySQL's has unique indexes behind. */
function partOf(raw: TableModel, normal: TableModel, constraint: ConstraintModel): Part {
  const at = normal.constraints.indexOf(constraint)
  const own = raw.constraints[at]
  if (own !== undefined) return { is: 'constraint', constraint: own }
  const index = raw.indexes.find(({ name }) => name === constraint.name)
  return index === undefined ? { is: 'constraint', constraint } : { is: 'index', index }
}

/** Of a constraint as the server shows it, the one that was declared. */
function declaredPart({ raw, settled, expected }: Declared, part: Part): Part {
  if (part.is === 'index') {
    const index = raw.indexes.find(({ name }) => name === part.index.name)
    return index === undefined ? part : { is: 'index', index }
  }
  const { constraint } = part
  const at = expected.constraints.indexOf(constraint)
  const fits: readonly ((other: ConstraintModel, place: number) => boolean)[] = [
    (_, place) => expected === settled && place === at,
    (other) => other.name !== undefined && other.name === constraint.name && other.kind === constraint.kind,
    (other) => canonicalJson(constraintBody(settled, other)) === canonicalJson(constraintBody(expected, constraint)),
    (other) =>
      other.kind === constraint.kind &&
      'columns' in other &&
      'columns' in constraint &&
      canonicalJson(other.columns) === canonicalJson(constraint.columns),
  ]
  for (const fit of fits) {
    const found = settled.constraints.findIndex(fit)
    const own = found === -1 ? undefined : raw.constraints[found]
    if (own !== undefined) return { is: 'constraint', constraint: own }
  }
  const index = raw.indexes.find(({ name }) => name === constraint.name)
  return index === undefined ? part : { is: 'index', index }
}

const nameOf = (part: Part): string | undefined => (part.is === 'index' ? part.index.name : part.constraint.name)

interface Parts {
  readonly gone: Part[]
  readonly added: Part[]
  readonly renamed: RenamedPart[]
}

function constraintParts(
  normal: { readonly expected: TableModel; readonly found: TableModel },
  declared: Declared,
  found: TableModel,
  isMade: (name: string) => boolean,
): Parts {
  const match = matchConstraints(
    normal.expected,
    normal.found,
    (constraint) => constraint.name !== undefined && isMade(constraint.name),
  )
  const stood = (constraint: ConstraintModel): Part => partOf(found, normal.found, constraint)
  const wanted = (constraint: ConstraintModel): Part =>
    declaredPart(declared, partOf(declared.expected, normal.expected, constraint))
  return {
    gone: match.leftOver.map(stood),
    added: match.missing.map(wanted),
    renamed: match.renamed.flatMap((pair) => {
      const from = stood(pair.actual)
      const [old, now] = [nameOf(from), nameOf(wanted(pair.expected))]
      // Nobody named it: the name that it has does.
      return old === undefined || now === undefined ? [] : [{ is: from.is, from: old, to: now }]
    }),
  }
}

function indexParts(
  normal: { readonly expected: TableModel; readonly found: TableModel },
  { raw }: Declared,
  found: TableModel,
  isMade: (name: string) => boolean,
): Parts {
  const stood = new Map(normal.found.indexes.map((index) => [index.name, index]))
  const parts: Parts = { gone: [], added: [], renamed: [] }
  const rawIndex = (table: TableModel, index: IndexModel): Part => ({
    is: 'index',
    index: table.indexes.find(({ name }) => name === index.name) ?? index,
  })
  const strange: IndexModel[] = []
  for (const index of normal.expected.indexes) {
    const other = stood.get(index.name)
    if (other === undefined) {
      strange.push(index)
      continue
    }
    stood.delete(index.name)
    if (differingIndexFacts(index, other).length === 0) continue
    parts.gone.push(rawIndex(found, other))
    parts.added.push(rawIndex(raw, index))
  }
  for (const index of strange) {
    const twin = [...stood.values()].find((other) => differingIndexFacts(index, other).length === 0)
    if (twin === undefined) {
      parts.added.push(rawIndex(raw, index))
      continue
    }
    stood.delete(twin.name)
    if (!isMade(index.name)) parts.renamed.push({ is: 'index', from: twin.name, to: index.name })
  }
  parts.gone.push(...[...stood.values()].map((index) => rawIndex(found, index)))
  return parts
}

function optionChanges(expected: TableModel, found: TableModel, raw: TableModel): TableDifference['options'] {
  return Object.fromEntries(
    differingOptions(expected, found).map((name) => [name, raw.options[name] ?? expected.options[name] ?? null]),
  )
}

/** The schema around each side, where what a foreign key leaves unsaid is looked up. */
export interface Surroundings {
  readonly declared: SchemaModel
  readonly found: SchemaModel
}

/** Compares a table as it stands with one as it was declared. */
export function tableDifference(
  dialect: Dialect,
  declared: Declared,
  found: TableModel,
  around: Surroundings,
  isMade: (name: string) => boolean = () => false,
): TableDifference {
  const normal = {
    expected: withWholeReferences(around.declared, dialect.normalise(declared.expected)),
    found: withWholeReferences(around.found, dialect.normalise(found)),
  }
  const stood = new Map(normal.found.columns.map((column) => [column.name, column]))
  const wanted = new Map(declared.raw.columns.map((column) => [column.name, column]))
  const shown = new Map(declared.expected.columns.map((column) => [column.name, column]))
  const known = new Set(normal.expected.columns.map(({ name }) => name))
  const changed = normal.expected.columns.flatMap((expected): readonly ColumnDifference[] => {
    const other = stood.get(expected.name)
    const raw = wanted.get(expected.name)
    if (other === undefined || raw === undefined) return []
    const facts = new Set(differingColumnFacts(expected, other))
    if (facts.size === 0) return []
    const { name } = expected
    return [{ name, found: other, expected, shown: shown.get(name) ?? expected, declared: raw, facts }]
  })
  const constraints = constraintParts(normal, declared, found, isMade)
  const indexes = indexParts(normal, declared, found, isMade)
  const common = normal.found.columns.flatMap(({ name }) => (known.has(name) ? [name] : []))
  const order = normal.expected.columns.flatMap(({ name }) => (stood.has(name) ? [name] : []))
  const [comment, other] = [normal.expected.comment ?? '', normal.found.comment ?? '']
  return {
    ref: found.ref,
    added: declared.raw.columns.filter(({ name }) => !stood.has(name)),
    gone: normal.found.columns.filter(({ name }) => !known.has(name)),
    changed,
    partsGone: [...constraints.gone, ...indexes.gone],
    partsAdded: [...constraints.added, ...indexes.added],
    partsRenamed: [...constraints.renamed, ...indexes.renamed],
    options: optionChanges(normal.expected, normal.found, declared.raw),
    comment: comment === other ? undefined : comment === '' ? null : comment,
    security: securityDifference(normal, declared.raw),
    reordered: common.some((name, at) => name !== order[at]),
  }
}

/** Whether there is nothing to do. */
export function isEqual(difference: TableDifference): boolean {
  const { added, gone, changed, partsGone, partsAdded, partsRenamed, options, comment, security } = difference
  const lists: readonly (readonly unknown[])[] = [
    added,
    gone,
    changed,
    partsGone,
    partsAdded,
    partsRenamed,
    security.removed,
    security.added,
    security.changed,
    Object.keys(security.change),
  ]
  return lists.every((list) => list.length === 0) && Object.keys(options).length === 0 && comment === undefined
}
