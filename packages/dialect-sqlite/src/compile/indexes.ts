import {
  type CompileTable,
  findTable,
  type IndexModel,
  type SchemaModel,
  type Statement,
  type StatementExtras,
  sql,
  type TableRef,
} from '@org/migrate-core/dialect'
import { parseIndex } from '../ddl/parse-index.ts'
import { withStrings } from '../ddl/quoted-strings.ts'
import { quote } from '../sql/quote.ts'
import { sameName } from '../sql/tokenize.ts'
import { createIndexText } from '../types/definition-text.ts'
import { retargetIndex } from './ddl/retarget.ts'
import { equalRowsOfIndex } from './row-checks.ts'
import { createInMain, notInSchema, statement, tableOf } from './statements.ts'

/** The index from its own text where there is one, so that nothing of it is lost. */
export function createIndex(table: TableRef, index: IndexModel, extra: StatementExtras = {}): Statement {
  const text = createInMain(index.source ?? createIndexText(table, index), 'INDEX')
  return statement(text, [table], { note: `build index ${index.name}`, ...extra })
}

/** An index that was there already: its text may hold strings in double quotes, which nothing new may. */
export function recreateIndex(ref: TableRef, index: IndexModel, columns: readonly string[]): Statement {
  if (index.source === undefined) return createIndex(ref, index)
  const { elements, where, source } = parseIndex(index.source)
  const spans = [...elements.map(({ term }) => term), ...(where === undefined ? [] : [where])]
  return createIndex(ref, { ...index, source: withStrings(source, spans, columns) })
}

export function dropIndex(table: TableRef, index: string): Statement {
  return statement(sql`DROP INDEX main.${quote.identifier(index)}`, [table])
}

/**
 * Whether foreign keys refer to the columns of a unique index. SQLite drops it nevertheless, and then refuses each change of their rows ("foreign
 * key mismatch"), so that the end of the revision checks them: it may have made another key. https://www.sqlite.org/foreignkeys.html#fk_indexes
 */
function isReferredTo(model: SchemaModel, ref: TableRef, name: string): boolean {
  const index = findTable(model, ref)?.indexes.find((each) => each.name === name)
  if (index?.unique !== true) return false
  const refers = (columns: readonly string[]): boolean =>
    columns.length === index.elements.length &&
    index.elements.every(({ column = '' }) => columns.some((each) => sameName(each, column)))
  return [...model.tables.values()].some(({ constraints }) =>
    constraints.some(
      (each) =>
        each.kind === 'foreignKey' && sameName(each.references.table.name, ref.name) && refers(each.references.columns),
    ),
  )
}

/**
 * `concurrently` says how an index is built, not what it is: SQLite locks the whole database for any write, so there is no
 * other way to build one, and the word changes nothing.
 */
export const indexStatements: Pick<CompileTable, 'createIndex' | 'dropIndex' | 'renameIndex'> = {
  createIndex: ({ operation: { table, index }, before }) => {
    const blockingRows = equalRowsOfIndex(tableOf(before, table), index)
    return [createIndex(table, index, blockingRows.length === 0 ? {} : { blockingRows })]
  },
  dropIndex: ({ operation: { table, index }, before }) => {
    const drop = dropIndex(table, index)
    return [isReferredTo(before, table, index) ? { ...drop, foreignKeys: 'off' } : drop]
  },
  renameIndex: ({ operation: { table, index: name, to }, before }) => {
    // SQLite has no ALTER INDEX.
    const { indexes, columns } = tableOf(before, table)
    const index = indexes.find((each) => each.name === name)
    if (index === undefined) throw notInSchema(`index ${name}`)
    const text = index.source === undefined ? undefined : retargetIndex(index.source, { name: to })
    const { source: _, ...model } = index
    const renamed = { ...model, name: to, ...(text === undefined ? {} : { source: text }) }
    const names = columns.map((column) => column.name)
    return [dropIndex(table, name), recreateIndex(table, renamed, names)]
  },
}
