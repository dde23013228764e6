import type { Dialect } from '../../dialect/dialect.ts'
import { findTable, refText, tableKey } from '../../model/edit.ts'
import type { EnumModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import type { AnswerBook, RenameCandidate } from './answers.ts'
import { chooseRenames } from './choose.ts'
import { likeColumns, likeEnums, likeNames, likeTables } from './likeness.ts'

export interface Renaming {
  /** The schema as it stands, under its new names. */
  readonly model: SchemaModel
  readonly operations: readonly Operation[]
  readonly open: readonly RenameCandidate[]
  /** Enum values that got another name where no operation can say so: on servers whose enums are no objects. */
  readonly values: readonly RenamedValue[]
  /** Everything that is gone or new, by the labels that answers use. */
  readonly known: readonly string[]
  /** The names before, by the label of what they are now. */
  readonly before: ReadonlyMap<string, string>
}

export interface RenamedValue {
  readonly table: TableRef
  readonly column: string
  readonly from: string
  readonly to: string
}

/** What a step of the renaming works on. */
interface Stage {
  readonly dialect: Dialect
  readonly to: SchemaModel
  readonly book: AnswerBook
  model: SchemaModel
  readonly operations: Operation[]
  readonly open: RenameCandidate[]
  readonly values: RenamedValue[]
  readonly known: Set<string>
  readonly before: Map<string, string>
}

function record(stage: Stage, operation: Operation): void {
  stage.operations.push(operation)
  stage.model = stage.dialect.advance(stage.model, operation)
}

const missingFrom = <T>(some: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): readonly T[] =>
  [...some].flatMap(([key, item]) => (others.has(key) ? [] : [item]))

/** A rename stays in its schema: a table of another schema is another table. */
function bySchema<T extends { readonly ref: TableRef }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = item.ref.schema ?? ''
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

async function objects<T extends { readonly ref: TableRef }>(
  stage: Stage,
  kind: 'table' | 'enum',
  sides: { readonly gone: readonly T[]; readonly fresh: readonly T[] },
  like: (gone: T, fresh: T) => number,
  operation: (ref: TableRef, to: string) => Operation,
): Promise<void> {
  for (const each of [...sides.gone, ...sides.fresh]) stage.known.add(refText(each.ref))
  const fresh = bySchema(sides.fresh)
  for (const [schema, gone] of bySchema(sides.gone)) {
    const { renames, open } = await chooseRenames<T>(
      {
        kind,
        gone,
        fresh: fresh.get(schema) ?? [],
        nameOf: ({ ref }) => ref.name,
        labelsOf: ({ ref }) => [refText(ref)],
        like,
      },
      stage.book,
    )
    stage.open.push(...open)
    for (const { from, to } of renames) {
      record(stage, operation(from.ref, to.ref.name))
      stage.before.set(refText(to.ref), refText(from.ref))
    }
  }
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
    (table, name) => ({ kind: 'renameTable', table, to: name }),
  )
}

async function columnsOf(stage: Stage, declared: TableModel, stood: TableModel): Promise<void> {
  const { dialect, book } = stage
  const [has, wants] = [
    new Set(stood.columns.map(({ name }) => name)),
    new Set(declared.columns.map(({ name }) => name)),
  ]
  if (stood.columns.every(({ name }) => wants.has(name)) || declared.columns.every(({ name }) => has.has(name))) return
  const table = refText(declared.ref)
  const old = stage.before.get(table)
  const labelsOf = (name: string): readonly string[] => [
    `${table}.${name}`,
    ...(old === undefined ? [] : [`${old}.${name}`]),
  ]
  const gone = dialect.normalise(stood).columns.filter(({ name }) => !wants.has(name))
  const fresh = dialect.normalise(declared).columns.filter(({ name }) => !has.has(name))
  for (const { name } of [...gone, ...fresh]) stage.known.add(`${table}.${name}`)
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
    stage.before.set(`${table}.${to.name}`, from.name)
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
  for (const value of [...gone, ...fresh]) stage.known.add(`${label}.${value}`)
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
    known: new Set(),
    before: new Map(),
  }
  await objects(
    stage,
    'enum',
    { gone: missingFrom(from.enums, to.enums), fresh: missingFrom(to.enums, from.enums) },
    likeEnums,
    (ref, name) => ({ kind: 'renameEnum', enum: ref, to: name }),
  )
  await tables(stage)
  for (const declared of to.enums.values()) await enumValues(stage, declared)
  for (const declared of to.tables.values()) {
    const stood = findTable(stage.model, declared.ref)
    if (stood === undefined || stood.opaque !== undefined) continue
    await columnsOf(stage, declared, stood)
    const renamed = findTable(stage.model, declared.ref)
    if (renamed !== undefined) await columnValues(stage, declared, renamed)
  }
  const { model, operations, open, values, known, before } = stage
  return { model, operations, open, values, known: [...known].sort(), before }
}
