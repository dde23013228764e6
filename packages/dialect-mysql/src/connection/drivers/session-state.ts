import { quote } from '../../sql/quote.ts'
import { messageOf, numberOf } from '../faults.ts'
import type { DriverConnection } from './driver.ts'

type Statements = Pick<DriverConnection, 'text'>

/** What a session of the application has set. */
export interface SessionState {
  /** As the server prints them. */
  readonly variables: ReadonlyMap<string, string>
  /** The current one; null: none. */
  readonly database: string | null
}

/** They change by themselves, follow from the current database, or belong to replication. */
const volatile =
  /^(?:timestamp|insert_id|last_insert_id|identity|rand_seed[12]|(?:error|warning)_count|in_transaction|pseudo_thread_id|(?:last_)?gtid_.*|(?:character_set|collation)_database|statement_id)$/

/** As bytes of UTF-8, in whatever character set the results come. */
const charactersSql = `SELECT CAST(@@character_set_client AS BINARY), CAST(@@character_set_results AS BINARY),
 CAST(@@character_set_connection AS BINARY), CAST(@@collation_connection AS BINARY), CAST(@@sql_select_limit AS BINARY)`
const readFirst = [
  'character_set_client',
  'character_set_results',
  'character_set_connection',
  'collation_connection',
  'sql_select_limit',
]

/** What the next statements need to be read as they are. */
export async function readCharacters({ text }: Statements): Promise<SessionState> {
  const { rows } = await text(charactersSql)
  return { variables: new Map(readFirst.map((name, at) => [name, String(rows[0]?.[at] ?? '')])), database: null }
}

const everyRow = 'sql_select_limit = 18446744073709551615'

/** Every variable of the session. Afterwards it has the character set utf8mb4, and all rows of a result, which the server's own limit may cut. */
export async function readState({ text }: Statements): Promise<SessionState> {
  await text(`SET NAMES utf8mb4, ${everyRow}`)
  const { rows } = await text('SHOW SESSION VARIABLES')
  const [[database = null] = []] = (await text('SELECT DATABASE()')).rows
  const pairs = rows.map(([name, value]) => [String(name), String(value ?? '')] as const)
  return {
    variables: new Map(pairs.filter(([name]) => !volatile.test(name))),
    database: database === null ? null : String(database),
  }
}

/**
 * What would make a run another one than by a URL: the modes, the isolation and the limits are the server's own.
 * Comments that only the servers run that know the variable: https://mariadb.com/kb/en/comment-syntax/
 */
export const asByUrlSql = `SET NAMES utf8mb4, ${everyRow}, sql_mode = DEFAULT
 /*!80000 , transaction_isolation = DEFAULT, max_execution_time = DEFAULT */ /*M! , tx_isolation = DEFAULT, max_statement_time = DEFAULT */`

function assignment([name, value]: readonly [string, string]): string {
  const isNull = value === '' && name === 'character_set_results'
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(value)
  return `SESSION ${name} = ${isNull ? 'NULL' : isNumber ? value : quote.literal(value).text}`
}

/** Global ones and those that are only read: another session has changed them meanwhile. */
const notOfSession: ReadonlySet<number | undefined> = new Set([1193, 1229, 1238, 1621])

/** Sets those variables that differ. Throws the server's error for one that can't be set. */
export async function restoreVariables({ text }: Statements, before: SessionState, after: SessionState): Promise<void> {
  const changed = [...before.variables].filter(([name, value]) => (after.variables.get(name) ?? value) !== value)
  if (changed.length === 0) return
  const assignments = changed.map(assignment)
  try {
    await text(`SET ${assignments.join(', ')}`)
  } catch {
    for (const each of assignments) {
      await text(`SET ${each}`).catch((error: unknown) => {
        if (!notOfSession.has(numberOf(error))) throw error
      })
    }
  }
}

const name = '((?:`(?:[^`]|``)+`|[\\w$]+)(?:\\s*\\.\\s*(?:`(?:[^`]|``)+`|[\\w$]+))?)'
const start = '^(?:\\s|/\\*[^!M][\\s\\S]*?\\*/|(?:--\\s|#).*\\n)*'
const temporaryTable = new RegExp(`${start}CREATE\\s+(?:OR\\s+REPLACE\\s+)?TEMPORARY\\s+TABLE\\s+(?!IF\\s)${name}`, 'i')
const preparation = new RegExp(`${start}PREPARE\\s+${name}\\s+FROM\\b`, 'i')
const tableLock = new RegExp(`${start}LOCK\\s+TABLES?\\b`, 'i')
const namedLock = /\b(GET|RELEASE)_LOCK\s*\(\s*'((?:[^'\\]|''|\\.)*)'/gi

/** What statements leave in a session that the server has no list of. */
export class Leftovers {
  readonly #locks = new Map<string, number>()
  /** With the statement that ends each. */
  readonly #objects = new Set<string>()

  /** After the statement has succeeded. */
  note(sql: string): void {
    for (const [, kind = '', lock = ''] of sql.matchAll(namedLock))
      this.#locks.set(lock, Math.max(0, (this.#locks.get(lock) ?? 0) + (kind.toUpperCase() === 'GET' ? 1 : -1)))
    const [, table] = temporaryTable.exec(sql) ?? []
    if (table !== undefined) this.#objects.add(`DROP TEMPORARY TABLE IF EXISTS ${table}`)
    const [, prepared] = preparation.exec(sql) ?? []
    if (prepared !== undefined) this.#objects.add(`DEALLOCATE PREPARE ${prepared}`)
    if (tableLock.test(sql)) this.#objects.add('UNLOCK TABLES')
  }

  /** In the current database. What a statement of the session has ended itself is an error here. */
  async endObjects({ text }: Statements): Promise<void> {
    for (const sql of this.#objects) await text(sql).catch(ignoreServerError)
  }

  async endLocks({ text }: Statements): Promise<void> {
    for (const [lock, count] of this.#locks) {
      for (let left = count; left > 0; left -= 1) {
        const { rows } = await text(`SELECT RELEASE_LOCK('${lock}')`)
        if (String(rows[0]?.[0]) !== '1') break
      }
    }
  }
}

function ignoreServerError(error: unknown): void {
  if (numberOf(error) === undefined) throw new Error(messageOf(error), { cause: error })
}
