import { isTableName } from '../declare/argument-checks.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { nearNames } from '../errors/near-names.ts'
import {
  holding,
  isFunction,
  isList,
  isRecord,
  isText,
  isTexts,
  isWholeCount,
  type OptionCheck,
  type OptionChecks,
  optional,
  shaped,
} from '../errors/option-check.ts'
import { bareName, namesUnknown, observedObject, slotOf, type UnknownName } from '../errors/unknown-name.ts'
import type { Row } from '../model/sql-value.ts'
import type {
  BackfillOptions,
  PreserveCell,
  PreserveRow,
  StepDatabase,
  UpdatedRow,
  UpdateEachOptions,
} from '../operations/step-database.ts'

/** What is called on `db`: its members that are functions. */
export type StepMethod = Exclude<keyof StepDatabase, 'dialect' | 'arguments'>

/** Columns and their values. A value that is undefined is a name that is written wrong, and would be a NULL. */
const isValues: OptionCheck = (value) => {
  if (isRecord(value) !== undefined) return 'an object of columns and their values is expected'
  const missing = Object.entries(value as object).find(([, each]) => each === undefined)
  return missing && `${missing[0]} is undefined; null is an SQL NULL`
}

/** Members of an object: those that are not optional have to be there, and there are no others. */
const options =
  <T>(checks: OptionChecks<T>): OptionCheck =>
  (value) =>
    shaped(checks)(value) ?? holding(checks)(value)

const isUpdatedRow = holding<UpdatedRow>({ key: isValues, set: isValues })

/** Without a list for each: a step has them by the hundred thousand. */
function areGiven(values: unknown): boolean {
  if (isRecord(values) !== undefined) return false
  for (const name in values as object) if ((values as Row)[name] === undefined) return false
  return true
}

const areUpdatedRows: OptionCheck = (value) => {
  if (isList(value) !== undefined) return isList(value)
  for (const [at, row] of (value as readonly (Partial<UpdatedRow> | null | undefined)[]).entries()) {
    if (areGiven(row?.key) && areGiven(row?.set)) continue
    const why = isUpdatedRow(row)
    if (why !== undefined) return `row ${at + 1}: ${why}`
  }
  return undefined
}

const isBatch: OptionCheck = (value) =>
  isWholeCount(value) ?? (value === 0 ? 'a number from 1 on is expected' : undefined)

const condition = { where: optional(isText), params: optional(isList) }
const isBackfill = options<BackfillOptions>({
  table: isTableName,
  key: optional(isTexts),
  columns: isTexts,
  ...condition,
  batch: optional(isBatch),
  step: isFunction,
})
const isGiven: OptionCheck = (value) => (value === undefined ? 'it is undefined; null is an SQL NULL' : undefined)
const isCell = holding<PreserveCell>({
  table: isText,
  key: isValues,
  column: isText,
  value: isGiven,
  written: isGiven,
})
const isDeletedRow = holding<PreserveRow>({ table: isText, key: isValues, row: isValues })

type Form = readonly [form: string, ...checks: readonly OptionCheck[]]

const forms: { readonly [M in StepMethod]: Form } = {
  query: ["('SELECT id FROM accounts WHERE age > ?', [17])", isText, optional(isList)],
  execute: ["('UPDATE accounts SET age = ? WHERE id = ?', [18, 1])", isText, optional(isList)],
  transaction: ['(async (db) => { … })', isFunction],
  preserve: [
    "({ table: 'accounts', key: { id }, column: 'email', value: email, written: mail })",
    (cell) => (cell !== null && typeof cell === 'object' && 'row' in cell ? isDeletedRow(cell) : isCell(cell)),
  ],
  restore: ["({ table: 'accounts', column: 'email' })", options({ table: isText, column: optional(isText) })],
  readPreserved: [
    "({ table: 'accounts', column: 'email', revision: '8c1d90b2f3a4' }, async (cell) => { … })",
    options({ table: isText, column: isText, revision: isText }),
    isFunction,
  ],
  backfill: ["({ table: 'accounts', columns: ['email'], step: async (rows) => { … } })", isBackfill],
  updateEach: [
    "({ table: 'accounts', rows: [{ key: { id: 1 }, set: { email: 'a@b.org' } }] })",
    options<UpdateEachOptions>({ table: isTableName, rows: areUpdatedRows, ...condition }),
  ],
  report: ["('accounts without an email', '17')", isText, optional(isText)],
  tableNames: ['()'],
  columns: ["('accounts')", isTableName],
  indexes: ["('accounts')", isTableName],
  uniqueConstraints: ["('accounts')", isTableName],
  primaryKey: ["('accounts')", isTableName],
}

