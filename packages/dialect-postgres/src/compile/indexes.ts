import {
  type CompileTable,
  enclosed,
  type IndexElement,
  type IndexModel,
  join,
  joinWithSpaces,
  type Leftover,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { commentOnIndex } from './comments.ts'
import { collate, names, nullsNotDistinct } from './definitions/definitions.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { refuseNeeded } from './dependants/foreign-keys.ts'
import { storageParameters } from './options.ts'
import { asNonTransactional, refText, statement, tableOf } from './statements.ts'

/** An index by its name: it stands in the schema of its table. */
function indexName(table: TableRef, index: string): SqlFragment {
  return quote.table({ ...table, name: index })
}

const plainClass = /^[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)?$/i

/** An operator class; its parameters and its schema are the author's text. */
function operatorClass(text: string): SqlFragment {
  return plainClass.test(text) || /[("]/.test(text) ? verbatim(text) : quote.identifier(text)
}

function elementText(element: IndexElement): SqlFragment {
  if (element.prefixLength !== undefined) {
    const subject = `an index on the first characters of ${element.column}`
    unsupported(subject, 'PostgreSQL indexes whole values', `Index the expression left(${element.column}, …).`)
  }
  const { column, expression, order, nulls, collation, operatorClass: operators } = element
  return joinWithSpaces(
    column === undefined ? enclosed(expression ?? '') : quote.identifier(column),
    collation !== undefined && collate(collation),
    operators !== undefined && operatorClass(operators),
    order !== undefined && (order === 'desc' ? sql`DESC` : sql`ASC`),
    nulls !== undefined && (nulls === 'first' ? sql`NULLS FIRST` : sql`NULLS LAST`),
  )
}

/** Kinds of index that other databases have. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['fulltext', 'Index the expression to_tsvector(…) by the method gin.'],
  ['spatial', 'Use the method gist, with an operator class for the type.'],
])

function methodText(method: string): SqlFragment {
  const instead = elsewhere.get(method.toLowerCase())
  if (instead !== undefined) unsupported(`an index by ${method}`, 'PostgreSQL has no such method', instead)
  return sql`USING ${quote.identifier(method)}`
}

interface Building {
  readonly table: TableRef
  readonly index: IndexModel
  readonly concurrently?: true | undefined
}

export function createIndex({ table, index, concurrently }: Building, features: Features): readonly Statement[] {
  requireRestorable(`index ${index.name}`, index)
  const options = Object.entries(index.options ?? {})
  const text = joinWithSpaces(
    sql`CREATE`,
    index.unique && sql`UNIQUE`,
    sql`INDEX`,
    concurrently && sql`CONCURRENTLY`,
    sql`${quote.identifier(index.name)} ON ${quote.table(table)}`,
    index.method !== undefined && methodText(index.method),
    sql`(${join(index.elements.map(elementText))})`,
    index.include !== undefined && index.include.length > 0 && sql`INCLUDE ${names(index.include)}`,
    index.nullsNotDistinct && nullsNotDistinct(features, `index ${index.name}`),
    options.length > 0 && sql`WITH (${storageParameters(options)})`,
    index.where !== undefined && sql`WHERE ${enclosed(index.where)}`,
  )
  const build = statement(text, [table], { note: `build index ${index.name}` })
  const extras = extraStatements(index.extras, { table, name: index.name })
  const comment = index.comment === undefined || index.comment === '' ? [] : [commentOnIndex(table, index)]
  return [
    concurrently ? { ...asNonTransactional(build), leftover: invalidAfter(table, index.name) } : build,
    ...comment,
    ...extras,
  ]
}

/**
 * A concurrent build that ends early leaves its index, invalid. So does one of another session that is still at work: those are
 * in pg_stat_progress_create_index, whose columns are NULL where the role may not see them.
 */
function invalidAfter(table: TableRef, index: string): Leftover {
  const named = (text: SqlFragment): SqlFragment => sql`pg_catalog.to_regclass(${quote.literal(text.text)})`
  const { text: find } =
    sql`SELECT 1 AS found FROM pg_catalog.pg_index AS i WHERE i.indexrelid = ${named(indexName(table, index))} AND i.indrelid = ${named(quote.table(table))} AND NOT i.indisvalid AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.datname = pg_catalog.current_database() AND (p.relid = i.indrelid OR p.relid IS NULL))`
  return { find, clear: dropIndex(table, index, true).sql, note: `drop the invalid index ${index}` }
}

export function dropIndex(table: TableRef, index: string, concurrently?: true): Statement {
  const text = joinWithSpaces(sql`DROP INDEX`, concurrently && sql`CONCURRENTLY`, indexName(table, index))
  const drop = statement(text, [table])
  return concurrently ? asNonTransactional(drop) : drop
}

/** A concurrent build that failed leaves an index that no query uses and that keeps its name. IF NOT EXISTS would keep it. */
function invalidBefore(table: TableModel, name: string): boolean {
  return table.hiddenIndexes?.some((hidden) => hidden.why === 'invalid' && hidden.name === name) ?? false
}

export function indexStatements(features: Features): Pick<CompileTable, 'createIndex' | 'dropIndex' | 'renameIndex'> {
  return {
    createIndex: ({ operation: { table, index, concurrently }, before }) => [
      ...(invalidBefore(tableOf(before, table), index.name)
        ? [{ ...dropIndex(table, index.name, concurrently), note: `drop the invalid index ${index.name}` }]
        : []),
      ...createIndex({ table, index, concurrently }, features),
    ],
    dropIndex({ operation: { table, index, concurrently }, before, after }) {
      refuseNeeded(`index ${index} of ${refText(table)}`, before, tableOf(before, table), tableOf(after, table))
      return [dropIndex(table, index, concurrently)]
    },
    renameIndex: ({ operation: { table, index, to } }) => [
      statement(sql`ALTER INDEX ${indexName(table, index)} RENAME TO ${quote.identifier(to)}`, [table]),
    ],
  }
}
