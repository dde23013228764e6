import {
  type CompileTable,
  findTable,
  type OperationAround,
  type Statement,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { createText } from '../ddl/source.ts'
import { optionTexts, rowFormatTexts } from '../ddl/write-table.ts'
import { defaultEngine, type Server } from '../flavour.ts'
import { quote, unsupported } from '../sql/quote.ts'
import { foreignKeysOf, keyPrefixes } from '../types/implicit-indexes.ts'
import { checkCounter, requireStart } from './dependants/counted-column.ts'
import { withFollowing } from './dependants/dependants.ts'
import { requireUnread } from './dependants/foreign-keys.ts'
import { checkLimits } from './index-limits.ts'
import { checkColumnNames, checkDefault, checkForeignKey, checkPrimaryKey, indexChanges } from './limits.ts'
import { alterTable, ddl, refText, tableOf } from './statements.ts'
import { requireNoRowSecurity } from './unsupported.ts'

function createTable(server: Server, { operation, after }: OperationAround<'createTable'>): readonly Statement[] {
  requireNoRowSecurity(operation.table)
  const { ref } = operation.table
  if (ref.schema !== undefined) {
    throw unsupported(
      `create table ${refText(ref)}`,
      'what MySQL calls a schema is a database of its own, and a migrator works in one',
      'Leave the schema out, or leave the table to PostgreSQL with op.on().',
    )
  }
  const table = tableOf(after, ref)
  checkPrimaryKey(server, table)
  checkColumnNames(
    table,
    table.columns.map(({ name }) => name),
  )
  checkCounter(server, table, `create table ${refText(ref)}`)
  table.columns.forEach(requireStart)
  for (const column of table.columns) checkDefault(column, `create table ${refText(ref)}`)
  checkLimits(server, table)
  for (const key of foreignKeysOf(table)) checkForeignKey(server, table, key, after)
  requireUnread(server, table)
  return [ddl(table.source ?? createText(server, table, after), [ref])]
}

/** With `cascade` the foreign keys of other tables that pointed to it go first. The server refuses to drop it with any left. */
function dropTable(
  server: Server,
  { operation: { table: ref }, before, after }: OperationAround<'dropTable'>,
): readonly Statement[] {
  const foreignKeyDrops = [...before.tables.values()].flatMap((from) => {
    const to = findTable(after, from.ref)
    if (to === undefined || to === from) return []
    const dropped = foreignKeysOf(from).filter((key) => !to.constraints.includes(key))
    const drops = dropped.map(({ name = '' }) => sql`DROP FOREIGN KEY ${quote.identifier(name)}`)
    return drops.length === 0 ? [] : [alterTable(from.ref, [...drops, ...indexChanges(server, from, to)])]
  })
  return [...foreignKeyDrops, ddl(sql`DROP TABLE ${quote.table(ref)}`, [ref])]
}

/** An option that is taken away: the server has a keyword for its default. */
function resetText(server: Server, options: TableModel['options'], name: string): readonly string[] {
  if (name === 'charset' || name === 'collation') return []
  if (name === 'engine') return [`ENGINE=${defaultEngine}`]
  const [format] = name.toLowerCase() === 'row_format' ? rowFormatTexts(server, options) : []
  if (format !== undefined) return [format]
  return [`${name.toUpperCase()}=${name.toLowerCase() === 'key_block_size' ? '0' : 'DEFAULT'}`]
}

const ofPrefixes = 'a primary key gets its prefix lengths with its table only'
const bySql = 'Change the key with op.sql.'

function alterOptions(
  server: Server,
  { operation, after }: OperationAround<'alterTableOptions'>,
): readonly Statement[] {
  const { table: ref, options } = operation
  const { options: all } = tableOf(after, ref)
  // It stores no row, and the change copies the rows into it: https://dev.mysql.com/doc/refman/8.4/en/blackhole-storage-engine.html
  if (typeof options.engine === 'string' && options.engine.toUpperCase() === 'BLACKHOLE') {
    throw unsupported(`change options of ${refText(ref)}: engine`, 'the engine BLACKHOLE would delete all rows')
  }
  if (keyPrefixes in options) throw unsupported(`change options of ${refText(ref)}: ${keyPrefixes}`, ofPrefixes, bySql)
  if (Object.keys(options).some((name) => name.toLowerCase() === 'row_format')) checkLimits(server, tableOf(after, ref))
  const charset = 'charset' in options || 'collation' in options
  const changed = Object.fromEntries(
    Object.entries(all).filter(
      ([name]) => name in options || (charset && (name === 'charset' || name === 'collation')),
    ),
  )
  const optionClauses = [...optionTexts(server, changed)].filter(
    (text) => charset || !/^(?:DEFAULT CHARSET|COLLATE)=/.test(text),
  )
  for (const [name, value] of Object.entries(options))
    if (value === null) optionClauses.push(...resetText(server, all, name))
  return optionClauses.length === 0 ? [] : [alterTable(ref, [verbatim(optionClauses.join(' '))])]
}

export function tableStatements(
  server: Server,
): Pick<CompileTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> {
  return {
    createTable: (at) => createTable(server, at),
    dropTable: (at) => withFollowing(server, at, dropTable(server, at)),
    renameTable(at) {
      const { table, to } = at.operation
      // It is one name there, and the server would find it taken.
      if (server.lowerCaseTableNames !== 0 && table.name.toLowerCase() === to.toLowerCase()) return []
      const target = { ...table, name: to }
      const rename = ddl(sql`RENAME TABLE ${quote.table(table)} TO ${quote.table(target)}`, [table, target])
      return withFollowing(server, at, [rename])
    },
    alterTableOptions: (at) => alterOptions(server, at),
  }
}