const isMethod = (name: string): name is StepMethod => Object.hasOwn(forms, name)

/** How a method of `db` is called. */
export function stepCallForm(method: StepMethod): string {
  return `${method === 'report' ? '' : 'await '}db.${method}${forms[method][0]}`
}

/** Refuses a call of `db` with something else than it takes. Throws INVALID_OPTION. */
export function requireStepCall(method: StepMethod, args: readonly unknown[]): void {
  const [, ...checks] = forms[method]
  for (const [at, check] of checks.entries()) {
    const why = check(args[at])
    if (why === undefined) continue
    const option = at === 0 ? 'argument' : 'second argument'
    const message = `db.${method}: ${why}; write it like ${stepCallForm(method)}`
    throw new MigrateError('INVALID_OPTION', { option, why }, message)
  }
}

/** What other tools call them, without capitals, underscores and `$`. */
const elsewhere: readonly (readonly [names: readonly string[], meant: StepMethod])[] = [
  [['raw', 'sql', 'exec', 'run', 'executeraw', 'executerawunsafe', 'unsafe', 'executesql'], 'execute'],
  [['insert', 'update', 'delete', 'insertrows', 'deleterows', 'bulkinsert', 'into', 'save'], 'execute'],
  [['queryraw', 'queryrawunsafe', 'all', 'get', 'select', 'from', 'scalar', 'fetchall', 'find', 'findmany'], 'query'],
  [['begin', 'savepoint', 'tx', 'begintransaction', 'starttransaction'], 'transaction'],
  [['batch', 'each', 'stream', 'iterate', 'cursor', 'findinbatches'], 'backfill'],
  [['updatemany', 'bulkupdate', 'batchupdate', 'updateall'], 'updateEach'],
  [['log', 'print', 'warn', 'info'], 'report'],
]

/**
 * A frozen `db` with these members, which remembers the names that it does not have; what a function fails with is explained by those of the
 * database that it is a part of.
 */
export function namedDatabase<T extends object>(members: T, partOf?: object): T {
  const slot = (partOf && slotOf(partOf)) ?? {}
  return Object.freeze(Object.assign(observedObject(slot, undefined), members)) as T
}

function adviceFor({ name, members }: UnknownName<unknown>): string {
  const methods = members.filter(isMethod)
  const meant = elsewhere.find(([names]) => names.includes(bareName(name)))?.[1]
  const method = methods.find((each) => bareName(each) === bareName(name)) ?? methods.find((each) => each === meant)
  const [near = method] = method === undefined ? nearNames(name, methods) : []
  const found = methods.find((each) => each === near)
  return found === undefined ? `it has ${[...methods].sort().join(', ')}` : `use ${stepCallForm(found)}`
}

/** What a function failed with that was given `db`. Of a method that `db` has not, an engine says only "db.raw is not a function". */
export function withUnknownName(error: unknown, database: object): unknown {
  const last = slotOf(database)?.last
  if (last === undefined || !(error instanceof TypeError) || namesUnknown(error, last.name) === undefined) return error
  const explained = new TypeError(`${error.message}: there is no db.${last.name}; ${adviceFor(last)}`)
  return Object.assign(explained, { stack: error.stack })
}
