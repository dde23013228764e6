import Database from 'better-sqlite3'
import type { ColumnExpectation, Expectation } from './expect.ts'
import { quoted } from './names.ts'
import type { Report } from './oracle.ts'
import { named } from './oracle-rows.ts'
import { cell, type IndexShot, type TableShot } from './snapshot.ts'
import type { DefaultChoice, TypeChoice } from './spec.ts'
import { fold } from './sql-text.ts'

const logical: { readonly [kind: string]: RegExp } = {
  text: /^TEXT$/i,
  integer: /^(INTEGER|INT)$/i,
  bigint: /^(BIGINT|INTEGER)$/i,
  double: /^(DOUBLE|DOUBLE PRECISION|REAL)$/i,
  bytes: /^BLOB$/i,
  boolean: /^(BOOLEAN|BOOL|INTEGER)$/i,
  varchar: /^VARCHAR ?\(30\)$/i,
}

function typeFits(type: string, choice: TypeChoice): boolean {
  // NUMERIC and DECIMAL are one logical type, which has one spelling
  const spelling = (text: string): string => text.toUpperCase().replace('NUMERIC', 'DECIMAL')
  return 'native' in choice
    ? spelling(type) === spelling(choice.native)
    : (logical[choice.logical]?.test(type) ?? false)
}

const memory = new Database(':memory:')

function storedBy(expression: string): string {
  return memory
    .prepare(`SELECT ${cell(`(${expression})`)}`)
    .pluck()
    .get() as string
}

/** Whether a default from table_xinfo gives the value that was asked for. */
function defaultFits(actual: string | null, choice: DefaultChoice | null): boolean {
  if (choice === null) return actual === null
  if (actual === null) return 'literal' in choice && choice.literal === null
  if ('now' in choice) return actual.replace(/[()]/g, '').toUpperCase() === 'CURRENT_TIMESTAMP'
  if ('expression' in choice) return storedBy(actual) === storedBy(choice.expression)
  const { literal } = choice
  return (
    storedBy(actual) === storedBy(typeof literal === 'string' ? `'${literal.replaceAll("'", "''")}'` : String(literal))
  )
}

export function checkStructure(before: TableShot, after: TableShot, expected: Expectation, report: Report): void {
  const bad = (message: string): void => report('structure as asked', message)
  if (named(after.columns) !== named(expected.columns))
    bad(`the columns should be ${named(expected.columns)} and are ${named(after.columns)}`)
  if (after.strict !== (expected.options.strict ?? before.strict)) bad(`STRICT is ${after.strict}`)
  if (after.withoutRowid !== (expected.options.withoutRowid ?? before.withoutRowid))
    bad(`WITHOUT ROWID is ${after.withoutRowid}`)
  const optionsTouched = expected.options.strict !== undefined || expected.options.withoutRowid !== undefined
  const newKey = expected.added.find((one) => one.kind === 'addPrimaryKey')
  for (const want of expected.columns) {
    const now = after.columns.find((one) => one.name === want.name)
    const previous = before.columns.find((one) => one.name === want.before)
    if (now === undefined) continue
    const added = want.added
    const type = added?.type ?? want.type
    if (type === undefined ? now.type !== previous?.type : !typeFits(now.type, type))
      bad(`${want.name} has the type ${now.type}`)
    // in a WITHOUT ROWID or STRICT table SQLite makes the columns of the primary key NOT NULL by itself
    const keyNulls = now.key > 0 && (optionsTouched || newKey !== undefined)
    const nullable = added?.nullable ?? want.nullable ?? !previous?.notNull
    if (now.notNull === nullable && !keyNulls) bad(`${want.name} should ${nullable ? '' : 'not '}take NULL`)
    const value = added === undefined ? want.default : (added.default ?? null)
    if (value === undefined ? now.default !== previous?.default : !defaultFits(now.default, value))
      bad(`${want.name} has the default ${now.default}`)
    const generated = added?.generated ?? want.generated
    const hidden = generated === undefined ? (previous?.hidden ?? 0) : generated.stored ? 3 : 2
    if (now.hidden !== hidden) bad(`${want.name} is of the kind ${now.hidden}, not ${hidden}`)
    const key = newKey === undefined ? (previous?.key ?? 0) : newKey.columns.indexOf(want.name) + 1
    if (now.key !== key) bad(`${want.name} has the place ${now.key} in the primary key, not ${key}`)
  }
  checkForeignKeys(before, after, expected, report)
  checkIndexes(before, after, expected, report)
}

const actionKeywords = { cascade: 'CASCADE', setNull: 'SET NULL', restrict: 'RESTRICT', noAction: 'NO ACTION' } as const

