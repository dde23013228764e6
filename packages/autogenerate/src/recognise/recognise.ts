import { MigrateError } from '@org/migrate-core'
import {
  isDialect,
  type OptionChecks,
  refOfKey,
  requireArguments,
  requireOptions,
  type SchemaModel,
  type Session,
  type TableRef,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { isSchemaModel, isTextRecord, listOf, withMethods } from '@org/migrate-core/internal'
import { tableAt } from './own-tables.ts'
import type { Recogniser, RecogniserInspection, ToolHistory } from './recogniser.ts'
import { recognisers as known } from './tools.ts'

export interface RecogniseOptions {
  /**
   * Tables with a configured name, by the default name that the tool gives them, with a schema where they have one:
   * `{ knex_migrations: 'internal.db_migrations' }`. A lock table follows the name of its history.
   */
  readonly tables?: Readonly<Record<string, string>>
  /** What is there, where that was read already. Default: the tables are read. */
  readonly model?: SchemaModel
  /** Default: all that are known. */
  readonly recognisers?: readonly Recogniser[]
}

const isSession = withMethods('a session', 'query')
const recogniseChecks: OptionChecks<RecogniseOptions> = {
  tables: isTextRecord,
  model: isSchemaModel,
  recognisers: listOf(withMethods('a recogniser', 'recognise')),
}

function invalid(why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'tables', why }, `\`tables\`: ${why}`)
}

function namedTables(
  names: Readonly<Record<string, string>>,
  recognisers: readonly Recogniser[],
  model: SchemaModel,
): ReadonlyMap<string, TableRef> {
  const own = [...new Set(recognisers.flatMap(({ tables }) => tables))].sort()
  return new Map(
    Object.entries(names).map(([name, called]) => {
      if (!own.includes(name)) throw invalid(`no tool calls a table ${name}; known are ${own.join(', ')}`)
      const table = tableAt(model, refOfKey(called))
      if (table === undefined) throw invalid(`there is no table ${called}, which is to be ${name}`)
      return [name, table.ref]
    }),
  )
}

/** Refuses configured names that match no tool: a table of another shape is a wrong name. */
function refuseUnread(named: ReadonlyMap<string, TableRef>, histories: readonly ToolHistory[]): void {
  for (const [name, ref] of named) {
    if (histories.some(({ tables }) => tables.some((each) => each.schema === ref.schema && each.name === ref.name)))
      continue
    throw invalid(`the table ${ref.name} has not the columns of ${name}`)
  }
}

/**
 * The other tools that have migrated a database: what of them is applied, which tables are theirs, and what has to be fixed
 * before another tool continues. Only SELECTs are sent.
 *
 * Throws INVALID_OPTION for a table name that leads to none, or to one of another shape; what the dialect throws.
 *
 * ```ts
 * const [found] = await recogniseTools(dialect, session)
 * if (found !== undefined) report(`${found.tool} has run ${found.applied.length} migrations`)
 * ```
 */
export async function recogniseTools(
  dialect: UnloadedDialect,
  session: Session,
  options: RecogniseOptions = {},
): Promise<readonly ToolHistory[]> {
  requireArguments('recogniseTools', { dialect, session }, { dialect: isDialect, session: isSession })
  requireOptions('recogniseTools', options, recogniseChecks)
  const { tables = {}, model, recognisers = known } = options
  const read = model ?? (await dialect.introspection.schema(session, { only: 'tables' }))
  const named = namedTables(tables, recognisers, read)
  const inspection: RecogniserInspection = {
    dialect: dialect.name,
    tables: read,
    named,
    query: (sql, params) => session.query(dialect.sql.portable(sql), params),
  }
  const histories: ToolHistory[] = []
  // One session takes one statement at a time.
  for (const recogniser of recognisers) {
    const each = await recogniser.recognise(inspection)
    if (each !== undefined) histories.push(each)
  }
  refuseUnread(named, histories)
  return histories
}
