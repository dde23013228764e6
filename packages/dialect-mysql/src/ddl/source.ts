import { assign, type ColumnModel, type SchemaModel, type TableModel } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import {
  type ColumnText,
  findPart,
  parseColumnText,
  parseTableText,
  printColumnText,
  setPart,
  type TableText,
} from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { isWord, significant, textOf } from '../sql/tokens.ts'
import { canonicaliseTable } from '../types/canonicalise.ts'
import { indexesNamedByColumn } from '../types/implicit-indexes.ts'
import { type CheckItem, checkItem, isOwnCheck } from './column-checks.ts'
import { ownKeyText } from './own-key.ts'
import { readsColumn } from './rename-in-expression.ts'
import { columnParts, editColumn } from './write-column.ts'
import { constraintClause, indexClause, tailText } from './write-table.ts'

const parsedTexts = new WeakMap<TableModel, TableText>()

/** The table's own text in its parts; undefined where the model came without one. */
export function tableText(table: TableModel): TableText | undefined {
  if (table.source === undefined) return undefined
  const cached = parsedTexts.get(table)
  if (cached !== undefined) return cached
  const text = parseTableText(table.source)
  parsedTexts.set(table, text)
  return text
}

/** The definition of a column: the server's own words where they are known, else written from the model. */
export function columnTextOf(server: Server, table: TableModel, name: string): ColumnText {
  const own = tableText(table)?.columns.get(name)
  if (own !== undefined) return own
  const canonical = canonicaliseTable(server, table)
  const column = canonical.columns.find((each) => each.name === name)
  return column === undefined ? [] : columnParts(server, canonical, column)
}

/** A column that comes back may be nullable until its rows have their values, whatever its own text says. */
function addedText(server: Server, table: TableModel, column: ColumnModel): ColumnText {
  if (column.source === undefined) return columnParts(server, table, column)
  const text = parseColumnText(column.source)
  const isRequired = /^NOT\b/i.test(findPart(text, 'nullable') ?? '')
  return column.nullable && isRequired ? setPart(text, 'nullable', 'NULL') : text
}

interface TableChange {
  readonly from: TableModel
  readonly to: TableModel
  /** The name that a column had before. */
  readonly nameBefore: (name: string) => string
  /** The text of `from`, where it is known. */
  readonly text: TableText | undefined
}

/** Each column's definition after a change: what the change does not touch keeps its words. */
export function changedColumnTexts(
  server: Server,
  { from, to, nameBefore, text: own }: TableChange,
): ReadonlyMap<string, ColumnText> {
  const canonical = canonicaliseTable(server, from)
  return new Map(
    to.columns.map((column) => {
      const old = canonical.columns.find(({ name }) => name === nameBefore(column.name))
      if (old === undefined) return [column.name, addedText(server, to, column)]
      const text = own?.columns.get(old.name) ?? columnTextOf(server, from, old.name)
      return [column.name, editColumn(server, text, { table: canonical, column: old }, { table: to, column })]
    }),
  )
}

export function columnLine(name: string, text: ColumnText): string {
  return `${quote.identifier(name).text} ${printColumnText(text)}`
}

/** The column with its own definition, where that holds what the model has no word for. */
export function withOwnText(column: ColumnModel, text: ColumnText | undefined): ColumnModel {
  const holdsMore = text?.some((part) => part.kind === 'other' || isOwnCheck(column, part))
  const source = text !== undefined && holdsMore ? printColumnText(text) : undefined
  return source === column.source ? column : assign(column, 'source', source)
}

/** Items of the server's text that are none of the model: a period, a check that is not enforced. */
export function unmodelledItems(items: readonly string[]): readonly string[] {
  return items.filter((item) => {
    const tokens = significant(item)
    return (
      isWord(tokens[0], 'PERIOD') || tokens.some(({ kind, text }) => kind === 'comment' && /NOT ENFORCED/i.test(text))
    )
  })
}

/** The checks that MySQL does not enforce, which the model has no word for, where they read the column. `text`: behind CHECK. */
export const unenforcedChecks = (table: TableModel, column: string): readonly CheckItem[] =>
  unmodelledItems(tableText(table)?.items ?? []).flatMap((item) => {
    const check = checkItem(item)
    return check !== undefined && readsColumn(check.text, column) ? [check] : []
  })