function rename(expected: Expectation, name: string): string {
  const column = expected.columns.find((one) => one.before !== undefined && fold(one.before) === fold(name))
  return column === undefined || column.before === column.name ? name : column.name
}

function checkForeignKeys(before: TableShot, after: TableShot, expected: Expectation, report: Report): void {
  const removed = expected.droppedConstraints
    .filter((one) => one.what === 'foreignKey')
    .flatMap((one) => one.columns.map(fold))
  const desired = before.foreignKeys.flatMap((line) => {
    const [seq, from, table, to, ...rest] = JSON.parse(line) as [number, string, string, string | null, ...string[]]
    if (removed.includes(fold(from))) return []
    const self = table === fold(expected.tableBefore)
    const target = to !== null && self ? rename(expected, to) : to
    return [
      JSON.stringify([
        seq,
        fold(rename(expected, from)),
        self ? fold(expected.tableAfter) : table,
        target === null ? null : fold(target),
        ...rest,
      ]),
    ]
  })
  for (const one of expected.added) {
    if (one.kind === 'addForeignKey') {
      desired.push(
        JSON.stringify([
          0,
          fold(one.column),
          fold(one.table),
          fold(one.key),
          'NO ACTION',
          actionKeywords[one.onDelete],
          'NONE',
        ]),
      )
    }
  }
  const actual = after.foreignKeys.map((line) => {
    const [seq, from, table, to, ...rest] = JSON.parse(line) as [number, string, string, string | null, ...string[]]
    return JSON.stringify([seq, fold(from), table, to === null ? null : fold(to), ...rest])
  })
  if (desired.sort().join() !== actual.sort().join()) {
    report('foreign keys kept', `should be ${desired.join(' ')} and are ${actual.join(' ')}`)
  }
}

/** Index elements without what an asked change alters: a new collation of the column is the new collation of its indexes. */
function indexForm(index: IndexShot, loose: ReadonlySet<string>, renamed: (name: string) => string): string {
  const elements = index.elements.map((element) => {
    const [, name = '', collation, order] = /^(.*) (\S+) (asc|desc)$/s.exec(element) ?? []
    const now = renamed(name)
    return `${quoted(now)} ${loose.has(now) ? '' : collation} ${order}`
  })
  const name = index.origin === 'c' ? index.name : ''
  return `${index.origin} ${name} ${index.unique} ${index.partial} ${elements.join(', ')}`
}

function checkIndexes(before: TableShot, after: TableShot, expected: Expectation, report: Report): void {
  const loose = new Set(
    expected.columns.filter((one: ColumnExpectation) => one.collation !== undefined).map((one) => one.name),
  )
  const removed = expected.droppedConstraints
    .filter((one) => one.what === 'unique')
    .map((one) => one.columns.map((name) => fold(rename(expected, name))).join())
  const desired = before.indexes
    .filter((index) => !(index.origin === 'c' && expected.droppedIndexes.includes(index.name)))
    .map((index) => indexForm(index, loose, (name) => rename(expected, name)))
  for (const columns of removed) {
    const at = desired.findIndex((form) => form.startsWith('u ') && elementNames(form) === columns)
    if (at >= 0) desired.splice(at, 1)
  }
  const actual = after.indexes.map((index) => indexForm(index, loose, (name) => name))
  for (const one of expected.added) {
    if (one.kind !== 'addUnique' && one.kind !== 'addPrimaryKey') continue
    const origin = one.kind === 'addUnique' ? 'u ' : 'pk '
    const at = actual.findIndex(
      (form) => form.startsWith(origin) && elementNames(form) === one.columns.map(fold).join(),
    )
    if (at < 0) report('indexes kept', `${origin}on ${one.columns.join()} is missing`)
    else actual.splice(at, 1)
  }
  for (const one of expected.createdIndexes) {
    const at = actual.findIndex(
      (form) => form.startsWith(`c ${one.name} `) && elementNames(form) === one.columns.map(fold).join(),
    )
    if (at < 0) report('indexes kept', `the index ${one.name} on ${one.columns.join()} is missing`)
    else actual.splice(at, 1)
  }
  if (desired.sort().join('\n') !== actual.sort().join('\n')) {
    report('indexes kept', `should be ${desired.join('; ')} and are ${actual.join('; ')}`)
  }
}

function elementNames(form: string): string {
  return [...form.matchAll(/"((?:[^"]|"")*)" \S* (?:asc|desc)/g)]
    .map((match) => fold((match[1] ?? '').replaceAll('""', '"')))
    .join()
}
