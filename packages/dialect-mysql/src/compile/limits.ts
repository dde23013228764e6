import {
  type ColumnModel,
  type ConstraintOf,
  type DialectRows,
  findColumn,
  findTable,
  MigrateError,
  misfitDefault,
  type SchemaModel,
  type SqlFragment,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { columnTextOf } from '../ddl/source.ts'
import { indexClause, referencedColumns } from '../ddl/write-table.ts'
import { defaultEngine, type Server } from '../flavour.ts'
import { findPart } from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { canonicaliseTable, collationOf } from '../types/canonicalise.ts'
import { misfitOf } from '../types/default-misfit.ts'
import { foreignKeysOf, isServed } from '../types/implicit-indexes.ts'
import { folded, fromSql, toSql } from '../types/types.ts'
import { invalid, refText } from './statements.ts'

/** What has to be equal on both sides of a foreign key: the length of a text need not. */
function comparedType(server: Server, table: TableModel, name: string): string | undefined {
  const canonical = canonicaliseTable(server, table)
  const column = findColumn(canonical, name)
  if (column === undefined) return undefined
  const text = toSql(column.type)
  const collation = collationOf(server, canonical, column)
  const base = collation === undefined ? text : text.replace(/\(.*$/, '').replace(/^(?:var)?char$/, 'text')
  return [base.replace(/^varbinary\(\d+\)$/, 'varbinary'), ...(collation === undefined ? [] : [collation])].join(' ')
}

function described(server: Server, table: TableModel, name: string): string {
  const canonical = canonicaliseTable(server, table)
  const column = findColumn(canonical, name)
  const collation = column === undefined ? undefined : collationOf(server, canonical, column)
  const type = column === undefined ? '?' : toSql(column.type)
  return `${refText(table.ref)}.${name} is ${type}${collation === undefined ? '' : ` COLLATE ${collation}`}`
}

const setNull = [
  ['onDelete', 'ON DELETE SET NULL'],
  ['onUpdate', 'ON UPDATE SET NULL'],
] as const

/** The server refuses it (1830, on MariaDB errno 150 without a reason): https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html */
function refuseRequired(table: TableModel, key: ConstraintOf<'foreignKey'>, object: string): void {
  const action = setNull.find(([event]) => key[event] === 'setNull')?.[1]
  const required = key.columns.find((name) => findColumn(table, name)?.nullable === false)
  if (action === undefined || required === undefined) return
  const why = `${action} empties the column ${required}, which is NOT NULL`
  throw invalid(object, why, 'Let the column be NULL, or choose another action.')
}

/**
 * Both sides of a foreign key have one type and one collation, or the server refuses with an error that says neither (3780, on
 * MariaDB errno 150). Looked at where the other table is in sight.
 */
export function checkForeignKey(
  server: Server,
  table: TableModel,
  key: ConstraintOf<'foreignKey'>,
  model: SchemaModel,
): void {
  const object = `foreign key ${key.name ?? `(${key.columns.join(', ')})`} of ${refText(table.ref)}`
  refuseRequired(table, key, object)
  const target = findTable(model, key.references.table)
  if (target === undefined) return
  const columns = referencedColumns(key, model, table)
  key.columns.forEach((column, at) => {
    const other = columns[at] ?? ''
    const [own, theirs] = [comparedType(server, table, column), comparedType(server, target, other)]
    if (own === undefined || theirs === undefined || own === theirs) return
    const why = `${described(server, table, column)}, but ${described(server, target, other)}`
    throw invalid(
      object,
      `both sides must have one type and one collation: ${why}`,
      'Change one of the columns first, in the same revision.',
    )
  })
}

const hasPrimaryKey = ({ constraints }: TableModel): boolean => constraints.some(({ kind }) => kind === 'primaryKey')

const engineOf = ({ options: { engine } }: TableModel): string =>
  (typeof engine === 'string' ? engine : defaultEngine).toLowerCase()

/** With such a key the server generates none: the engine takes it for the primary key. */
function hasRequiredUnique({ constraints, indexes, columns }: TableModel): boolean {
  const required = new Set<string | undefined>(columns.filter(({ nullable }) => !nullable).map(({ name }) => name))
  return (
    constraints.some((each) => each.kind === 'unique' && each.columns.every((column) => required.has(column))) ||
    indexes.some(({ unique, elements }) => unique && elements.every(({ column }) => required.has(column)))
  )
}

/**
 * Servers that keep replicas or clusters refuse a table without a primary key, or add one with a column that no revision knows.
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html
 */
function whyKeyed(server: Server, table: TableModel): string | undefined {
  const missing = 'it has no primary key, and this server'
  if (hasPrimaryKey(table)) return undefined
  if (server.sqlRequirePrimaryKey) return `${missing} refuses such tables (sql_require_primary_key)`
  if (engineOf(table) !== 'innodb' || hasRequiredUnique(table)) return undefined
  if (server.innodbForcesKey) return `${missing} refuses such tables (innodb_force_primary_key)`
  if (!server.generatesPrimaryKey) return undefined
  return `${missing} generates one, ${generatedKey} (sql_generate_invisible_primary_key); a user with SESSION_VARIABLES_ADMIN can do without`
}

export function checkPrimaryKey(server: Server, table: TableModel): void {
  const why = whyKeyed(server, table)
  if (why !== undefined) throw invalid(`create table ${refText(table.ref)}`, why, 'Give the table a primary key.')
}

/**
 * A table from before the server was set so: each ALTER TABLE that leaves it without a key is refused (3750; MariaDB: 1173, also of what is
 * none of the key). https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_require_primary_key
 */
export function checkAlteredKey(server: Server, table: TableModel, operation: string): void {
  const isRefused = server.sqlRequirePrimaryKey || server.innodbForcesKey === true
  const why = isRefused ? whyKeyed(server, table) : undefined
  if (why !== undefined) throw invalid(operation, why, 'Give the table a primary key.')
}

/** A key that another one is to take the place of goes with it in one statement. */
export function checkKeyRemains(server: Server, table: TableModel, operation: string): void {
  const why = whyKeyed(server, table)
  if (why !== undefined) throw invalid(operation, why, 'Add the new primary key directly after the old one is dropped.')
}

/**
 * The server refuses each statement that takes the last such key, also where the next one adds another.
 * https://mariadb.com/kb/en/innodb-system-variables/#innodb_force_primary_key
 */
export function checkForcedKey(server: Server, from: TableModel, to: TableModel, operation: string): void {
  if (!server.innodbForcesKey || whyKeyed(server, from) !== undefined) return
  const why = whyKeyed(server, to)
  if (why !== undefined) throw invalid(operation, why, 'Give the table a primary key.')
}

const generatedKey = 'my_row_id'

/** A key that the server generated goes with its column only (4111), and the column is not renamed while it is invisible (4110). */
export function refuseGenerated(
  server: Server,
  table: TableModel,
  columns: readonly string[],
  operation: string,
): void {
  if (server.flavour !== 'mysql' || columns.length > 1 || columns[0] !== generatedKey) return
  const text = columnTextOf(server, table, generatedKey)
  if (
    findPart(text, 'autoIncrement') === undefined ||
    !text.some(({ kind, text }) => kind === 'other' && /\bINVISIBLE\b/.test(text))
  )
    return
  throw invalid(
    operation,
    'the server generated this key, and lets it go only together with its column',
    'Replace it with op.sql: ALTER TABLE … DROP COLUMN my_row_id, ADD PRIMARY KEY (…).',
  )
}

/** Columns that InnoDB adds to its tables, in any letters: https://dev.mysql.com/doc/refman/8.4/en/innodb-multi-versioning.html */
const innodbColumns = new Set(['db_row_id', 'db_trx_id', 'db_roll_ptr'])

/** Throws INVALID_NAME for the name of a column that InnoDB adds itself; a table of another engine may have it. */
export function checkColumnNames(table: TableModel, names: readonly string[]): void {
  const name = engineOf(table) === 'innodb' ? names.find((each) => innodbColumns.has(each.toLowerCase())) : undefined
  if (name === undefined) return
  const why = 'is reserved: InnoDB adds a column of this name to its tables'
  throw new MigrateError('INVALID_NAME', { name, why }, `the column name ${table.ref.name}.${name} ${why}`)
}

/**
 * Throws INVALID_NAME for the name of a view or a sequence that the server stores in other letters: it would not be found by its name again.
 * https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
 */
export function checkLetters(server: Server, kind: 'view' | 'sequence', name: string): void {
  if (server.lowerCaseTableNames === 0 || name === name.toLowerCase()) return
  const why = `has capital letters, and this server stores it in small ones (lower_case_table_names=${server.lowerCaseTableNames})`
  throw new MigrateError('INVALID_NAME', { name, why }, `the name of the ${kind} ${name} ${why}`)
}

/** Transactional tables of Aria refuse any SAVEPOINT of their transaction (1178), and other tables of it have the same engine. */
export function unpreservable({ options: { engine } }: TableModel): string | undefined {
  if (typeof engine !== 'string' || engine.toLowerCase() !== 'aria') return undefined
  return 'its engine, Aria, may refuse savepoints; ALTER TABLE … ENGINE=InnoDB changes the engine'
}

/** Throws INVALID_OPERATION: the server would refuse such a default in the middle of a run. */
export function checkDefault(column: ColumnModel, operation: string): void {
  const why = misfitOf(column)
  if (why !== undefined) throw misfitDefault(operation, column, why)
}

function dependent(object: string, dependants: readonly string[]): MigrateError {
  const message = `${object} cannot be dropped: ${dependants.join(', ')} ${dependants.length === 1 ? 'needs' : 'need'} it.`
  return new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, message)
}

/**
 * What happens to the indexes of foreign keys besides: one that an index of the model replaces goes, one that a key needs comes.
 * The server does the same where it made the index, and refuses (1553) where a user did.
 */
export function indexChanges(server: Server, before: TableModel, after: TableModel): readonly SqlFragment[] {
  const [hiddenBefore, hiddenAfter] = [before.hiddenIndexes ?? [], after.hiddenIndexes ?? []]
  const removed = hiddenBefore.filter(({ name }) => !hiddenAfter.some((index) => index.name === name))
  const added = hiddenAfter.filter(({ name }) => !hiddenBefore.some((index) => index.name === name))
  const columns = ({ elements }: { readonly elements: readonly { readonly column?: string }[] }): string =>
    JSON.stringify(elements.map(({ column }) => column))
  const moved = new Map(added.map((index) => [index, removed.find((old) => columns(old) === columns(index))]))
  const taken = new Set(moved.values())
  return [
    ...removed.filter((index) => !taken.has(index)).map(({ name }) => sql`DROP INDEX ${quote.identifier(name)}`),
    ...added.map((index) => {
      const old = moved.get(index)
      if (old === undefined) return sql`ADD ${indexClause(server, index)}`
      return sql`RENAME INDEX ${quote.identifier(old.name)} TO ${quote.identifier(index.name)}`
    }),
  ]
}

/** Foreign keys, of this table or of those in sight, that need what is about to go. */
export function refuseNeeded(object: string, before: SchemaModel, from: TableModel, to: TableModel): void {
  const dependants = [...before.tables.values()].flatMap((table) =>
    foreignKeysOf(table).flatMap((key) => {
      if (key.references.table.name !== from.ref.name || key.references.table.schema !== from.ref.schema) return []
      const columns = referencedColumns(key, before, table)
      if (!isServed(from, columns) || isServed(to, columns)) return []
      return [`foreign key ${key.name ?? key.columns.join(', ')} of ${refText(table.ref)}`]
    }),
  )
  if (dependants.length > 0) throw dependent(object, dependants)
}

/**
 * The error value of an ENUM has the index 0, and is read as '': so is the value '' of an ENUM that has it
 * (https://dev.mysql.com/doc/refman/8.4/en/enum.html#enum-indexes). Restored, both would be the latter.
 */
export const unpreservableValues: NonNullable<DialectRows['unpreservableValues']> = ({ type, native }, quoted) => {
  const shown = folded(native?.mysql === undefined ? type : fromSql(native.mysql))
  if (shown.kind !== 'enum' || !shown.values.includes('')) return undefined
  const why =
    "the error value of an ENUM (index 0) is read as its value '', which would be restored; give these rows another value"
  return { rows: sql`${quoted} + 0 = 0`, why }
}
