import type { Dialect } from '../../dialect/dialect.ts'
import { findTable, refText, tableKey } from '../../model/edit.ts'
import type { EnumModel, SchemaModel, SequenceModel, TableModel, ViewModel } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import type { NamesBefore } from '../name-before.ts'
import type { AnswerBook, Known, RenameCandidate } from './answers.ts'
import { chooseRenames } from './choose.ts'
import { likeColumns, likeEnums, likeNames, likeTables } from './likeness.ts'
import { missingFrom, objects, type RenamedValue, record, type Stage } from './objects.ts'

export interface Renaming {
  /** The schema as it stands, under its new names. */
  readonly model: SchemaModel
  readonly operations: readonly Operation[]
  readonly open: readonly RenameCandidate[]
  /** Enum values that got another name where no operation can say so: on servers whose enums are no objects. */
  readonly values: readonly RenamedValue[]
  readonly known: Known
  readonly before: NamesBefore
}

async function tables(stage: Stage): Promise<void> {
  const { dialect, to } = stage
  const normal = new Map<TableModel, TableModel>()
  const normalOf = (table: TableModel): TableModel => {
    const known = normal.get(table) ?? dialect.normalise(table)
    normal.set(table, known)
    return known
  }
  await objects(
    stage,
    'table',
    {
      gone: missingFrom(stage.model.tables, to.tables).filter(({ opaque }) => opaque === undefined),
      fresh: missingFrom(to.tables, stage.model.tables),
    },
    (gone, fresh) => likeTables(normalOf(gone), normalOf(fresh)),
  )
}

/** Views without rows lose nothing where they are dropped and created, so that only a move and a materialised view are asked about. */
async function views(stage: Stage): Promise<void> {
  const [gone, fresh] = [missingFrom(stage.model.views, stage.to.views), missingFrom(stage.to.views, stage.model.views)]
  for (const materialized of [undefined, true] as const) {
    const alike = (view: ViewModel): boolean => view.materialized === materialized
    await objects(stage, 'view', { gone: gone.filter(alike), fresh: fresh.filter(alike) }, (one, other) => {
      if (one.ref.schema !== other.ref.schema) return 1
      const names = likeNames(one.ref.name, other.ref.name)
      return materialized && (names >= 0.6 || one.definition === other.definition) ? 0.1 + names : 0
    })
  }
}

/** The sequences of columns go with them; of the others those that stay under their name. */
async function sequences(stage: Stage): Promise<void> {
  const gone = missingFrom(stage.model.sequences, stage.to.sequences).filter(({ ownedBy }) => ownedBy === undefined)
  const fresh = missingFrom(stage.to.sequences, stage.model.sequences)
  const names = (some: readonly SequenceModel[]): ReadonlySet<string> => new Set(some.map(({ ref }) => ref.name))
  const [left, come] = [names(gone), names(fresh)]
  const sides = {
    gone: gone.filter(({ ref }) => come.has(ref.name)),
    fresh: fresh.filter(({ ref }) => left.has(ref.name)),
  }
  await objects(stage, 'sequence', sides, (one, other) => (one.ref.name === other.ref.name ? 1 : 0))
}

async function columnsOf(stage: Stage, declared: TableModel, stood: TableModel): Promise<void> {
  const { dialect, book } = stage
  const [has, wants] = [
    new Set(stood.columns.map(({ name }) => name)),
    new Set(declared.columns.map(({ name }) => name)),
  ]
  const table = refText(declared.ref)
  const old = stage.before.tables.get(table)
  const labelsOf = (name: string): readonly string[] => [
    `${table}.${name}`,
    ...(old === undefined ? [] : [`${refText(old)}.${name}`]),
  ]
  const isGone = ({ name }: { readonly name: string }): boolean => !wants.has(name)
  const isFresh = ({ name }: { readonly name: string }): boolean => !has.has(name)
  for (const { name } of stood.columns.filter(isGone))
    for (const label of labelsOf(name)) stage.known.gone.set(label, `${table}.${name}`)
  for (const { name } of declared.columns.filter(isFresh)) stage.known.fresh.add(`${table}.${name}`)
  if (!stood.columns.some(isGone) || !declared.columns.some(isFresh)) return
  const gone = dialect.normalise(stood).columns.filter(isGone)
  const fresh = dialect.normalise(declared).columns.filter(isFresh)
  const { renames, open } = await chooseRenames(
    {
      kind: 'column',
      of: table,
      gone,
      fresh,
      nameOf: ({ name }) => name,
      labelsOf: ({ name }) => labelsOf(name),
      like: likeColumns,
    },
    book,
  )
  stage.open.push(...open)
  for (const { from, to } of renames) {
    record(stage, { kind: 'renameColumn', table: declared.ref, column: from.name, to: to.name })
    stage.before.columns.set(`${table}.${to.name}`, from.name)
  }
}

