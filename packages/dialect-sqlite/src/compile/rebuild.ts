import {
  type CopySpec,
  type IndexModel,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { copySql } from '../copy.ts'
import { slice } from '../ddl/cursor.ts'
import { createHeadOfIndex } from '../ddl/parse-index.ts'
import { parseTable } from '../ddl/parse-table.ts'
import { columnNames, withStrings } from '../ddl/quoted-strings.ts'
import { expressionsOf, retargetTable } from '../ddl/retarget.ts'
import { foldName } from '../ddl/tokenize.ts'
import { quote } from '../quote.ts'
import { checksBefore } from './checks-before.ts'
import type { CopiedColumn } from './column-map.ts'
import { createAgain, createIndex } from './indexes.ts'
import { type RowKey, rowKeyOf } from './row-key.ts'
import { createTrigger, inMain, sourceOf, statement, tableOf, triggersOf } from './statements.ts'

/** What the name of a table begins with while it has not the right one. */
export const rebuiltPrefix = '_migrate_new_'

/** A name for the table while it has not the right one: one that nothing else has. */
export function freeName(model: SchemaModel, table: TableRef): string {
  const taken = new Set(
    [
      ...[...model.tables.values()].flatMap(({ ref, indexes }) => [ref.name, ...indexes.map((index) => index.name)]),
      ...[...model.views.values()].map((view) => view.ref.name),
    ].map(foldName),
  )
  const wanted = `${rebuiltPrefix}${table.name}`
  let name = wanted
  for (let n = 2; taken.has(foldName(name)); n += 1) name = `${wanted}_${n}`
  return name
}

/**
 * What is copied, and in which order. A table without an INTEGER PRIMARY KEY has a hidden rowid, which would be numbered anew:
 * it goes along by name, since full-text indexes and applications hold on to it.
 */
function copySpec(
  from: TableModel,
  into: TableRef,
  copied: readonly CopiedColumn[],
  old: RowKey,
  fresh: RowKey,
): CopySpec {
  const targets = copied.map(({ column }) => quote.identifier(column.name).text)
  const sources = copied.map(({ source }) => source)
  const carried = copied.some(({ column }) => column.name === fresh.alias)
  if (!carried && old.rowid !== undefined && fresh.rowid !== undefined) {
    targets.unshift(fresh.rowid)
    sources.unshift(old.rowid)
  }
  const alias = old.alias === undefined ? undefined : quote.identifier(old.alias).text
  const known = [old.rowid, alias].find((name) => name !== undefined && sources.includes(name))
  const single = known ?? old.rowid ?? alias
  return {
    from: inMain(from.ref).text,
    into: inMain(into).text,
    targets,
    sources,
    key: old.withoutRowid ? (old.key ?? []) : single === undefined ? [] : [single],
  }
}

/** The highest id ever given out lives in sqlite_sequence under the table's name, and would go with the old table. */
function carrySequence(table: TableRef, into: TableRef): readonly Statement[] {
  const oldName = quote.literal(table.name)
  const newName = quote.literal(into.name)
  return [
    statement(sql`DELETE FROM main.sqlite_sequence WHERE name = ${newName}`, [table], off),
    statement(
      sql`INSERT INTO main.sqlite_sequence (name, seq) SELECT ${newName}, seq FROM main.sqlite_sequence WHERE name = ${oldName}`,
      [table],
      off,
    ),
  ]
}

/** What stays of the old text keeps its meaning; what is new has to be right by itself. */
function ownText(old: TableModel, fresh: TableModel): string {
  const before = parseTable(sourceOf(old))
  const kept = new Set(expressionsOf(before).map((span) => slice(before.source, span)))
  const { source, ...table } = parseTable(sourceOf(fresh))
  const spans = expressionsOf({ source, ...table }).filter((span) => kept.has(slice(source, span)))
  return withStrings(source, spans, columnNames(before))
}

/** What an index's text says of the table, whatever the index is called. */
const whatItIndexes = ({ source }: IndexModel): string | undefined =>
  source?.slice(createHeadOfIndex(source).table.start)

function indexesAgain(old: TableModel, fresh: TableModel): readonly Statement[] {
  const names = old.columns.map(({ name }) => name)
  const kept = new Set(old.indexes.map(whatItIndexes))
  return fresh.indexes.map((index) =>
    kept.has(whatItIndexes(index)) ? createAgain(old.ref, index, names) : createIndex(old.ref, index),
  )
}

const off = { foreignKeys: 'off' } as const

export interface Rebuild {
  /** The table as it is in the database when the statements run. */
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly table: TableRef
  readonly copied: readonly CopiedColumn[]
}

/**
 * Builds the table anew: create under another name, copy, drop, rename, and then its indexes and triggers from their own texts.
 * In this order, because renaming the *old* table away would rewrite the foreign keys and views that mean it; with
 * `legacy_alter_table`, because without it RENAME reads every view while the table does not exist.
 * Foreign keys must be off: DROP TABLE deletes the rows first, and ON DELETE CASCADE would take the children along.
 */
export function rebuild({ before, after, table, copied }: Rebuild): readonly Statement[] {
  const old = tableOf(before, table)
  const fresh = tableOf(after, table)
  const oldKey = rowKeyOf(old)
  const freshKey = rowKeyOf(fresh)
  const into: TableRef = { name: freeName(before, table) }
  const copy = copySpec(old, into, copied, oldKey, freshKey)
  const about = (text: Parameters<typeof statement>[0], extra: Parameters<typeof statement>[2] = {}): Statement =>
    statement(text, [table], { ...off, ...extra })
  return [
    ...checksBefore(old, fresh, copied, { old: oldKey, fresh: freshKey }),
    about(retargetTable(ownText(old, fresh), into.name), { note: `rebuild ${table.name}` }),
    about(copySql(copy), { copy, note: `copy the rows of ${table.name}` }),
    about(
      sql`SELECT "before", "after" FROM (SELECT (SELECT count(*) FROM ${inMain(table)}) AS "before", (SELECT count(*) FROM ${inMain(into)}) AS "after") WHERE "before" <> "after"`,
      {
        expectEmpty: `the copy of ${table.name} has another number of rows`,
        remedy: 'Run it again, nothing was changed; if it happens twice, report it with the CREATE text of the table.',
      },
    ),
    ...(oldKey.countsUp && freshKey.countsUp ? carrySequence(table, into) : []),
    about(sql`DROP TABLE ${inMain(table)}`),
    about('PRAGMA legacy_alter_table = ON'),
    about(sql`ALTER TABLE ${inMain(into)} RENAME TO ${quote.identifier(table.name)}`),
    about('PRAGMA legacy_alter_table = OFF'),
    ...indexesAgain(old, fresh).map((index): Statement => ({ ...index, ...off })),
    ...triggersOf(after, table).map((trigger): Statement => ({ ...createTrigger(trigger), ...off })),
  ]
}
