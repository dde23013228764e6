import type { ServerSession } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'

/** A session that reads together what will be asked for one after the other. */
interface AheadSession extends ServerSession {
  /** Also reads who holds the lock. */
  readonly readsLock: boolean
  /**
   * Each answer is for the next query of that text. Where the server refuses one of them, as a table does not exist, none counts, and
   * the queries are sent as they come.
   */
  readAhead(reads: readonly ReadStatement[]): Promise<void>
  /** The same for any reads, where the session can: then `readAhead` finds its answers there. */
  askAhead(reads: readonly AnyRead[]): Promise<void>
  /** Answers that are known: each is for the next query of that text. */
  hold(reads: readonly (AnyRead & { readonly rows: readonly Row[] })[]): Promise<void>
  /** An answer that waits for its query. */
  peek(read: AnyRead): readonly Row[] | undefined
}

type AnyRead = Pick<ReadStatement, 'sql' | 'params'>

const keyOf = (sql: string, params: readonly SqlValue[] = []): string => [sql, ...params.map(String)].join('\0')

/**
 * The same session for one inspection, in fewer round trips. What was read ahead is as old as the inspection: it is for what follows
 * at once.
 */
export function readingAhead(session: ServerSession, readsLock = false): ServerSession {
  const answers = new Map<string, readonly Row[]>()
  const query: Session['query'] = async (sql, params) => {
    const key = keyOf(sql, params)
    const answer = answers.get(key)
    answers.delete(key)
    return answer ?? session.query(sql, params)
  }
  const peek = ({ sql, params }: AnyRead): readonly Row[] | undefined => answers.get(keyOf(sql, params))
  const take = async (reads: readonly AnyRead[], sent?: Promise<readonly (readonly Row[])[]>): Promise<void> => {
    // Of an earlier inspection.
    answers.clear()
    const rows = await sent?.catch(() => undefined)
    for (const [at, { sql, params }] of reads.entries()) {
      if (rows !== undefined) answers.set(keyOf(sql, params), rows[at] ?? [])
    }
  }
  const readAhead = async (reads: readonly ReadStatement[]): Promise<void> => {
    if (!reads.every((read) => peek(read) !== undefined)) await take(reads, session.queryTogether?.(reads))
  }
  const askAhead = async (reads: readonly AnyRead[]): Promise<void> => {
    const once = [...new Map(reads.map((read) => [keyOf(read.sql, read.params), read])).values()]
    await take(once, session.queryAll?.(once))
  }
  const hold: AheadSession['hold'] = (reads) => take(reads, Promise.resolve(reads.map(({ rows }) => rows)))
  const own: ReadonlyMap<string | symbol, unknown> = new Map<string, unknown>(
    Object.entries({ query, readAhead, askAhead, hold, peek, readsLock }),
  )
  return new Proxy(session, {
    has: (target, name) => name === 'readAhead' || Reflect.has(target, name),
    get(target, name) {
      if (own.has(name)) return own.get(name)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

export function isReadingAhead(session: Session): session is AheadSession {
  return 'readAhead' in session
}
