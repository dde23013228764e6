import type { Database } from 'better-sqlite3'
import { exercise } from './exercise.ts'
import { type Expectation, exercisable } from './expect.ts'
import { checkBehaviour } from './oracle-behaviour.ts'
import { checkDefinition } from './oracle-definition.ts'
import { checkRows } from './oracle-rows.ts'
import { checkStructure } from './oracle-structure.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { fold, mentions, tokenForm } from './sql-text.ts'

/** The promises, by the numbers of the list they come from. */
export type Check =
  | 'rows kept'
  | 'values converted'
  | 'rowids kept'
  | 'AUTOINCREMENT kept'
  | 'other tables kept'
  | 'other texts kept'
  | 'objects kept'
  | 'triggers silent and working'
  | 'views working'
  | 'definition kept'
  | 'structure as asked'
  | 'indexes kept'
  | 'foreign keys kept'
  | 'violations as before'
  | 'header kept'
  | 'integrity'
  | 'change behaves'

export interface Finding {
  readonly check: Check
  readonly message: string
}

export type Report = (check: Check, message: string) => void

/** A text of a table in the spelling in which it is compared. */
export type Spelling = (text: string) => string

/** Everything that is not as it should be after the changes. Empty: the rebuild kept its promises. */
export function findings(
  db: Database,
  before: Snapshot,
  exercisedBefore: string,
  expected: Expectation,
  spelled: Spelling = (text) => text,
): readonly Finding[] {
  const reported: Finding[] = []
  const report: Report = (check, message) => reported.push({ check, message })
  const after = takeSnapshot(db)
  if (after.integrity !== JSON.stringify([{ integrity_check: 'ok' }])) report('integrity', after.integrity)
  if (after.header !== before.header) report('header kept', `${before.header} became ${after.header}`)
  checkObjects(before, after, expected, report, spelled)
  checkOtherTables(before, after, expected, report)
  checkViews(before, after, expected, report)
  checkViolations(before, after, expected, report)
  const target = after.tables.get(expected.tableAfter)
  const source = before.tables.get(expected.tableBefore)
  if (target === undefined || source === undefined) {
    report('objects kept', `the table ${expected.tableAfter} is not there`)
    return reported
  }
  checkRows(source, target, expected, report)
  checkSequence(before, after, expected, report)
  checkStructure(source, target, expected, report)
  const textBefore = before.objects.find((one) => one.type === 'table' && one.name === expected.tableBefore)?.sql ?? ''
  const textAfter = after.objects.find((one) => one.type === 'table' && one.name === expected.tableAfter)?.sql ?? ''
  checkDefinition(spelled(textBefore), spelled(textAfter), expected, report)
  checkBehaviour(textAfter, target, expected, report)
  const exercised = exercise(
    db,
    target.name,
    exercisable(before, expected).map((one) => one.name),
  )
  if (exercised !== exercisedBefore)
    report('triggers silent and working', `before: ${exercisedBefore} after: ${exercised}`)
  return reported
}

const keyOf = (object: { readonly type: string; readonly name: string }): string => `${object.type} ${object.name}`

/** Every index, trigger, view and other table has its text still; what SQLite renames may differ in the renamed names. */
function checkObjects(
  before: Snapshot,
  after: Snapshot,
  expected: Expectation,
  report: Report,
  spelled: Spelling,
): void {
  const isOurs = (object: { readonly sql: string | null }): boolean => object.sql !== null
  const left = new Map(after.objects.filter(isOurs).map((object) => [keyOf(object), object]))
  for (const object of before.objects.filter(isOurs)) {
    const table = object.type === 'table' && object.name === expected.tableBefore
    const reported = left.get(table ? `table ${expected.tableAfter}` : keyOf(object))
    left.delete(table ? `table ${expected.tableAfter}` : keyOf(object))
    if (object.type === 'index' && expected.droppedIndexes.includes(object.name)) {
      if (reported !== undefined) report('objects kept', `the index ${object.name} should be dropped`)
      continue
    }
    if (reported === undefined) {
      report('objects kept', `${keyOf(object)} is gone`)
      continue
    }
    if (table || reported.sql === object.sql) continue
    if (object.type === 'table' && spelled(reported.sql ?? '') === spelled(object.sql ?? '')) continue
    const renamed = mentions(object.sql ?? '', expected.renames.keys())
    if (renamed && tokenForm(reported.sql ?? '') === tokenForm(object.sql ?? '', expected.renames)) continue
    if (namesRowid(object.sql ?? '', reported.sql ?? '', before, expected)) continue
    report('other texts kept', `${keyOf(object)} was\n${object.sql}\nand is\n${reported.sql}`)
  }
  for (const index of expected.createdIndexes) {
    if (!left.delete(`index ${index.name}`)) report('objects kept', `the index ${index.name} should be created`)
  }
  // the first AUTOINCREMENT of a database makes this table
  left.delete('table sqlite_sequence')
  for (const name of left.keys()) report('objects kept', `${name} was left behind`)
}

/** Where the INTEGER PRIMARY KEY is renamed, SQLite writes its new name for `rowid` too. */
function namesRowid(previous: string, current: string, before: Snapshot, expected: Expectation): boolean {
  const table = before.tables.get(expected.tableBefore)
  const key = expected.columns.find(
    (one) => one.before !== one.name && table?.columns.some((column) => column.name === one.before && column.key === 1),
  )
  if (key === undefined) return false
  const aliases = ['rowid', 'oid', '_rowid_'].map((name) => [name, fold(key.name)] as const)
  return tokenForm(current, new Map(aliases)) === tokenForm(previous, new Map([...expected.renames, ...aliases]))
}

