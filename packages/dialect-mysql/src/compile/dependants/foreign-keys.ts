import {
  type ColumnModel,
  type ConstraintOf,
  findColumn,
  findTable,
  MigrateError,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { readsColumn } from '../../ddl/rename-in-expression.ts'
import { referencedColumns } from '../../ddl/write-table.ts'
import type { Server } from '../../flavour.ts'
import { canonicaliseTable, collationOf } from '../../types/canonicalise.ts'
import { foreignKeysOf } from '../../types/implicit-indexes.ts'
import { toSql } from '../../types/types.ts'
import { characterBytes } from '../index-limits.ts'
import { columnOf, invalid, refText } from '../statements.ts'

/** A foreign key over a column, seen from that column. */
interface KeyOverColumn {
  readonly key: ConstraintOf<'foreignKey'>
  /** The table that has the key. */
  readonly table: TableModel
  readonly side: 'referencing' | 'referenced'
  /** The column of the other side. Absent: its table is not in sight. */
  readonly counterpart: ColumnModel | undefined
}

/** The foreign keys over a column: of its table, and of those in sight that refer to it. */
export function foreignKeysOver(model: SchemaModel, { ref }: TableModel, column: string): readonly KeyOverColumn[] {
  const isOwn = ({ name, schema }: TableRef): boolean => name === ref.name && schema === ref.schema
  return [...model.tables.values()].flatMap((table) =>
    foreignKeysOf(table).flatMap((key) => {
      const sides: KeyOverColumn[] = []
      const target = findTable(model, key.references.table)
      if (isOwn(table.ref) && key.columns.includes(column)) {
        const name = target && referencedColumns(key, model, table)[key.columns.indexOf(column)]
        const counterpart = name === undefined ? undefined : target && findColumn(target, name)
        sides.push({ key, table, side: 'referencing', counterpart })
      }
      if (isOwn(key.references.table)) {
        const at = referencedColumns(key, model, table).indexOf(column)
        const counterpart = findColumn(table, key.columns[at] ?? '')
        if (at !== -1) sides.push({ key, table, side: 'referenced', counterpart })
      }
      return sides
    }),
  )
}

/** The most bytes of a VARCHAR or VARBINARY. */
function variableBytes(type: string, collation: string | undefined): number | undefined {
  const length = /^var(?:char|binary)\((\d+)\)$/i.exec(type)?.[1]
  return length === undefined ? undefined : Number(length) * characterBytes(collation)
}

/**
 * Whether the server changes the type of a column that a foreign key is over, with `foreign_key_checks` on (measured on MySQL 9.7 and
 * MariaDB 10.11, errors 1832, 1833, 3780). Both take a longer list of an ENUM or SET. MySQL also lengthens a VARCHAR, as long as it needs as
 * many bytes for the length (one up to 255 bytes): https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html. MariaDB refuses
 * that since https://jira.mariadb.org/browse/MDEV-31086. MySQL refuses to add and to take away AUTO_INCREMENT as well.
 */
function isTypeChangeable(server: Server, from: TableModel, to: TableModel, name: string): boolean {
  const [before, after] = [columnOf(from, name), columnOf(to, name)]
  const [typeBefore, typeAfter] = [toSql(before.type), toSql(after.type)]
  const collation = collationOf(server, from, before)
  const isMysql = server.flavour === 'mysql'
  if (collation !== collationOf(server, to, after)) return false
  if (typeBefore === typeAfter) return !isMysql || (before.identity === undefined) === (after.identity === undefined)
  if (/^(?:enum|set)\(/i.test(typeBefore) && typeAfter.startsWith(`${typeBefore.slice(0, -1)},`)) return true
  const [bytesBefore, bytesAfter] = [variableBytes(typeBefore, collation), variableBytes(typeAfter, collation)]
  if (!isMysql || bytesBefore === undefined || bytesAfter === undefined) return false
  return bytesBefore <= bytesAfter && bytesBefore > 255 === bytesAfter > 255
}

/**
 * Whether a key forbids that its column takes NULLs from now on, or none (1830, 1833). MariaDB compares both sides where an UPDATE
 * cascades: https://jira.mariadb.org/browse/MDEV-34392.
 */
function forbidsNullability(
  { flavour }: Server,
  { key, side, counterpart }: KeyOverColumn,
  before: ColumnModel,
  after: ColumnModel,
): boolean {
  if (before.nullable === after.nullable) return false
  const setsNull = key.onDelete === 'setNull' || key.onUpdate === 'setNull'
  if (side === 'referencing' && !after.nullable && setsNull) return true
  if (flavour === 'mysql' || key.onUpdate !== 'cascade' || counterpart === undefined) return false
  return side === 'referencing' ? !after.nullable && counterpart.nullable : after.nullable && !counterpart.nullable
}

/** Refuses a change of a column that the server refuses for a foreign key in the middle of a run. Throws DEPENDENT_OBJECTS. */
export function requireChangeable(
  server: Server,
  model: SchemaModel,
  from: TableModel,
  after: TableModel,
  name: string,
): void {
  const to = canonicaliseTable(server, after)
  const [columnBefore, columnAfter] = [columnOf(from, name), columnOf(to, name)]
  const isChangeable = isTypeChangeable(server, from, to, name)
  const keys = foreignKeysOver(model, from, name).filter(
    (each) => !isChangeable || forbidsNullability(server, each, columnBefore, columnAfter),
  )
  if (keys.length === 0) return
  const object = `column ${refText(from.ref)}.${name}`
  const dependants = [
    ...new Set(
      keys.map(({ key, table }) => `foreign key ${key.name ?? key.columns.join(', ')} of ${refText(table.ref)}`),
    ),
  ]
  const described = ({ type, nullable, identity }: ColumnModel): string =>
    `${toSql(type)}${nullable ? '' : ' NOT NULL'}${identity === undefined ? '' : ' AUTO_INCREMENT'}`
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `${object} cannot be changed from ${described(columnBefore)} to ${described(columnAfter)}: ${dependants.join(', ')} ${dependants.length === 1 ? 'forbids' : 'forbid'} it.`,
    {
      remedy:
        'In the same revision, drop the foreign key before the change and add it again after it (`dropConstraint`, `addForeignKey`); both sides need one type then.',
    },
  )
}

const writes = [
  ['onDelete', 'setNull', 'ON DELETE SET NULL'],
  ['onUpdate', 'setNull', 'ON UPDATE SET NULL'],
  ['onUpdate', 'cascade', 'ON UPDATE CASCADE'],
] as const

/**
 * Refuses what both servers refuse in the middle of a run: a foreign key with an action that writes a column which is generated (3104,
 * 1905), or which a check or a stored column reads (3823, 1215, 1901). MySQL has no stored column over one with ON DELETE CASCADE either.
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html; measured on MySQL 9.7 and MariaDB 10.11.
 */
export function requireUnread({ flavour }: Server, table: TableModel): void {
  for (const key of foreignKeysOf(table)) {
    const write = writes.find(([event, action]) => key[event] === action)?.[2]
    const deletes = flavour === 'mysql' && key.onDelete === 'cascade' ? 'ON DELETE CASCADE' : undefined
    if (write === undefined && deletes === undefined) continue
    const object = `foreign key ${key.name ?? `(${key.columns.join(', ')})`} of ${refText(table.ref)}`
    for (const column of key.columns) {
      if (write !== undefined && findColumn(table, column)?.generated !== undefined)
        throw invalid(object, `${write} writes the column ${column}, which is generated`, 'Choose the action restrict.')
      const stored = table.columns.find(
        ({ generated }) => generated?.stored && readsColumn(generated.expression, column),
      )
      const check = table.constraints.find((each) => each.kind === 'check' && readsColumn(each.expression, column))
      const reader = stored === undefined ? check && `check ${check.name ?? ''}`.trim() : `stored column ${stored.name}`
      const action = write ?? (stored === undefined ? undefined : deletes)
      if (reader === undefined || action === undefined) continue
      throw invalid(
        object,
        `the server has no ${action} for the column ${column}, which the ${reader} reads`,
        'Choose the action restrict, or drop what reads the column first, in the same revision.',
      )
    }
  }
}
