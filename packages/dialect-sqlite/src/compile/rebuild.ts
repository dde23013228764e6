import {
  type CopySpec,
  type IndexModel,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { slice } from '../ddl/cursor.ts'
import { createHeadOfIndex } from '../ddl/parse-index.ts'
import { parseTable } from '../ddl/parse-table.ts'
import { columnNames, withStrings } from '../ddl/quoted-strings.ts'
import { quote } from '../sql/quote.ts'
import { foldName } from '../sql/tokenize.ts'
import type { CopiedColumn } from './column-map.ts'
import { copySql } from './copy-sql.ts'
import { requireValidTable } from './ddl/require-valid.ts'
import { expressionsOf, retargetTable } from './ddl/retarget.ts'
import { createIndex, recreateIndex } from './indexes.ts'
import { checksBefore, equalRowsOfCopy, refusedByChecks } from './row-checks.ts'
import { type RowKey, rowKeyOf } from './row-key.ts'
import { createTrigger, inMain, sourceOf, statement, tableOf, triggersOf } from './statements.ts'

/** What the name of a table begins with while it has not the right one. */
export const rebuiltPrefix = '_migrate_new_'

/** A name for the table while it has not the right one: one that nothing else has, and none of `taken`. */
export function freeName(model: SchemaModel, table: Pick<TableRef, 'name'>, taken: readonly string[] = []): string {
  const names = new Set(
    [
      ...[...model.tables.values()].flatMap(({ ref, indexes }) => [ref.name, ...indexes.map((index) => index.name)]),
      ...[...model.views.values()].map((view) => view.ref.name),
      ...taken,
    ].map(foldName),
  )
  const base = `${rebuiltPrefix}${table.name}`
  let name = base
  for (let n = 2; names.has(foldName(name)); n += 1) name = `${base}_${n}`
  return name
}

/**
 * What is copied, and in which order. A table without an INTEGER PRIMARY KEY has a hidden rowid, which would be renumbered:
 * it goes along by name, since full-text indexes and applications hold on to it.
 */
function copySpec(
  from: TableModel,
  into: TableRef,
  copied: readonly CopiedColumn[],
  oldKey: RowKey,
  newKey: RowKey,
): CopySpec {
  const targets = copied.map(({ column }) => quote.identifier(column.name).text)
  const sources = copied.map(({ source }) => source)
  const carried = copied.some(({ column }) => column.name === newKey.alias)
  if (!carried && oldKey.rowid !== undefined && newKey.rowid !== undefined) {
    targets.unshift(newKey.rowid)
    sources.unshift(oldKey.rowid)
  }
  const alias = oldKey.alias === undefined ? undefined : quote.identifier(oldKey.alias).text
  const copiedKey = [oldKey.rowid, alias].find((name) => name !== undefined && sources.includes(name))
  const single = copiedKey ?? oldKey.rowid ?? alias
  return {
    from: inMain(from.ref).text,
    into: inMain(into).text,
    targets,
    sources,
    key: oldKey.withoutRowid ? (oldKey.key ?? []) : single === undefined ? [] : [single],
  }
}

/** The highest id ever given out lives in sqlite_sequence under the table's name, and would go with the old table. */
function carrySequence(table: TableRef, into: TableRef): readonly Statement[] {
  const oldName = quote.literal(table.name)
  const newName = quote.literal(into.name)
  return [
    statement(sql`DELETE FROM main.sqlite_sequence WHERE name = ${newName}`, [table]),
    statement(
      sql`INSERT INTO main.sqlite_sequence (name, seq) SELECT ${newName}, seq FROM main.sqlite_sequence WHERE name = ${oldName}`,
      [table],
    ),
  ]
}

/** What stays of the old text keeps its meaning; what is new has to be right by itself. */
function ownText(oldTable: TableModel, newTable: TableModel): string {
  const before = parseTable(sourceOf(oldTable))
  const existingExpressions = new Set(expressionsOf(before).map((span) => slice(before.source, span)))
  const { source, ...table } = parseTable(sourceOf(newTable))
  const spans = expressionsOf({ source, ...table }).filter((span) => existingExpressions.has(slice(source, span)))
  return withStrings(source, spans, columnNames(before))
}

/** What an index's text says of the table, whatever the index is called. */
const indexedText = ({ source }: IndexModel): string | undefined => source?.slice(createHeadOfIndex(source).table.start)

function recreateIndexes(oldTable: TableModel, newTable: TableModel): readonly Statement[] {
  const names = oldTable.columns.map(({ name }) => name)
  const existingIndexes = new Set(oldTable.indexes.map(indexedText))
  return newTable.indexes.map((index) =>
    existingIndexes.has(indexedText(index))
      ? recreateIndex(oldTable.ref, index, names)
      : createIndex(oldTable.ref, index),
  )
}

export interface Rebuild {
  /** The table as it is in the database when the statements run. */
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly table: TableRef
  readonly copied: readonly CopiedColumn[]
  /** Run once the old table is gone, before the new one has its name. */
  readonly between?: readonly Statement[]
}

/** The new table while it is made. */
interface NewTable {
  readonly into: TableRef
  /** Other names for tables that its foreign keys point to, by their folded names. */
  readonly parents?: ReadonlyMap<string, string>
  /** Why the table is rebuilt, for people. */
  readonly why?: string
}

/** The statements that a rebuild of one table consists of, by what they do. */
export interface RebuildParts {
  /** Find rows that the new table would refuse. */
  readonly checks: readonly Statement[]
  readonly create: Statement
  readonly copy: Statement
  readonly count: Statement
  readonly sequence: readonly Statement[]
  readonly drop: Statement
  readonly rename: Statement
  readonly indexes: readonly Statement[]
  readonly triggers: readonly Statement[]
}

export function rebuildParts(
  { before, after, table, copied }: Rebuild,
  { into, parents, why = '' }: NewTable,
): RebuildParts {
  const oldTable = tableOf(before, table)
  const newTable = tableOf(after, table)
  requireValidTable(newTable)
  const oldKey = rowKeyOf(oldTable)
  const newKey = rowKeyOf(newTable)
  const copy = copySpec(oldTable, into, copied, oldKey, newKey)
  const blockingRows = [...equalRowsOfCopy(oldTable, newTable, copied), ...refusedByChecks(oldTable, newTable, copied)]
  return {
    checks: checksBefore(oldTable, newTable, copied, { before: oldKey, after: newKey }),
    create: statement(retargetTable(ownText(oldTable, newTable), into.name, parents), [table], {
      note: `rebuild ${table.name}${why}`,
    }),
    copy: statement(copySql(copy), [table], {
      copy,
      note: `copy the rows of ${table.name}${why}`,
      ...(blockingRows.length === 0 ? {} : { blockingRows }),
    }),
    count: statement(
      sql`SELECT "before", "after" FROM (SELECT (SELECT count(*) FROM ${inMain(table)}) AS "before", (SELECT count(*) FROM ${inMain(into)}) AS "after") WHERE "before" <> "after"`,
      [table],
      {
        expectEmpty: `the copy of ${table.name} has another number of rows`,
        remedy: 'Run it again, nothing was changed; if it happens twice, report it with the CREATE text of the table.',
      },
    ),
    sequence: oldKey.countsUp && newKey.countsUp ? carrySequence(table, into) : [],
    drop: statement(sql`DROP TABLE ${inMain(table)}`, [table]),
    rename: statement(sql`ALTER TABLE ${inMain(into)} RENAME TO ${quote.identifier(table.name)}`, [table]),
    indexes: recreateIndexes(oldTable, newTable),
    triggers: triggersOf(after, table).map(createTrigger),
  }
}

/** Around RENAME: without it RENAME reads every view and trigger while the table does not exist. */
export function withLegacyNames(renames: readonly Statement[]): readonly Statement[] {
  const tables = renames.flatMap((rename) => rename.tables ?? [])
  return [
    statement('PRAGMA legacy_alter_table = ON', tables),
    ...renames,
    statement('PRAGMA legacy_alter_table = OFF', tables),
  ]
}

/**
 * Rebuilds the table: create under another name, copy, drop, rename, and then its indexes and triggers from their own texts.
 * In this order, because renaming the *old* table away would rewrite the foreign keys and views that mean it.
 * Foreign keys must be off: DROP TABLE deletes the rows first, and ON DELETE CASCADE would take the children along.
 */
export function rebuild(change: Rebuild): readonly Statement[] {
  const into: TableRef = { name: freeName(change.before, change.table) }
  const parts = rebuildParts(change, { into })
  const statements = [
    ...parts.checks,
    parts.create,
    parts.copy,
    parts.count,
    ...parts.sequence,
    parts.drop,
    ...(change.between ?? []),
    ...withLegacyNames([parts.rename]),
    ...parts.indexes,
    ...parts.triggers,
  ]
  return statements.map((each): Statement => ({ ...each, foreignKeys: 'off' }))
}