/** Children keep their rows whatever ON DELETE says, the log of the triggers stays as it was, shadow tables too. */
function checkOtherTables(before: Snapshot, after: Snapshot, expected: Expectation, report: Report): void {
  for (const [name, table] of before.tables) {
    if (name === expected.tableBefore) continue
    const now = after.tables.get(name)
    if (now === undefined) continue
    const rows = JSON.stringify([table.rowids, table.rows.map((row) => [...row])])
    const rowsNow = JSON.stringify([now.rowids, now.rows.map((row) => [...row])])
    if (rows !== rowsNow) {
      report('other tables kept', `the rows of ${name} were ${rows} and are ${rowsNow}`)
    }
    const keys = table.foreignKeys.map((key) => renamedKey(key, expected)).sort()
    if (JSON.stringify(keys) !== JSON.stringify(now.foreignKeys)) {
      report(
        'other tables kept',
        `the foreign keys of ${name} were ${keys.join(' ')} and are ${now.foreignKeys.join(' ')}`,
      )
    }
    if (
      JSON.stringify(table.columns) !== JSON.stringify(now.columns) ||
      JSON.stringify(table.indexes) !== JSON.stringify(now.indexes)
    ) {
      report('other tables kept', `the columns or indexes of ${name} changed`)
    }
  }
}

/** A foreign key of another table, with what it points at renamed. */
function renamedKey(key: string, expected: Expectation): string {
  const [seq, from, table, to, ...rest] = JSON.parse(key) as [number, string, string, string | null, ...string[]]
  if (table !== fold(expected.tableBefore)) return key
  const column = to === null ? undefined : expected.columns.find((one) => fold(one.before ?? '') === fold(to))
  const renamed = column !== undefined && column.before !== column.name ? column.name : to
  return JSON.stringify([seq, from, fold(expected.tableAfter), renamed, ...rest])
}

function checkViews(before: Snapshot, after: Snapshot, expected: Expectation, report: Report): void {
  const textOf = (name: string): string =>
    before.objects.find((one) => one.type === 'view' && one.name === name)?.sql ?? ''
  const touched = expected.columns
    .filter(
      (one) =>
        one.before !== one.name || one.type !== undefined || one.using !== undefined || one.generated !== undefined,
    )
    .flatMap((one) => (one.before === undefined ? [] : [one.before]))
  const generatedFrom = expected.columns.some(
    (one) => one.generated !== undefined || one.type !== undefined || one.using !== undefined,
  )
  for (const [name, rows] of before.views) {
    const now = after.views.get(name) ?? 'gone'
    if (rows.startsWith('error:')) continue
    if (now.startsWith('error:')) report('views working', `${name}: ${now}`)
    const comparable = !generatedFrom && !textOf(name).includes('*') && !mentions(textOf(name), touched)
    if (comparable && now !== rows) report('views working', `${name} gave ${rows} and gives ${now}`)
  }
}

function checkViolations(before: Snapshot, after: Snapshot, expected: Expectation, report: Report): void {
  const rename = (line: string): string => {
    const [table, rowid, parent] = JSON.parse(line) as [string, number | null, string]
    const now = (name: string): string => (name === fold(expected.tableBefore) ? fold(expected.tableAfter) : name)
    return JSON.stringify([now(table), rowid, now(parent)])
  }
  const previous = before.violations.map(rename).sort()
  if (JSON.stringify(previous) !== JSON.stringify(after.violations)) {
    report('violations as before', `${previous.join(' ')} became ${after.violations.join(' ')}`)
  }
}

/** The next id of an AUTOINCREMENT table comes from its row in sqlite_sequence, of which there is one at most. */
function checkSequence(before: Snapshot, after: Snapshot, expected: Expectation, report: Report): void {
  const turned = expected.columns.find((one) => one.autoincrement !== undefined)?.autoincrement
  const entries = (snapshot: Snapshot): [string, string][] =>
    snapshot.sequence.map((line) => JSON.parse(line) as [string, string])
  const previous = entries(before).map(
    ([name, seq]) => [name === expected.tableBefore ? expected.tableAfter : name, seq] as const,
  )
  const target = previous.find(([name]) => name === expected.tableAfter)
  let desired = previous
  if (turned === false) desired = previous.filter(([name]) => name !== expected.tableAfter)
  if (turned === true && target === undefined) {
    const key = expected.columns.find((one) => one.autoincrement === true)?.before ?? ''
    const ids = (before.tables.get(expected.tableBefore)?.rows ?? []).map((row) =>
      BigInt((row.get(key) ?? '0').split(' ')[0] ?? 0),
    )
    const highest = ids.filter((id) => id > 0n).sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n
    // 0 says the same as no entry
    const none = entries(after).every(([name]) => name !== expected.tableAfter)
    if (highest > 0n || !none) desired = [...previous, [expected.tableAfter, highest.toString()]]
  }
  const form = (list: readonly (readonly [string, string])[]): string =>
    JSON.stringify(list.map((one) => JSON.stringify(one)).sort())
  if (form(desired) !== form(entries(after))) {
    report('AUTOINCREMENT kept', `sqlite_sequence should be ${form(desired)} and is ${form(entries(after))}`)
  }
}
