import {
  assign,
  type IndexModel,
  isMigrateError,
  type Row,
  type Session,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { uniqueOf } from '../ddl/normalise.ts'
import { withPositions } from '../ddl/rename-effects.ts'
import { withOwnText } from '../ddl/source.ts'
import { withoutRowFormat } from '../ddl/write-table.ts'
import { defaultEngine, type Server } from '../flavour.ts'
import { parseTableText, type TableText } from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { isWord, nameOf, significant } from '../sql/tokens.ts'
import { impliedTableCollation, tableCollation } from '../types/canonicalise.ts'
import { keyPrefixes, withoutImplicit } from '../types/implicit-indexes.ts'
import { among, type TableFilter, text } from './catalog.ts'
import type { ReadColumn } from './columns.ts'
import { type Checks, readChecks, readForeignKeys } from './constraints.ts'
import { readIndexes } from './indexes.ts'

/** Without what a running ALTER TABLE puts beside them (`#sql-…`), views, sequences and temporary tables. */
export function readTableRows(session: Session, filter: TableFilter): Promise<readonly Row[]> {
  return session.query(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine, TABLE_COLLATION AS collation,
 CREATE_OPTIONS AS options, TABLE_COMMENT AS comment
 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
 AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
 AND LEFT(TABLE_NAME, 4) <> '#sql'${among('TABLE_NAME', filter)} ORDER BY TABLE_NAME`,
    filter ?? [],
  )
}

/** What `information_schema` lists among the tables and is none; what views and sequences are is asked for where there are some. */
export async function readOtherNames(
  session: Session,
): Promise<{ readonly views: readonly string[]; readonly sequences: readonly string[] }> {
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('VIEW', 'SEQUENCE') ORDER BY TABLE_NAME`,
  )
  const namesOf = (type: string): readonly string[] =>
    rows.flatMap((row) => (text(row, 'type') === type ? [text(row, 'name')] : []))
  return { views: namesOf('VIEW'), sequences: namesOf('SEQUENCE') }
}

function readOptions(server: Server, row: Row): TableModel['options'] {
  const options: { [option: string]: string | boolean } = {}
  const engine = text(row, 'engine')
  if (engine !== '' && engine.toLowerCase() !== defaultEngine.toLowerCase()) options.engine = engine
  const collation = text(row, 'collation').toLowerCase()
  if (collation !== '' && collation !== impliedTableCollation(server)) options.collation = collation
  for (const [, name = '', value] of text(row, 'options').matchAll(/`?([\w]+)`?(?:=("[^"]*"|'[^']*'|\S+))?/g)) {
    if (value === undefined) options[name.toLowerCase()] = true
    else options[name.toLowerCase()] = value.replaceAll(/^["']|["']$/g, '')
  }
  return options
}

/** The rows of one table in the catalog. */
export interface TableRows {
  readonly table: Row
  readonly columns: readonly Row[]
  readonly indexes: readonly Row[]
  readonly keys: readonly Row[]
  readonly rules: readonly Row[]
  readonly checks: readonly Row[]
  /** SHOW CREATE TABLE, where it was asked for. */
  readonly source: string | undefined
}

/** What an index declares that the model has no word for: it is invisible, another parser reads it, it names its method. */
const beyond = /\bWITHOUT OVERLAPS\b|\)[^)]*\b(?:INVISIBLE|IGNORED|WITH PARSER|KEY_BLOCK_SIZE|USING BTREE)\b/i

function withSources(indexes: readonly IndexModel[], source: string | undefined): readonly IndexModel[] {
  if (source === undefined) return indexes
  const items = parseTableText(source).items.filter((item) => beyond.test(item))
  return indexes.map((index) => {
    const name = `KEY ${quote.identifier(index.name).text} `
    const own = items.find((item) => item.slice(0, item.indexOf('(')).endsWith(name))
    return own === undefined ? index : { ...index, source: own }
  })
}

/** MariaDB shows the check that a period of a table brings with it as one of the table: https://mariadb.com/kb/en/application-time-periods/ */
function withoutPeriods(checks: Checks, text: TableText | undefined): Checks {
  const periods = new Set(
    (text?.items ?? []).flatMap((item) => {
      const [period, word, name] = significant(item)
      return isWord(period, 'PERIOD') && isWord(word, 'FOR') ? (nameOf(name) ?? []) : []
    }),
  )
  return { ...checks, constraints: checks.constraints.filter(({ name }) => name === undefined || !periods.has(name)) }
}

export function readTable(server: Server, name: string, rows: TableRows, readColumn: ReadColumn): TableModel {
  const shown = rows.source === undefined ? undefined : parseTableText(rows.source)
  const checks = withoutPeriods(readChecks(server, rows.checks), shown)
  const all = withSources(readIndexes(server, rows.indexes), rows.source)
  const primary = all.find((index) => index.name === 'PRIMARY')
  const prefixes = primary?.elements.map(({ prefixLength = '' }) => prefixLength).join(',') ?? ''
  const comment = text(rows.table, 'comment')
  const own = all.filter((index) => index !== primary)
  const readColumns = rows.columns.map((row) => readColumn(row, checks.json))
  const table: TableModel = {
    ref: { name },
    columns: readColumns,
    constraints: [
      ...(primary === undefined
        ? []
        : [{ kind: 'primaryKey' as const, columns: primary.elements.flatMap(({ column }) => column ?? []) }]),
      ...own.flatMap((index) => uniqueOf(index) ?? []),
      ...checks.constraints,
      // Of a column that is no JSON column it is a check as any other.
      ...readColumns.flatMap(({ name: column, type }) => (type.kind === 'json' ? [] : (checks.json.get(column) ?? []))),
      ...readForeignKeys(server, rows.keys, rows.rules),
    ],
    indexes: own.filter((index) => uniqueOf(index) === undefined),
    options: {
      ...withoutRowFormat(server, readOptions(server, rows.table)),
      ...(/\d/.test(prefixes) ? { [keyPrefixes]: prefixes } : {}),
    },
    ...(comment === '' ? {} : { comment }),
    ...(rows.source === undefined ? {} : { source: rows.source }),
    ...(text(rows.table, 'type') === 'SYSTEM VERSIONED' ? { opaque: 'versioned' as const } : {}),
  }
  const indexes = withoutImplicit(table)
  const hidden = table.indexes.filter((index) => !indexes.includes(index))
  const collation = tableCollation(server, table)
  const columns = table.columns
    .map((each) => withOwnText(each, shown?.columns.get(each.name)))
    .map((column) => (column.collation === collation ? assign(column, 'collation', undefined) : column))
  return {
    ...table,
    columns: shown === undefined ? columns : withPositions(columns),
    indexes,
    ...(hidden.length === 0
      ? {}
      : { hiddenIndexes: hidden.map((index) => ({ ...index, why: 'foreignKey' as const })) }),
  }
}

/** Where AUTO_INCREMENT stands, which moves with every row that the application inserts. MySQL puts a tablespace before the engine. */
export const counter = /^(\)(?: \/\*.*?\*\/)? ENGINE=\S+) AUTO_INCREMENT=(\d+)/m

/**
 * The server's own text of a table. The model has no word for all of it, and MODIFY has to repeat every word of a column. Without where
 * its counter stands: tables that differ in no more are the same.
 */
export async function readSource(session: Session, name: string, isCounted = false): Promise<string> {
  const [row = {}] = await session.query(`SHOW CREATE TABLE ${quote.identifier(name).text}`)
  const source = text(row, 'Create Table')
  return isCounted ? source : source.replace(counter, '$1')
}

/** Undefined where the table is gone, or this user is not shown its text. */
export const sourceNow = (session: Session, name: string): Promise<string | undefined> =>
  readSource(session, name).catch((error: unknown) => {
    if (isMigrateError(error)) throw error
    return undefined
  })

/** By what they were read of, the oldest first. */
const tablesRead = new Map<string, TableModel>()
const mostTablesRead = 500

const keyOf = (server: Server, source: string): string => `${JSON.stringify(server)} ${source}`

/** A table of the same text, of this or another database: the text says all that the catalog does, and is read in a tenth of the time. */
export const readBefore = (server: Server, source: string): TableModel | undefined =>
  tablesRead.get(keyOf(server, source))

const countOf = (source: string, pattern: RegExp): number => [...source.matchAll(pattern)].length

/**
 * Keeps what was read of a table whose text was the same before and after. Not where the text says less than the catalog (a character
 * that the server does not show is a `?`), names a database (its own is left out of the model), or says more: a user of MariaDB who may only
 * read a table is shown its checks and the actions of its foreign keys in the text alone.
 */
export function keepRead(server: Server, source: string, table: TableModel, { rules, checks }: TableRows): void {
  if (source.includes('?') || source.includes('`.`')) return
  if (countOf(source, /\bFOREIGN KEY \(/g) !== rules.length || countOf(source, /\bCHECK \(/g) !== checks.length) return
  const [oldest = ''] = tablesRead.keys()
  if (tablesRead.size === mostTablesRead) tablesRead.delete(oldest)
  tablesRead.set(keyOf(server, source), table)
}

/** https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html: approximate for InnoDB. */
export async function estimatedRows(session: Session, { name }: TableRef): Promise<number | undefined> {
  const [row] = await session.query(
    'SELECT table_rows AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
    [name],
  )
  return row?.n === undefined || row.n === null ? undefined : Number(row.n)
}
