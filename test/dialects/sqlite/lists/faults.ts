import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { integer, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { scale } from '../../../kit/scale.ts'
import type { ListDatabase, ListServer } from './suite.ts'

const chain = line(
  (op) => {
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', text())
      t.primaryKey(['id'])
    })
    op.sql("INSERT INTO users VALUES (1, 'a')")
  },
  (op) => op.alterTable('users', (t) => t.addColumn('mail', text())),
  (op) => op.sql("UPDATE users SET name = name || 'x', mail = coalesce(mail, '') || 'm'"),
)

const migratorAt = (url: string, leaseMs = 60_000) =>
  migratorOf(sqliteDialect({ url }), chain, { leaseMs, lockWaitMs: 120_000 })

/** Each revision once, in order, and the rows that it leaves. */
async function expectHead(db: ListDatabase): Promise<void> {
  expect(await db.rows('SELECT revision FROM migrate_history ORDER BY id')).toEqual([['r1'], ['r2'], ['r3']])
  expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r3']])
  expect(await db.rows('SELECT * FROM users')).toEqual([[1, 'ax', 'm']])
}

const authorized = (authorization: string | undefined) => (authorization === undefined ? {} : { authorization })

/** Where a line ends: at a request, or at the list of a revision, counted from 1; before it is sent, or with its answer lost. */
interface Cut {
  readonly at?: number
  readonly commit?: number
  readonly sent: boolean
}

/**
 * A line to the API that ends for good at its n-th request, as when the process is killed: before the request is sent, or after it, so that
 * its answer is lost.
 */
async function lineUntil(
  origin: string,
  { at, commit, sent }: Cut,
): Promise<{ readonly origin: string; requests(): number }> {
  let [count, commits, isCut] = [0, 0, false]
  const proxy: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', async () => {
      count += 1
      const body = Buffer.concat(parts)
      if (/INSERT INTO \S*migrate_history/.test(body.toString())) commits += 1
      const isLast = !isCut && (count === at || commits === commit)
      if (isCut || (isLast && !sent)) {
        isCut = true
        return void request.socket.destroy()
      }
      isCut ||= isLast
      const answer = await fetch(`${origin}${request.url}`, {
        method: 'POST',
        headers: { ...authorized(request.headers.authorization), 'content-type': 'application/json' },
        body,
      })
      const text = await answer.text()
      if (isLast) return void request.socket.destroy()
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(text)
    })
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  return { origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, requests: () => count }
}

interface Faulty {
  readonly server: ListServer
  /** Where the API of the server is. */
  origin(): string
  /** The URL of the database behind another origin. */
  through(db: ListDatabase, origin: string): string
}

/** Runs that are cut off, and that race, on each engine that takes lists. */
export function survivesFaults(engine: string, { server, origin, through }: Faulty): void {
  describe(`a run on ${engine}`, () => {
    test('that ends at any request leaves whole revisions, and the next run goes on from there', async () => {
      const whole = await lineUntil(origin(), { sent: true })
      const first = await server().createDatabase()
      await migratorAt(through(first, whole.origin)).upgrade('head')
      await expectHead(first)
      const total = whole.requests()
      // The lists of the revisions first, then requests all over the run.
      const spread = scale({ full: 44, quick: 2 })
      const cuts: readonly Cut[] = [
        ...[1, 2, 3].flatMap((commit) => [true, false].map((sent) => ({ commit, sent }))),
        ...Array.from({ length: spread }, (_, at) => ({
          at: 1 + Math.floor((at * total) / spread),
          sent: at % 2 === 0,
        })),
      ]
      let unknown = 0
      for (const where of cuts) {
        const db = await server().createDatabase()
        const cut = await lineUntil(origin(), where)
        // The next run waits for the end of its lease.
        const error = await errorOf(migratorAt(through(db, cut.origin), 3000).upgrade('head'))
        expect(['CONNECTION_LOST', 'LOCK_LOST', 'STATEMENT_FAILED']).toContain(error.code)
        if (error.outcome === 'unknown') unknown += 1
        const revisions = (await db.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'migrate_history'"))[0]?.[0]
        const history = revisions === 0 ? [] : await db.rows('SELECT revision FROM migrate_history ORDER BY id')
        const heads = revisions === 0 ? [] : await db.rows('SELECT version_num FROM migrate_version')
        expect(heads).toEqual(history.slice(-1))
        await migratorAt(db.url).upgrade('head')
        await expectHead(db)
      }
      expect(unknown).toBeGreaterThanOrEqual(3)
    })

    test('beside others applies nothing a second time', async () => {
      for (let race = 0; race < scale({ full: 200, quick: 2 }); race += 1) {
        const db = await server().createDatabase()
        const results = await Promise.all([1, 2].map(() => migratorAt(db.url).upgrade('head')))
        expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 3])
        await expectHead(db)
      }
    })
  })
}
