import {
  type CompileTable,
  findTable,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
  type TriggerModel,
} from '@org/migrate-core/dialect'
import { requireFreeName } from '../ddl/free-name.ts'
import { mentionsTable } from '../ddl/rename-in-body.ts'
import { quote } from '../sql/quote.ts'
import { nameOf, sameName, tokenize } from '../sql/tokenize.ts'
import { compileBatch } from './batch.ts'
import { ColumnMap } from './column-map.ts'
import { requireNoTextIndex, requireUnread, textIndexesOn } from './dependants.ts'
import { createIndex } from './indexes.ts'
import { freeName, rebuild } from './rebuild.ts'
import { indexesByRowid } from './row-key.ts'
import { createTrigger, dropTrigger, inMain, sourceOf, statement, tableOf } from './statements.ts'
import { requireNoRowSecurity } from './unsupported.ts'

export const refersTo = (table: TableModel, name: string): boolean =>
  table.constraints.some(
    (constraint) => constraint.kind === 'foreignKey' && sameName(constraint.references.table.name, name),
  )

/**
 * DROP TABLE deletes the rows first, and ON DELETE CASCADE takes the rows of other tables along without a word. The schema
 * that this is compiled against need not hold every table, so SQLite itself is asked. It reads the keys of those tables only whose
 * text has some: of all, that takes longer than the drop where there are thousands.
 */
function noReferrers(table: TableRef): Statement {
  const name = quote.literal(table.name)
  return statement(
    sql`SELECT m.name FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') AS f WHERE m.type = 'table' AND instr(lower(m.sql), 'references') AND f."table" = ${name} COLLATE NOCASE AND m.name <> ${name} COLLATE NOCASE LIMIT 5`,
    [table],
    {
      expectEmpty: `tables with foreign keys to ${table.name}`,
      remedy: 'Drop those foreign keys first, or drop the table with `cascade`.',
    },
  )
}

/**
 * DROP TABLE deletes the rows first, one after the other, and RESTRICT keeps a row that another one of the table still refers to.
 * No other table refers to them by then.
 */
function hasRestrictToItself(before: SchemaModel, ref: TableRef): boolean {
  return (findTable(before, ref)?.constraints ?? []).some(
    (one) => one.kind === 'foreignKey' && one.onDelete === 'restrict' && sameName(one.references.table.name, ref.name),
  )
}

function rename(table: TableRef, to: TableRef): Statement {
  requireFreeName(to.name)
  return statement(sql`ALTER TABLE ${inMain(table)} RENAME TO ${quote.identifier(to.name)}`, [table, to])
}

/** SQLite finds the table itself in the way when only the case changes. */
function throughFreeName(before: SchemaModel, table: TableRef, to: TableRef): readonly Statement[] {
  const between = { name: freeName(before, table) }
  return [rename(table, between), rename(between, to)]
}

/**
 * SQLite's RENAME TO writes the table's new name also in the place of `excluded`, and then the upsert of a trigger writes the
 * old values again. So such triggers are recreated from their own texts.
 */
function upserting(before: SchemaModel, table: TableRef): readonly TriggerModel[] {
  return [...before.triggers.values()].filter(
    ({ definition }) =>
      tokenize(definition).some((token) => sameName(nameOf(token) ?? '', 'excluded')) &&
      mentionsTable(definition, 'trigger', table.name),
  )
}

/** A table may come back under its name, in the same revision or by a downgrade, and its indexes then work again. */
export function dropCaution(before: SchemaModel, ref: TableRef): { readonly caution?: string } {
  const indexes = textIndexesOn(before, ref)
  const read = indexes.length === 0 ? [] : [`queries of ${indexes.join(', ')} fail while there is no table ${ref.name}`]
  const lines = [...read, ...rowidCautions(before, ref)]
  return lines.length === 0 ? {} : { caution: lines.join('; ') }
}

/** What its rows lose, even where they are preserved. */
function rowidCautions(before: SchemaModel, ref: TableRef): readonly string[] {
  const table = findTable(before, ref)
  const names = table === undefined ? [] : indexesByRowid(before, table)
  if (names.length === 0) return []
  const rebuilds = names.map((name) => {
    const index = quote.identifier(name)
    return sql`INSERT INTO ${index}(${index}) VALUES ('rebuild')`.text
  })
  return [
    `rows of ${ref.name} come back with other rowids, by which ${names.join(', ')} finds them; rebuild it then: ${rebuilds.join('; ')}`,
  ]
}

export const tableStatements: Pick<CompileTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: ({ operation, after }) => {
    requireNoRowSecurity(operation.table)
    const { ref } = operation.table
    const table = tableOf(after, ref)
    return [statement(sourceOf(table), [ref]), ...table.indexes.map((index): Statement => createIndex(ref, index))]
  },
  dropTable: ({ operation: { table: ref, cascade }, before, after }) => {
    requireUnread(before, ref)
    const drop = statement(sql`DROP TABLE ${inMain(ref)}`, [ref], dropCaution(before, ref))
    // With `cascade` the foreign keys to it go too, and SQLite takes a constraint away by a rebuild only.
    const referrers = [...before.tables.values()].filter(
      (table) =>
        cascade === true &&
        table.ref.name !== ref.name &&
        refersTo(table, ref.name) &&
        findTable(after, table.ref) !== undefined,
    )
    if (referrers.length === 0) {
      return [noReferrers(ref), hasRestrictToItself(before, ref) ? { ...drop, foreignKeys: 'off' as const } : drop]
    }
    return [
      ...referrers.flatMap((table) => {
        const copied = new ColumnMap(table).copied(table)
        return rebuild({ before, after, table: table.ref, copied })
      }),
      { ...drop, foreignKeys: 'off' },
    ]
  },
  renameTable: ({ operation: { table, to }, before, after }) => {
    requireNoTextIndex(before, table, to)
    const target = { name: to }
    const names = new Set(upserting(before, table).map(({ name }) => name))
    const renames = sameName(table.name, to) ? throughFreeName(before, table, target) : [rename(table, target)]
    return [
      ...[...names].map((name) => dropTrigger(table, name)),
      ...renames,
      ...[...after.triggers.values()].filter(({ name }) => names.has(name)).map(createTrigger),
    ]
  },
  alterTableOptions: (at) => compileBatch([at]),
}
