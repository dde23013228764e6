import type { OpenDatabase } from '@org/migrate-drizzle'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { code } from './service-database.ts'

/** One way to send a text, as Drizzle offers it. */
export type SendStatement<D> = (db: D, text: string) => PromiseLike<unknown>

export interface TransactionKit<D> {
  /** A database with the table `item`, of one connection. */
  open(): Promise<OpenDatabase<D>>
  readonly senders: Readonly<Record<string, SendStatement<D>>>
  insert(db: D, id: string): PromiseLike<unknown>
  transaction<T>(db: D, body: (inner: D) => Promise<T>): Promise<T>
  /** The keys, by another connection of the driver itself. */
  stored(): Promise<readonly string[]>
  /** Texts that begin or end a transaction. */
  readonly statements: readonly string[]
}

const common = [
  'BEGIN',
  'begin;',
  ' \n BEGIN',
  '/* a comment */ BEGIN',
  '-- a comment\nBEGIN',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT s',
  'RELEASE SAVEPOINT s',
  'ROLLBACK TO SAVEPOINT s',
]

/** A statement of the author neither begins nor ends a transaction, whatever it is sent by. */
export function serviceTransactions<D>(kit: TransactionKit<D>): void {
  it.each(Object.keys(kit.senders))('refuses to begin and to end transactions by %s, everywhere', async (name) => {
    const send = kit.senders[name] as SendStatement<D>
    // How a text is read does not depend on how it was sent: the first way gets all of them.
    const isFirst = name === Object.keys(kit.senders)[0]
    const statements = isFirst ? [...common, ...kit.statements] : ['BEGIN', ...kit.statements.slice(0, 1)]
    const database = await kit.open()
    for (const text of statements) {
      const refused = async (db: D) => {
        await expect(async () => send(db, text), text).rejects.toEqual(code('UNSUPPORTED'))
      }
      await refused(database.db)
      await kit.insert(database.db, `alone ${text}`)
      await database.withSession(async (session) => {
        await refused(session.db)
        await kit.insert(session.db, `session ${text}`)
        await session.commit()
        await kit.insert(session.db, `left ${text}`)
      })
      await database.withTransaction(async (db) => {
        await kit.insert(db, `transaction ${text}`)
        await refused(db)
        await kit.transaction(db, refused)
      })
      const failing = database.withTransaction(async (db) => {
        await kit.insert(db, `lost ${text}`)
        await refused(db)
        throw new Error('stop')
      })
      await expect(failing).rejects.toThrow('stop')
    }
    await database.close()
    const stored = statements.flatMap((text) => [`alone ${text}`, `session ${text}`, `transaction ${text}`])
    expect([...(await kit.stored())].sort()).toEqual(stored.sort())
  })
}

/** Statements that the author wrote as text, and the same as a tag. */
export const asSql = { raw: (text: string) => sql.raw(text), tagged: (text: string) => sql`${sql.raw(text)}` }

type Client = (sql: string, params: readonly unknown[], method: string) => Promise<unknown>

interface Clients {
  readonly run: Client
}

/** The function that Drizzle sends everything through; on SQLite 1.0 has one for each kind of query. */
export function clientOf(db: unknown): Client {
  const { client } = (db as { readonly session: { readonly client: Client | Clients } }).session
  return typeof client === 'function' ? client : client.run
}
