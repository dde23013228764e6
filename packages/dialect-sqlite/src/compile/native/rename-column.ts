import {
  findColumn,
  join,
  type OperationOf,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { parseTable } from '../../ddl/parse-table.ts'
import { quote } from '../../sql/quote.ts'
import { isRowidName, rowidNames } from '../../sql/rowid-names.ts'
import { sameName } from '../../sql/tokenize.ts'
import { applyToModel } from '../apply-to-model.ts'
import { ColumnMap } from '../column-map.ts'
import { renamedInViews, requireNoTextIndex } from '../dependants.ts'
import { recreateIndex } from '../indexes.ts'
import { type Rebuild, rebuild } from '../rebuild.ts'
import { inMain, sourceOf, statement, tableOf } from '../statements.ts'

/**
 * SQLite's RENAME COLUMN fails with "no such column" where the column is INTEGER, alone the primary key of a WITHOUT ROWID table, and in
 * a UNIQUE of the table, too (measured on 3.50 and 3.53).
 */
function keysWithoutRename(table: TableModel, column: string): readonly OperationOf<'dropConstraint'>[] {
  if (table.options.withoutRowid !== true) return []
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const isKey = key?.kind === 'primaryKey' && key.columns.length === 1 && sameName(key.columns[0] ?? '', column)
  if (!isKey || findColumn(table, column)?.type.kind !== 'integer') return []
  return parseTable(sourceOf(table)).constraints.flatMap((one) => {
    const columns = one.kind === 'unique' ? one.columns.map(({ name }) => name.name) : []
    return columns.some((name) => sameName(name, column))
      ? [{ kind: 'dropConstraint', table: table.ref, constraint: { kind: 'unique', columns } }]
      : []
  })
}

/**
 * SQLite 3.54 renames a column of a rowid's name in a table WITHOUT ROWID only. So the table is rebuilt, and one without stands in for it
 * while RENAME COLUMN follows in triggers, views and foreign keys. It also has the names by which these may read the hidden rowid.
 */
function renameByRebuild(before: SchemaModel, after: SchemaModel, rename: Statement, to: string): readonly Statement[] {
  const [table] = rename.tables ?? []
  if (table === undefined) return [rename]
  const [{ columns, indexes }, renamed] = [tableOf(before, table), tableOf(after, table)]
  const copied = columns.flatMap(({ name, generated }, at) => {
    const column = renamed.columns[at]
    return column === undefined || generated !== undefined ? [] : [{ column, source: quote.identifier(name).text }]
  })
  const names = columns.map(({ name }) => name)
  const hidden = rowidNames.filter((name) => ![...names, to].some((each) => sameName(each, name)))
  const key = quote.identifier(names[0] ?? '')
  // A view that names an index is read with it.
  const isIndexed = [...before.views.values()].some((view) => /\bindexed\b/i.test(view.source ?? view.definition))
  const between = [
    statement(
      sql`CREATE TABLE ${inMain(table)} (${join([...names, ...hidden].map(quote.identifier))}, PRIMARY KEY (${key})) WITHOUT ROWID`,
      [table],
    ),
    ...(isIndexed ? indexes.map((index) => recreateIndex(table, index, names)) : []),
    rename,
    statement(sql`DROP TABLE ${inMain(table)}`, [table]),
  ]
  return rebuild({ before, after, table, copied, between })
}

/** RENAME COLUMN by SQLite, which follows in triggers, views and foreign keys; around it, the constraints that it fails on go and come. */
export function renameColumn(
  before: SchemaModel,
  { table, column, to }: Omit<OperationOf<'renameColumn'>, 'kind'>,
  rebuildTable: (change: Rebuild) => readonly Statement[] = rebuild,
): readonly Statement[] {
  requireNoTextIndex(before, table, to, column)
  const caution = renamedInViews(before, table, column, to)
  const rename = statement(
    sql`ALTER TABLE ${inMain(table)} RENAME COLUMN ${quote.identifier(column)} TO ${quote.identifier(to)}`,
    [table],
    caution === undefined ? {} : { caution },
  )
  const operation = { kind: 'renameColumn', table, column, to } as const
  const hasRowid = tableOf(before, table).options.withoutRowid !== true
  // Where foreign keys stay on, no version is 3.54 yet.
  if (hasRowid && rebuildTable === rebuild && [column, to].some(isRowidName))
    return renameByRebuild(before, applyToModel(before, operation), rename, to)
  const drops = keysWithoutRename(tableOf(before, table), column)
  if (drops.length === 0) return [rename]
  const rebuilt = (from: SchemaModel, after: SchemaModel): readonly Statement[] => {
    const copied = new ColumnMap(tableOf(from, table)).copied(tableOf(after, table))
    return rebuildTable({ before: from, after, table, copied })
  }
  const without = drops.reduce<SchemaModel>(applyToModel, before)
  return [
    ...rebuilt(before, without),
    rebuildTable === rebuild ? { ...rename, foreignKeys: 'off' } : rename,
    ...rebuilt(applyToModel(without, operation), applyToModel(before, operation)),
  ]
}