/** The values of an enum, of a type or of a column: which of the new ones were there under another name. */
async function valuesOf(
  stage: Stage,
  label: string,
  stood: readonly string[],
  wanted: readonly string[],
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const gone = stood.filter((value) => !wanted.includes(value))
  const fresh = wanted.filter((value) => !stood.includes(value))
  for (const value of gone) stage.known.gone.set(`${label}.${value}`, `${label}.${value}`)
  for (const value of fresh) stage.known.fresh.add(`${label}.${value}`)
  if (gone.length === 0 || fresh.length === 0) return []
  const { renames, open } = await chooseRenames(
    {
      kind: 'enum value',
      of: label,
      gone,
      fresh,
      nameOf: (value) => value,
      labelsOf: (value) => [`${label}.${value}`],
      // Where values go and others come nobody can tell by their looks.
      like: (one, other) => 0.1 + likeNames(one, other),
    },
    stage.book,
  )
  stage.open.push(...open)
  return renames
}

async function enumValues(stage: Stage, declared: EnumModel): Promise<void> {
  const stood = stage.model.enums.get(tableKey(declared.ref))
  if (stood === undefined) return
  const rename = await valuesOf(stage, refText(declared.ref), stood.values, declared.values)
  if (rename.length === 0) return
  record(stage, {
    kind: 'alterEnum',
    enum: declared.ref,
    rename: rename.map(({ from, to }) => ({ value: from, to })),
  })
}

const hasValues = ({ columns }: TableModel): boolean => columns.some(({ type }) => type.kind === 'enum')

async function columnValues(stage: Stage, declared: TableModel, stood: TableModel): Promise<void> {
  if (!hasValues(stood)) return
  const now = new Map(stage.dialect.normalise(declared).columns.map(({ name, type }) => [name, type]))
  for (const { name, type } of stage.dialect.normalise(stood).columns) {
    const wanted = now.get(name)
    if (type.kind !== 'enum' || wanted?.kind !== 'enum') continue
    const isOwn = type.name !== undefined || wanted.name !== undefined
    if (isOwn && stage.dialect.capabilities.schemas) continue
    const label = `${refText(declared.ref)}.${name}`
    for (const { from, to } of await valuesOf(stage, label, type.values, wanted.values)) {
      stage.values.push({ table: declared.ref, column: name, from, to })
    }
  }
}

/**
 * Finds out what got another name, by what was said and by asking, and folds it over the schema as it stands: afterwards both sides
 * call everything by the new names. What nobody answered comes back in `open`.
 */
export async function settleRenames(
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
    open: [],
    values: [],
    known: { gone: new Map(), fresh: new Set() },
    before: { tables: new Map(), columns: new Map() },
  }
  await objects(
    stage,
    'enum',
    { gone: missingFrom(from.enums, to.enums), fresh: missingFrom(to.enums, from.enums) },
    likeEnums,
  )
  await tables(stage)
  await views(stage)
  await sequences(stage)
  for (const declared of to.enums.values()) await enumValues(stage, declared)
  for (const declared of to.tables.values()) {
    const stood = findTable(stage.model, declared.ref)
    if (stood === undefined || stood.opaque !== undefined) continue
    await columnsOf(stage, declared, stood)
    const renamed = findTable(stage.model, declared.ref)
    if (renamed !== undefined) await columnValues(stage, declared, renamed)
  }
  const { model, operations, open, values, known, before } = stage
  return { model, operations, open, values, known, before }
}
