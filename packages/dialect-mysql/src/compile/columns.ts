import {
  type ColumnModel,
  type CompileTable,
  closed,
  type OperationAround,
  type SqlFragment,
  type Statement,
  type StatementExtras,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { readsColumn, renamedInExpression } from '../ddl/rename-in-expression.ts'
import { columnLine, columnTextOf, unenforcedChecks } from '../ddl/source.ts'
import type { Server } from '../flavour.ts'
import { type ColumnText, findPart, printColumnText, setPart } from '../sql/column-text.ts'
import { quote, quotedComment, unsupported } from '../sql/quote.ts'
import { canonicaliseTable } from '../types/canonicalise.ts'
import { hiddenIndexesOverRenamed } from '../types/implicit-indexes.ts'
import { isText, toSql } from '../types/types.ts'
import { interimType } from './conversion-loss.ts'
import { requireIndexable, requireUnpartitioned, requireUnused } from './dependants/column-dependants.ts'
import { checkCounter, requireStart } from './dependants/counted-column.ts'
import { withFollowing } from './dependants/dependants.ts'
import { foreignKeysOver, requireChangeable, requireUnread } from './dependants/foreign-keys.ts'
import {
  convertColumn,
  hasUnsafeDefault,
  kindOf,
  recomputeVirtual,
  recreateColumn,
  updateOf,
} from './dependants/recreated-column.ts'
import { noLostValues } from './dependants/value-enums.ts'
import { rangeChecks } from './dependants/value-range.ts'
import { onlyTimes, onlyTimesOfDay } from './dependants/value-times.ts'
import { checkLimits } from './index-limits.ts'
import { addIndex, dropIndex } from './indexes.ts'
import { checkColumnNames, checkDefault, checkForcedKey, indexChanges, refuseGenerated } from './limits.ts'
import {
  noEqualKeys,
  noLonger,
  noNulls,
  noRowsWithout,
  only64Bits,
  onlyJson,
  onlyNumbers,
  onlySafeNumbers,
} from './row-checks.ts'
import { alterTable, columnOf, positionClause, refText, statement, tableOf } from './statements.ts'

/**
 * A character beyond U+FFFF in a value of an enum or a set is shown as `?`, and nothing shows what it is. MODIFY has to repeat the
 * list: in place, the server takes none but the one that it has (1846).
 */
function planModification(
  textBefore: ColumnText,
  textAfter: ColumnText,
): Pick<Statement, 'remedy'> & { readonly isInplace: boolean } {
  const type = findPart(textAfter, 'type') ?? ''
  const isInplace = type === findPart(textBefore, 'type') && /^(?:enum|set)\s*\(.*\?/is.test(type)
  if (!isInplace) return { isInplace }
  const remedy =
    'Where a value of the list has a character beyond U+FFFF, the server shows a ? for it: change the column with op.sql, which names the values, or give its whole list with `type`.'
  return { isInplace, remedy }
}

interface ModifiedColumn {
  readonly clause: SqlFragment
  readonly textBefore: ColumnText
  readonly textAfter: ColumnText
}

function changedColumns(server: Server, before: TableModel, after: TableModel): readonly ModifiedColumn[] {
  return after.columns.flatMap(({ name }) => {
    if (!before.columns.some((column) => column.name === name)) return []
    const [textBefore, textAfter] = [columnTextOf(server, before, name), columnTextOf(server, after, name)]
    if (printColumnText(textAfter) === printColumnText(textBefore)) return []
    return [{ clause: sql`MODIFY COLUMN ${verbatim(columnLine(name, textAfter))}`, textBefore, textAfter }]
  })
}

/** MODIFY of every column whose definition is another after the operation, for one ALTER TABLE. */
export function modifications(server: Server, before: TableModel, after: TableModel): readonly SqlFragment[] {
  return changedColumns(server, before, after).map(({ clause }) => clause)
}

/** MODIFY of every column whose definition is another after the operation. */
export function modified(server: Server, before: TableModel, after: TableModel): readonly Statement[] {
  return changedColumns(server, before, after).map(({ clause, textBefore, textAfter }) => {
    const { isInplace, ...extra } = planModification(textBefore, textAfter)
    return alterTable(after.ref, isInplace ? [clause, verbatim('ALGORITHM=INPLACE')] : [clause], extra)
  })
}

/** What must not be in a column that the server converts by itself. */
function valueChecks(server: Server, table: TableModel, before: ColumnModel, after: ColumnModel): readonly Statement[] {
  const types = [toSql(before.type), toSql(after.type)] as const
  const isInterimDecimal =
    after.generated === undefined && interimType(server, ...types)?.startsWith('decimal') === true
  return [
    ...noLonger(table, before.name, ...types),
    ...(after.generated === undefined
      ? [onlyNumbers, onlySafeNumbers, ...rangeChecks, onlyTimes, onlyTimesOfDay, onlyJson].flatMap((check) =>
          check(server, table, before.name, types),
        )
      : []),
    ...(isInterimDecimal ? [only64Bits(table, before.name)] : []),
    ...noLostValues(server, table, before, after),
    ...(after.generated === undefined ? noEqualKeys(server, table, before, after) : []),
  ]
}

/** The statement that takes the values to the type between, where there is one. */
function throughInterim(
  server: Server,
  table: TableModel,
  before: ColumnModel,
  after: ColumnModel,
): readonly Statement[] {
  const type = interimType(server, toSql(before.type), toSql(after.type))
  if (type === undefined || before.generated !== undefined || after.generated !== undefined) return []
  const bare = (['charset', 'collate', 'default', 'check'] as const).reduce<ColumnText>(
    (text, part) => setPart(text, part, undefined),
    columnTextOf(server, table, before.name),
  )
  return [alterTable(table.ref, [sql`MODIFY COLUMN ${verbatim(columnLine(before.name, setPart(bare, 'type', type)))}`])]
}

function alterColumn(
  server: Server,
  { operation, before, after }: OperationAround<'alterColumn'>,
): readonly Statement[] {
  const { table: ref, column: name, using } = operation
  const [from, to] = [canonicaliseTable(server, tableOf(before, ref)), tableOf(after, ref)]
  const [columnBefore, columnAfter] = [columnOf(from, name), columnOf(to, name)]
  checkCounter(server, to, `change column ${refText(ref)}.${name}`)
  requireStart(columnAfter)
  checkForcedKey(server, from, to, `change column ${refText(ref)}.${name}`)
  checkLimits(server, to)
  checkDefault(columnAfter, `change column ${refText(ref)}.${name}`)
  requireIndexable(server, columnBefore, columnAfter, from)
  requireChangeable(server, before, from, to, name)
  if (columnAfter.generated !== undefined) requireUnread(server, to)
  const expression = using === undefined ? undefined : closed(typeof using === 'string' ? using : using.mysql)
  const value = expression === undefined ? quote.identifier(name) : sql`(${expression})`
  const checks = [
    ...(columnBefore.nullable && !columnAfter.nullable && columnAfter.generated === undefined
      ? [noNulls(from, name, value)]
      : []),
    ...(expression === undefined ? valueChecks(server, from, columnBefore, columnAfter) : []),
  ]
  const around = { server, model: before, before: tableOf(before, ref), after: to, name }
  if (expression !== undefined) return [...checks, ...convertColumn({ ...around, using: expression.text })]
  const kinds = [kindOf(from, name), kindOf(to, name)]
  if (kinds[0] !== kinds[1] && kinds.includes('virtual'))
    return [...checks, ...recreateColumn(server, tableOf(before, ref), to, name)]
  const start = columnAfter.identity?.start
  const counted = start !== undefined && start !== columnBefore.identity?.start
  return [
    ...checks,
    ...throughInterim(server, tableOf(before, ref), columnBefore, columnAfter),
    ...(recomputeVirtual(server, tableOf(before, ref), to, name) ?? modified(server, tableOf(before, ref), to)),
    ...(counted ? [alterTable(ref, [sql`AUTO_INCREMENT = ${typeof start === 'string' ? BigInt(start) : start}`])] : []),
  ]
}

/** The default comes behind the column, and into the rows that are there; rows that others insert meanwhile have it already. */
function addBeforeDefault(
  { operation: { table: ref }, after }: OperationAround<'addColumn'>,
  { name, nullable }: ColumnModel,
  text: ColumnText,
  position: SqlFragment,
): readonly Statement[] {
  const column = quote.identifier(name)
  const empty = setPart(setPart(text, 'default', undefined), 'nullable', 'NULL')
  const update = updateOf(tableOf(after, ref), column, verbatim('DEFAULT'))
  const caution = `${refText(ref)}.${name} gets its default by an UPDATE, which runs the triggers of the table for one`
  return [
    alterTable(ref, [sql`ADD COLUMN ${verbatim(columnLine(name, empty))}${position}`]),
    alterTable(ref, [sql`ALTER COLUMN ${column} SET ${verbatim(findPart(text, 'default') ?? '')}`]),
    statement(sql`${update} WHERE ${column} IS NULL`, [ref], { note: `fill ${refText(ref)}.${name}`, caution }),
    ...(nullable ? [] : [alterTable(ref, [sql`MODIFY COLUMN ${verbatim(columnLine(name, text))}`])]),
  ]
}

function addColumn(server: Server, at: OperationAround<'addColumn'>): readonly Statement[] {
  const { operation, before, after } = at
  const { table: ref, column: added } = operation
  const table = tableOf(after, ref)
  const column = columnOf(table, added.name)
  checkColumnNames(table, [column.name])
  checkLimits(server, table)
  checkCounter(server, table, `add column ${refText(ref)}.${column.name}`)
  checkDefault(column, `add column ${refText(ref)}.${column.name}`)
  if (column.generated !== undefined) requireUnread(server, table)
  const filled = column.nullable || column.default !== undefined || column.generated !== undefined
  const text = columnTextOf(server, table, column.name)
  const position = table.columns.at(-1)?.name === column.name ? sql`` : sql` ${positionClause(table, column.name)}`
  if (hasUnsafeDefault(server, text)) return addBeforeDefault(at, column, text, position)
  return [
    ...(filled || column.identity !== undefined ? [] : [noRowsWithout(tableOf(before, ref), column.name)]),
    alterTable(ref, [sql`ADD COLUMN ${verbatim(columnLine(column.name, text))}${position}`]),
  ]
}

/** Whether an expression of the table reads the column: a generated column, a default or a check. */
const isRead = (server: Server, table: TableModel, column: string): boolean =>
  table.constraints.some((each) => each.kind === 'check' && readsColumn(each.expression, column)) ||
  table.columns.some(({ name }) =>
    columnTextOf(server, table, name).some(
      ({ kind, text }) => (kind === 'generated' || kind === 'default' || kind === 'check') && readsColumn(text, column),
    ),
  )

/**
 * MariaDB opens tables ahead. One that was opened for the columns of a view (SHOW COLUMNS, information_schema) has its expressions
 * resolved, and the first renaming of a column that they read fails (1054). A change that changes nothing opens it again (measured on 10.11).
 */
const reopened = ({ ref, comment }: TableModel): StatementExtras => ({
  settings: { set: [alterTable(ref, [verbatim(`COMMENT = ${quotedComment(comment ?? '')}`)]).sql], reset: [] },
})

/**
 * MySQL refuses to rename a column that a check (3959), an expression of an index (3837), a generated column (3108) or a default (3766)
 * names: they go and come in the same statement. But for a default, such a statement copies the table, and a column of a foreign key is renamed by none that does (1846): there
 * the check goes with the renaming, an index before it, and they come in a statement of their own. So does each check over a string, whose
 * text the server rewrites with a copy of the table (measured on 9.7).
 */
function renameColumn(
  server: Server,
  { operation, before, after }: OperationAround<'renameColumn'>,
): readonly Statement[] {
  const { table: ref, column, to } = operation
  const [tableBefore, tableAfter] = [tableOf(before, ref), tableOf(after, ref)]
  checkColumnNames(tableAfter, [to])
  refuseGenerated(server, tableBefore, [column], `rename column ${refText(ref)}.${column}`)
  const indexed = { ...tableBefore, hiddenIndexes: hiddenIndexesOverRenamed(tableBefore, column, to) }
  const rename = [
    sql`RENAME COLUMN ${quote.identifier(column)} TO ${quote.identifier(to)}`,
    ...indexChanges(server, indexed, tableAfter),
  ]
  if (server.flavour === 'mariadb')
    return [alterTable(ref, rename, isRead(server, tableBefore, column) ? reopened(tableBefore) : {})]
  requireUnpartitioned(tableBefore, column)
  const indexes = tableAfter.indexes.filter(({ name, elements }) => {
    const old = tableBefore.indexes.find((index) => index.name === name)
    return elements.some(({ expression }, at) => expression !== old?.elements[at]?.expression)
  })
  const isBound = foreignKeysOver(before, tableBefore, column).length > 0
  const strings = tableAfter.columns.filter(({ type }) => isText(type)).map(({ name }) => name)
  const changed = tableAfter.constraints.flatMap((constraint) => {
    const old = tableBefore.constraints.find((each) => each.kind === 'check' && each.name === constraint.name)
    if (constraint.kind !== 'check' || constraint.name === undefined || old?.kind !== 'check') return []
    const isRewritten = isBound && strings.some((name) => readsColumn(constraint.expression, name))
    const text = `(${constraint.expression})`
    return old.expression === constraint.expression && !isRewritten ? [] : [{ name: constraint.name, text }]
  })
  for (const { name, text } of unenforcedChecks(tableBefore, column))
    changed.push({ name, text: renamedInExpression(text, column, to) })
  const readers = changedColumns(server, tableBefore, tableAfter)
  const isComputed = readers.some(({ textAfter }) => findPart(textAfter, 'generated') !== undefined)
  const indexDrops = indexes.map(({ name }) => dropIndex(name))
  const dropsAndRename = [
    ...changed.map(({ name }) => sql`DROP CHECK ${quote.identifier(name)}`),
    ...rename,
    ...readers.map(({ clause }) => clause),
  ]
  const additions = [
    ...indexes.map((index) => addIndex(server, index)),
    ...changed.map(({ name, text }) => sql`ADD CONSTRAINT ${quote.identifier(name)} CHECK ${verbatim(text)}`),
  ]
  if ((indexDrops.length + additions.length === 0 && !isComputed) || !isBound)
    return [alterTable(ref, [...indexDrops, ...dropsAndRename, ...additions])]
  if (isComputed) {
    throw unsupported(
      `renaming ${refText(ref)}.${column}`,
      'a generated column reads it and a foreign key is over it, and no statement of the server changes both',
      'Drop the foreign key first, and add it again afterwards.',
    )
  }
  return [indexDrops, dropsAndRename, additions].flatMap((clauses) =>
    clauses.length === 0 ? [] : [alterTable(ref, clauses)],
  )
}

export function columnStatements(
  server: Server,
): Pick<CompileTable, 'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> {
  return {
    addColumn: (at) => addColumn(server, at),
    dropColumn(at) {
      const { table, column } = at.operation
      requireUnused(tableOf(at.before, table), column)
      return withFollowing(server, at, [alterTable(table, [sql`DROP COLUMN ${quote.identifier(column)}`])])
    },
    alterColumn: (at) => alterColumn(server, at),
    renameColumn: (at) => withFollowing(server, at, renameColumn(server, at)),
  }
}
