import type { Operation } from '@org/migrate-core'
import {
  type Dialect,
  type EnumModel,
  findTable,
  refText,
  type SchemaModel,
  type SequenceModel,
  type TableModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { freeName } from '../differences/free-name.ts'
import type { NamesBefore } from '../differences/previous-names.ts'
import type { AnswerBook, RenameCandidate, RenameLabels } from './answers.ts'
import { chooseRenames, exchangeSteps } from './choose.ts'
import { likeColumns, likeEnums, likeNames, likeTables } from './likeness.ts'
import { missingFrom, objects, type RenamedValue, record, type Stage } from './objects.ts'

export interface Renaming {
  /** The schema as it stands, under its new names. */
  readonly model: SchemaModel
  readonly operations: readonly Operation[]
  readonly unanswered: readonly RenameCandidate[]
  /** Enum values that got another name where no operation can say so: on servers whose enums are no objects. */
  readonly values: readonly RenamedValue[]
  readonly labels: RenameLabels
  readonly before: NamesBefore
}

async function tables(stage: Stage): Promise<void> {
  const { dialect, to } = stage
  const normal = new Map<TableModel, TableModel>()
  const normalOf = (table: TableModel): TableModel => {
    const normalised = normal.get(table) ?? dialect.model.normalise(table)
    normal.set(table, normalised)
    return normalised
  }
  await objects(
    stage,
    'table',
    {
      removed: missingFrom(stage.model.tables, to.tables).filter(({ opaque }) => opaque === undefined),
      added: missingFrom(to.tables, stage.model.tables),
      staying: [...to.tables].flatMap(([key, table]) => (stage.model.tables.has(key) ? [table] : [])),
    },
    (removed, added) => likeTables(normalOf(removed), normalOf(added)),
  )
}

/** Views without rows lose nothing where they are dropped and created, so that only a move and a materialised view are asked about. */
async function views(stage: Stage): Promise<void> {
  const [removed, added] = [
    missingFrom(stage.model.views, stage.to.views),
    missingFrom(stage.to.views, stage.model.views),
  ]
  for (const materialized of [undefined, true] as const) {
    const alike = (view: ViewModel): boolean => view.materialized === materialized
    await objects(stage, 'view', { removed: removed.filter(alike), added: added.filter(alike) }, (one, other) => {
      if (one.ref.schema !== other.ref.schema) return 1
      const names = likeNames(one.ref.name, other.ref.name)
      return materialized && (names >= 0.6 || one.definition === other.definition) ? 0.1 + names : 0
    })
  }
}

/** The sequences of columns go with them; of the others those that stay under their name. */
async function sequences(stage: Stage): Promise<void> {
  const removed = missingFrom(stage.model.sequences, stage.to.sequences).filter(({ ownedBy }) => ownedBy === undefined)
  const added = missingFrom(stage.to.sequences, stage.model.sequences)
  const names = (some: readonly SequenceModel[]): ReadonlySet<string> => new Set(some.map(({ ref }) => ref.name))
  const [left, come] = [names(removed), names(added)]
  const sides = {
    removed: removed.filter(({ ref }) => come.has(ref.name)),
    added: added.filter(({ ref }) => left.has(ref.name)),
  }
  await objects(stage, 'sequence', sides, (one, other) => (one.ref.name === other.ref.name ? 1 : 0))
}

async function columnsOf(stage: Stage, declared: TableModel, current: TableModel): Promise<void> {
  const { dialect, book } = stage
  const [has, wants] = [
    new Set(current.columns.map(({ name }) => name)),
    new Set(declared.columns.map(({ name }) => name)),
  ]
  const table = refText(declared.ref)
  const old = stage.before.tables.get(table)
  const labelsOf = (name: string): readonly string[] => [
    `${table}.${name}`,
    ...(old === undefined ? [] : [`${refText(old)}.${name}`]),
  ]
  const isRemoved = ({ name }: { readonly name: string }): boolean => !wants.has(name)
  const isAdded = ({ name }: { readonly name: string }): boolean => !has.has(name)
  for (const { name } of current.columns.filter(isRemoved))
    for (const label of labelsOf(name)) stage.labels.removed.set(label, `${table}.${name}`)
  for (const { name } of declared.columns.filter(isAdded)) stage.labels.added.add(`${table}.${name}`)
  const mayMove = current.columns.some((column) => isRemoved(column) || book.isRenamed(labelsOf(column.name)))
  if (!mayMove) return
  const removed = dialect.model.normalise(current).columns.filter(isRemoved)
  const all = dialect.model.normalise(declared).columns
  const { renames, exchanges, unanswered } = await chooseRenames(
    {
      kind: 'column',
      of: table,
      removed,
      added: all.filter(isAdded),
      staying: all.filter((column) => !isAdded(column)),
      isFolded: dialect.capabilities.foldedNames?.includes('column'),
      nameOf: ({ name }) => name,
      labelsOf: ({ name }) => labelsOf(name),
      like: likeColumns,
    },
    book,
  )
  for (const each of unanswered) stage.unanswered.push(each)
  const rename = (column: string, to: string, before = column): void => {
    record(stage, { kind: 'renameColumn', table: declared.ref, column, to })
    stage.before.columns.set(`${table}.${to}`, before)
  }
  const isTaken = (name: string): boolean =>
    has.has(name) || wants.has(name) || stage.before.columns.has(`${table}.${name}`)
  for (const exchange of exchanges) {
    const between = freeName('renamed', isTaken)
    const [first] = exchange
    if (first === undefined) continue
    record(stage, { kind: 'renameColumn', table: declared.ref, column: first.name, to: between })
    for (const { from, to } of exchangeSteps(exchange)) rename(from === first ? between : from.name, to.name, from.name)
  }
  for (const { from, to, replaces } of renames) {
    // What has the name goes in its turn, with what it holds.
    if (replaces) rename(to.name, freeName('replaced', isTaken))
    rename(from.name, to.name)
  }
}

/** The values of an enum, of a type or of a column: which of the new ones were there under another name. */
async function valuesOf(
  stage: Stage,
  label: string,
  current: readonly string[],
  desired: readonly string[],
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const removed = current.filter((value) => !desired.includes(value))
  const added = desired.filter((value) => !current.includes(value))
  for (const value of removed) stage.labels.removed.set(`${label}.${value}`, `${label}.${value}`)
  for (const value of added) stage.labels.added.add(`${label}.${value}`)
  if (removed.length === 0 || added.length === 0) return []
  const { renames, unanswered } = await chooseRenames(
    {
      kind: 'enum value',
      of: label,
      removed,
      added,
      nameOf: (value) => value,
      labelsOf: (value) => [`${label}.${value}`],
      // Where values are removed and others added, their names do not tell which is which.
      like: (one, other) => 0.1 + likeNames(one, other),
    },
    stage.book,
  )
  for (const each of unanswered) stage.unanswered.push(each)
  return renames
}

async function enumValues(stage: Stage, declared: EnumModel): Promise<void> {
  const current = stage.model.enums.get(tableKey(declared.ref))
  if (current === undefined) return
  const rename = await valuesOf(stage, refText(declared.ref), current.values, declared.values)
  if (rename.length === 0) return
  record(stage, {
    kind: 'alterEnum',
    enum: declared.ref,
    rename: rename.map(({ from, to }) => ({ value: from, to })),
  })
}

const hasValues = ({ columns }: TableModel): boolean => columns.some(({ type }) => type.kind === 'enum')

async function columnValues(stage: Stage, declared: TableModel, current: TableModel): Promise<void> {
  if (!hasValues(current)) return
  const now = new Map(stage.dialect.model.normalise(declared).columns.map(({ name, type }) => [name, type]))
  for (const { name, type } of stage.dialect.model.normalise(current).columns) {
    const desired = now.get(name)
    if (type.kind !== 'enum' || desired?.kind !== 'enum') continue
    const isOwn = type.name !== undefined || desired.name !== undefined
    if (isOwn && stage.dialect.capabilities.enumTypes) continue
    const label = `${refText(declared.ref)}.${name}`
    for (const { from, to } of await valuesOf(stage, label, type.values, desired.values)) {
      stage.values.push({ table: declared.ref, column: name, from, to })
    }
  }
}

/**
 * Finds out what got another name, by what was said and by asking, and folds it over the schema as it stands: afterwards both sides
 * call everything by the new names. What has no answer comes back in `unanswered`.
 */
export async function resolveRenames(
  dialect: Dialect,
  from: SchemaModel,
  to: SchemaModel,
  book: AnswerBook,
): Promise<Renaming> {
  const stage: Stage = {
    dialect,
    to,
    book,
    model: from,
    operations: [],
    unanswered: [],
    values: [],
    labels: { removed: new Map(), added: new Set() },
    before: { tables: new Map(), columns: new Map() },
  }
  await objects(
    stage,
    'enum',
    { removed: missingFrom(from.enums, to.enums), added: missingFrom(to.enums, from.enums) },
    likeEnums,
  )
  await tables(stage)
  await views(stage)
  await sequences(stage)
  for (const declared of to.enums.values()) await enumValues(stage, declared)
  for (const declared of to.tables.values()) {
    const current = findTable(stage.model, declared.ref)
    if (current === undefined || current.opaque !== undefined) continue
    await columnsOf(stage, declared, current)
    const renamed = findTable(stage.model, declared.ref)
    if (renamed !== undefined) await columnValues(stage, declared, renamed)
  }
  const { model, operations, unanswered, values, labels, before } = stage
  return { model, operations, unanswered, values, labels, before }
}
