import { MigrateError } from '@org/migrate-core/connection'
import { messageOf } from '../sql/faults.ts'
import { literalText, quoteName } from '../sql/quote.ts'
import { isKeyword, tokenize } from '../sql/tokenize.ts'
import type { Connection } from './connection.ts'

/** Views and triggers that do not compile, by `view "name"`, with the reason. */
type BrokenDependants = ReadonlyMap<string, string>

function rows<T extends readonly unknown[]>(connection: Connection, sql: string): T[] {
  return connection.db.prepare(sql).raw(true).all() as T[]
}

/** The event of a trigger: the first such keyword, since no bare name can be one of them. */
function eventOf(definition: string): string | undefined {
  return ['INSERT', 'UPDATE', 'DELETE']
    .map((event) => ({ event, at: tokenize(definition).findIndex((token) => isKeyword(token, event)) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at)[0]?.event
}

/** Preparing a write compiles the bodies of all triggers that it would fire; nothing runs. */
function probe(connection: Connection, table: string, event: string): string {
  const target = `main.${quoteName(table)}`
  if (event === 'DELETE') return `DELETE FROM ${target}`
  if (event === 'INSERT') return `INSERT INTO ${target} DEFAULT VALUES`
  const columns = rows<[string]>(
    connection,
    `SELECT name FROM pragma_table_xinfo(${literalText(table)}, 'main') WHERE hidden = 0`,
  )
  return `UPDATE ${target} SET ${columns.map(([name]) => `${quoteName(name)} = NULL`).join(', ')}`
}

/** Why a statement cannot be prepared, or undefined. */
function refusal(connection: Connection, sql: () => string): string | undefined {
  try {
    connection.db.prepare(sql())
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Of a handle of the application also those that are temporary. */
const objects = (type: 'view' | 'trigger', main: string, temporary = main): string =>
  `SELECT ${main} FROM main.sqlite_master WHERE type = '${type}' UNION ALL
  SELECT ${temporary} FROM temp.sqlite_master WHERE type = '${type}'`

/**
 * Views and triggers that do not compile against the schema as it is. SQLite looks at them only when they are used (or at
 * a RENAME without `legacy_alter_table`), so a rebuild could leave them broken without a word.
 */
export function findBrokenDependants(connection: Connection): BrokenDependants {
  const broken = new Map<string, string>()
  const views = rows<[string, string]>(connection, objects('view', "'main', name", "'temp', name"))
  for (const [schema, name] of views) {
    const why = refusal(connection, () => `SELECT 1 FROM ${schema}.${quoteName(name)} LIMIT 0`)
    if (why !== undefined) broken.set(`view ${name}`, why)
  }
  const triggers = rows<[string, string, string]>(connection, objects('trigger', 'name, tbl_name, sql'))
  const probed = new Map<string, string | undefined>()
  for (const [name, table, definition] of triggers) {
    const event = eventOf(definition)
    if (event === undefined) continue
    const key = `${event} ${table}`
    if (!probed.has(key))
      probed.set(
        key,
        refusal(connection, () => probe(connection, table, event)),
      )
    const why = probed.get(key)
    if (why !== undefined) broken.set(`trigger ${name} on ${table}`, why)
  }
  return broken
}

/** Throws DEPENDANT_BROKEN for a view or trigger that compiled before. */
export function refuseNewlyBroken(before: BrokenDependants, after: BrokenDependants): void {
  for (const [object, why] of after) {
    if (before.has(object)) continue
    throw new MigrateError('DEPENDANT_BROKEN', { object, why }, `${object} would no longer work: ${why}`)
  }
}
