import { randomBytes } from 'node:crypto'
import type { Row, ServerSession, SqlValue } from '@org/migrate-core/dialect'
import type { ServerFacts } from './settings.ts'

export type Query = (sql: string, params?: readonly SqlValue[]) => Promise<readonly Row[]>

export type SessionState = Awaited<ReturnType<NonNullable<ServerSession['sessionState']>>>

/** The server and the session on it. Numbers of connections start at 1 again with the server: the mark tells them apart. */
interface Identity {
  readonly node: string
  readonly connection: string
  readonly mark: string
}

function parse(identity: string): Identity | undefined {
  const [, node, connection, mark] = /^(.+)#(\d+)#([0-9a-f]*)$/s.exec(identity) ?? []
  return node === undefined || connection === undefined || mark === undefined ? undefined : { node, connection, mark }
}

const lockOf = (mark: string): string => `migrate-session:${mark}`

/** What names a session, and the column by which its first query takes it. */
export interface SessionMark {
  readonly sql: string
  /** Whether it was taken: a cluster may have no such locks. */
  identityOf(facts: Pick<ServerFacts, 'node' | 'connection'>, isTaken: boolean): string
}

/**
 * Names the session so that another one can tell whether it still lives, without any privilege: by a lock of its own that no session
 * waits for, and that the server frees when the session is over. Where a cluster has no such locks the name goes without.
 */
export function sessionMark(): SessionMark {
  const mark = randomBytes(8).toString('hex')
  return {
    sql: `, GET_LOCK('${lockOf(mark)}', 0) AS mark`,
    identityOf: ({ node, connection }, isTaken) => `${node}#${connection}#${isTaken ? mark : ''}`,
  }
}

/**
 * `information_schema.processlist` is an error on MySQL (3854) while any session runs a statement with a character of four bytes:
 * its column is utf8mb3 (measured on 9.7). This says the same, with the first 100 characters of the statement:
 * https://dev.mysql.com/doc/refman/8.4/en/show-processlist.html. Without the PROCESS privilege it lists the user's own connections only.
 */
export const processList = 'SHOW PROCESSLIST'

/** The connection of that number, where it is listed. */
export async function processOf(
  query: (sql: string) => Promise<readonly Row[]>,
  id: SqlValue,
): Promise<Row | undefined> {
  return (await query(processList)).find((row) => String(row.Id) === String(id))
}

/** What became of a session, asked from another one on the same server; for a session of another server the answer is `unseen`. */
export async function stateOf(query: Query, node: string, identity: string): Promise<SessionState> {
  const parsed = parse(identity)
  if (parsed === undefined || parsed.node !== node) return 'unknown'
  if (parsed.mark !== '') {
    const [row] = await query('SELECT IS_USED_LOCK(?) AS id', [lockOf(parsed.mark)])
    if (String(row?.id) !== parsed.connection) return 'ended'
  }
  const listed = await processOf(query, parsed.connection)
  if (listed !== undefined) return listed.Command === 'Sleep' ? 'idle' : 'busy'
  if (parsed.mark !== '') return 'unknown'
  const [row] = await query(
    `SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges
       WHERE privilege_type = 'PROCESS' AND REPLACE(grantee, '''', '') = CURRENT_USER()) AS allOfThem`,
  )
  return row?.allOfThem === 1n ? 'ended' : 'unknown'
}