/** Names of checks that the model does not have, and that the server gives to no other one. */
export const unenforcedNames = (table: TableModel): readonly string[] =>
  unmodelledItems(tableText(table)?.items ?? []).flatMap((item) => checkItem(item)?.name ?? [])

/** What stands in the server's text behind the parentheses and is none of the model's: the counter, partitions. */
function parseTail(tail: string): { readonly storage: string; readonly counter: string; readonly partition: string } {
  const tokens = significant(tail)
  // MySQL puts the partitions into a comment of versions.
  const from = tokens.findIndex((token, at) =>
    token.kind === 'comment'
      ? /^\/\*!\d+\s+PARTITION BY\b/i.test(token.text)
      : isWord(token, 'PARTITION') && isWord(tokens[at + 1], 'BY'),
  )
  const options = tokens.slice(0, from === -1 ? undefined : from)
  const counter = options.findIndex((token) => isWord(token, 'AUTO_INCREMENT'))
  // MySQL's catalog does not show where a table stands, and how its file grows.
  const storage = options.filter(
    ({ kind, text }) => kind === 'comment' && /\b(?:AUTOEXTEND_SIZE|TABLESPACE)\b/i.test(text),
  )
  return {
    storage: textOf(storage),
    counter: counter === -1 ? '' : textOf(options.slice(counter, counter + 3)),
    partition: from === -1 ? '' : textOf(tokens.slice(from)),
  }
}

/** How the rows are spread over partitions; empty: they are in none. */
export const partitionText = (tail: string): string => parseTail(tail).partition

/** What a partition is chosen by: the lists or expressions behind PARTITION BY and SUBPARTITION BY. */
function partitionKeys(table: TableModel): readonly string[] {
  const text = partitionText(tableText(table)?.tail ?? '').replace(/^\/\*!\d+\s*|\*\/$/g, '')
  const tokens = significant(text)
  return tokens.flatMap((token, at) => {
    if (!isWord(token, 'PARTITION', 'SUBPARTITION') || !isWord(tokens[at + 1], 'BY')) return []
    const from = tokens.findIndex(({ text }, index) => index > at && text === '(')
    let depth = 0
    const to = tokens.findIndex(({ text }, index) => {
      if (index >= from && text === '(') depth += 1
      if (index >= from && text === ')') depth -= 1
      return index >= from && depth === 0
    })
    return from === -1 ? [] : [textOf(tokens.slice(from, to + 1))]
  })
}

/** Whether the column chooses the partition of a row. */
export const isPartitionedBy = (table: TableModel, column: string): boolean =>
  partitionKeys(table).some((text) => readsColumn(text, column))

/**
 * The CREATE TABLE text of a canonical table. With `columns` those definitions stand in it. A table that was made from the server's
 * text keeps of it what the model has no word for.
 */
export function createText(
  server: Server,
  table: TableModel,
  model: SchemaModel,
  columns?: ReadonlyMap<string, ColumnText>,
  own?: TableText,
): string {
  const lines = [
    ...table.columns.map(({ name }) => columnLine(name, columns?.get(name) ?? columnTextOf(server, table, name))),
    ...table.constraints
      .filter(({ kind }) => kind === 'primaryKey' || kind === 'unique')
      .map(
        (constraint) =>
          (constraint.kind === 'primaryKey' ? ownKeyText(own?.items ?? [], table) : undefined) ??
          constraintClause(constraint, table, model).text,
      ),
    ...table.indexes.map((index) => index.source ?? indexClause(server, index).text),
    ...indexesNamedByColumn(table).map((index) => indexClause(server, index).text),
    ...table.constraints
      // A check without a name stands in the definition of its column.
      .filter(
        ({ kind, name }) => kind !== 'primaryKey' && kind !== 'unique' && (kind !== 'check' || name !== undefined),
      )
      .map((constraint) => constraintClause(constraint, table, model).text),
    ...unmodelledItems(own?.items ?? []),
  ]
  const { storage, counter, partition } = parseTail(own?.tail ?? '')
  const behind = [storage, tailText(server, table, counter === ''), counter, partition].filter((text) => text !== '')
  return `CREATE TABLE ${quote.table(table.ref).text} (\n  ${lines.join(',\n  ')}\n) ${behind.join(' ')}`
}
