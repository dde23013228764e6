import type { Database } from 'better-sqlite3'
import { quoted } from './names.ts'
import { cell, type Snapshot, type TableShot } from './snapshot.ts'
import type { Change, DefaultChoice, TypeChoice } from './spec.ts'
import { fold, readCreateTable } from './sql-text.ts'

/** What a column is to be after the revision. */
export interface ColumnExpectation {
  /** Its name before; absent for an added column. */
  readonly before: string | undefined
  name: string
  type?: TypeChoice
  nullable?: boolean
  default?: DefaultChoice | null
  collation?: string | null
  generated?: { readonly expression: string; readonly stored: boolean }
  autoincrement?: boolean
  /** The values as `using` gives them, in the order of the rows before. */
  using?: readonly string[]
  added?: Extract<Change, { kind: 'addColumn' }>
}

type Constraint = Extract<Change, { kind: 'addUnique' | 'addPrimaryKey' | 'addCheck' | 'addForeignKey' }>

/** The changes folded: what the oracle holds the database against. */
export interface Expectation {
  readonly changes: readonly Change[]
  readonly tableBefore: string
  readonly tableAfter: string
  /** In the order of the table after; all names of columns from here on are those after. */
  readonly columns: readonly ColumnExpectation[]
  readonly dropped: readonly string[]
  /** Old names to new ones, folded: the table and its columns. */
  readonly renames: ReadonlyMap<string, string>
  readonly added: readonly Constraint[]
  /** With the names that the columns had before. */
  readonly droppedConstraints: readonly Extract<Change, { kind: 'dropConstraint' }>[]
  readonly droppedIndexes: readonly string[]
  readonly createdIndexes: readonly Extract<Change, { kind: 'createIndex' }>[]
  readonly options: { readonly strict?: boolean; readonly withoutRowid?: boolean }
  /** Definitions of the generated columns before, by name. */
  readonly generatedTexts: ReadonlyMap<string, string>
}

/** Folds the changes. The database is the one before: `using` is computed by SQLite on the rows as they are. */
export function expectationOf(db: Database, before: Snapshot, table: string, changes: readonly Change[]): Expectation {
  const shot = before.tables.get(table)
  if (shot === undefined) throw new Error(`no table ${table}`)
  let columns: ColumnExpectation[] = shot.columns.map((one) => ({ before: one.name, name: one.name }))
  let tableAfter = table
  const dropped: string[] = []
  const added: Constraint[] = []
  const droppedConstraints: Extract<Change, { kind: 'dropConstraint' }>[] = []
  const droppedIndexes: string[] = []
  const createdIndexes: Extract<Change, { kind: 'createIndex' }>[] = []
  const options: { strict?: boolean; withoutRowid?: boolean } = {}
  /** Columns as they were called when a change named them: later changes may rename them. */
  const meant = new Map<Change, readonly ColumnExpectation[]>()
  const mean = (change: Change, names: readonly string[]): void => {
    meant.set(change, names.map(column))
  }
  const nowOf = (change: Change): readonly string[] => (meant.get(change) ?? []).map((one) => one.name)
  const column = (name: string): ColumnExpectation => {
    const match = columns.find((one) => one.name === name)
    if (match === undefined) throw new Error(`no column ${name} at this point of the changes`)
    return match
  }
  for (const change of changes) {
    switch (change.kind) {
      case 'type':
      case 'nullable': {
        const one = column(change.column)
        if (change.kind === 'type') one.type = change.to
        else one.nullable = change.nullable
        if (change.using !== undefined)
          one.using = evaluate(db, shot, change.using.replaceAll(quoted(one.name), quoted(one.before ?? one.name)))
        break
      }
      case 'default':
        column(change.column).default = change.to
        break
      case 'collation':
        column(change.column).collation = change.to
        break
      case 'generated':
        column(change.column).generated = change
        break
      case 'autoincrement':
        column(change.column).autoincrement = change.on
        break
      case 'addColumn':
        columns = [...columns, { before: undefined, name: change.column, added: change }]
        break
      case 'dropColumn':
        dropped.push(column(change.column).before ?? change.column)
        columns = columns.filter((one) => one.name !== change.column)
        break
      case 'renameColumn':
        column(change.column).name = change.to
        break
      case 'addUnique':
      case 'addPrimaryKey':
        mean(change, change.columns)
        added.push(change)
        break
      case 'addCheck':
      case 'addForeignKey':
        mean(change, [change.column])
        added.push(change)
        break
      case 'dropConstraint':
        droppedConstraints.push({ ...change, columns: change.columns.map((name) => column(name).before ?? name) })
        break
      case 'options':
        options[change.option] = change.on
        break
      case 'createIndex':
        mean(change, change.columns)
        createdIndexes.push(change)
        break
      case 'dropIndex':
        droppedIndexes.push(change.name)
        break
      case 'renameTable':
        tableAfter = change.to
        break
    }
  }
  const renames = new Map(
    columns.flatMap((one) =>
      one.before === undefined || one.before === one.name ? [] : [[fold(one.before), fold(one.name)] as const],
    ),
  )
  if (tableAfter !== table) renames.set(fold(table), fold(tableAfter))
  const text = before.objects.find((one) => one.type === 'table' && one.name === table)?.sql ?? ''
  const generatedTexts = new Map(
    readCreateTable(text).definitions.flatMap((one) =>
      one.kind === 'column' && one.pieces.some((piece) => piece.kind === 'generated')
        ? [[one.name ?? '', one.text] as const]
        : [],
    ),
  )
  return {
    changes,
    tableBefore: table,
    tableAfter,
    columns,
    dropped,
    renames,
    added: added.map((one) =>
      'columns' in one ? { ...one, columns: nowOf(one) } : { ...one, column: nowOf(one)[0] ?? one.column },
    ),
    droppedConstraints,
    droppedIndexes,
    createdIndexes: createdIndexes.map((one) => ({ ...one, columns: nowOf(one) })),
    options,
    generatedTexts,
  }
}

function evaluate(db: Database, shot: TableShot, expression: string): string[] {
  const key = shot.columns.filter((one) => one.key > 0).sort((a, b) => a.key - b.key)
  const order =
    shot.rowid ?? (key.length > 0 && shot.withoutRowid ? key.map((one) => quoted(one.name)).join(', ') : undefined)
  // all columns are read, as for the snapshot: for one of them alone SQLite may walk an index, in another order
  const select = `SELECT ${cell(`(${expression})`)}, * FROM main.${quoted(shot.name)}${order === undefined ? '' : ` ORDER BY ${order}`}`
  return db.prepare(select).pluck().all() as string[]
}

/** Columns (by the name after) whose values the changes may alter. */
export function valuesTouched(one: ColumnExpectation): boolean {
  return one.type !== undefined || one.using !== undefined || one.generated !== undefined || one.before === undefined
}

export function definitionTouched(one: ColumnExpectation): boolean {
  return (
    one.type !== undefined ||
    one.nullable !== undefined ||
    one.default !== undefined ||
    one.collation !== undefined ||
    one.generated !== undefined ||
    one.autoincrement !== undefined
  )
}

/** Columns that are there on both sides and can be written to. */
export function exercisable(
  before: Snapshot,
  expected: Expectation,
): readonly { readonly before: string; readonly name: string }[] {
  const shot = before.tables.get(expected.tableBefore)
  return expected.columns.flatMap((one) => {
    const column = shot?.columns.find((other) => other.name === one.before)
    return one.before !== undefined && column?.hidden === 0 && column.key === 0
      ? [{ before: one.before, name: one.name }]
      : []
  })
}
