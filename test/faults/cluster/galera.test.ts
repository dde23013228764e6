import { mysqlDialect } from '@org/migrate-dialect-mysql'
import mysql from 'mysql2/promise'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectionId, one, open, openPlain } from '../../dialects/mysql/connection/kit.ts'
import { createDatabaseOn, serverUrl, type TestDatabase } from '../../kit/servers.ts'
import { dataOf, schemaOf } from '../../openwebui/servers/kit/catalog.ts'
import { lastLegacy, openDatabaseAt } from '../../openwebui/servers/kit/database.ts'
import { load } from '../../openwebui/servers/kit/load.ts'
import { headDifferences } from '../../openwebui/servers/kit/reading.ts'
import { isolate, makeBig, nodeUrls, onNodes } from './galera-kit.ts'

describe.runIf(nodeUrls.length === 3)('a session on a Galera cluster', () => {
  it('says that its lock excludes no other session, and reads what any node has committed', async () => {
    const [first] = await onNodes()
    for (const session of [await open(first), await open(first, { purpose: 'inspect' }), await openPlain(first)]) {
      expect(session.leased).toBe('it is a Galera cluster of 3 nodes, and GET_LOCK is known to one node only')
      expect(await one(session, 'SELECT @@wsrep_sync_wait')).toBe(15n)
    }
  })

  it('has a lock that two nodes give at the same time, as any named lock there', async () => {
    const [first, second] = await onNodes()
    const [here, remote, neighbour] = [await open(first), await open(second), await open(first)]
    expect(await here.runLock?.('k').take()).toBe(true)
    expect(await remote.runLock?.('k').take()).toBe(true)
    expect(here.runLock?.('k').proof).toBe('advice')
    // On one node it is a lock.
    expect(await neighbour.runLock?.('k').take()).toBe(false)
  })

  it('sends DDL to all nodes, also where the server is set to change its own tables only', async () => {
    const [first] = await onNodes()
    await first.sql("SET GLOBAL wsrep_OSU_method = 'RSU'")
    onTestFinished(async () => {
      await first.sql("SET GLOBAL wsrep_OSU_method = 'TOI'")
    })
    expect(await one(await open(first), 'SELECT @@wsrep_OSU_method')).toBe('TOI')
  })

  it('knows sessions on its own node only', async () => {
    const [first, second] = await onNodes()
    const [here, neighbour, remote] = [await open(first), await open(first), await open(second)]
    expect(await neighbour.sessionState?.(here.identity ?? '')).toBe('idle')
    expect(await remote.sessionState?.(here.identity ?? '')).toBe('unknown')
    await first.sql(`KILL ${await connectionId(here)}`)
    await expect.poll(() => neighbour.sessionState?.(here.identity ?? '')).toBe('ended')
    expect(await remote.sessionState?.(here.identity ?? '')).toBe('unknown')
  })

  it('reads on a node that DDL keeps from catching up, as soon as it has; what a node knows itself is told meanwhile', async () => {
    const [first, second] = await onNodes()
    await makeBig(first)
    const timeout = (limit: string): Promise<unknown> =>
      second.sql(`SET GLOBAL wsrep_provider_options = 'repl.causal_read_timeout=${limit}'`)
    onTestFinished(async () => void (await timeout('PT30S')))
    await timeout('PT1S')
    const [session, neighbour] = [await open(second), await open(second)]
    const altering = first.sql('ALTER TABLE big ADD COLUMN a int, ALGORITHM=COPY')
    const isAltering = async (db: TestDatabase): Promise<unknown> =>
      (await db.sql("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE big%'"))[0]
        ?.n
    await expect.poll(() => isAltering(second)).toBe('1')
    const plain = second.sql('SET wsrep_sync_wait = 15; SELECT * FROM big LIMIT 1').then(
      () => undefined,
      (error: { readonly errno?: number }) => error.errno,
    )
    const read = session.query('SELECT id, a FROM big WHERE id = 1')
    expect(await neighbour.sessionState?.(session.identity ?? '')).toBe('busy')
    expect(await neighbour.runLock?.('k').take()).toBe(true)
    expect(await isAltering(second)).toBe('1')
    expect(await plain).toBe(1205)
    expect(await read).toEqual([{ id: 1n, a: null }])
    await altering
  })

  it('is refused by a node that is cut off, and had again when it is back', async () => {
    const [first, , third] = await onNodes()
    await first.sql('CREATE TABLE t (id int PRIMARY KEY)')
    const before = await open(third)
    await isolate(third, true)
    try {
      for (const purpose of ['inspect', 'run'] as const) {
        await expect(mysqlDialect({ url: third.url }).connection.connect({ purpose })).rejects.toMatchObject({
          code: 'DATABASE_UNREACHABLE',
          message: expect.stringContaining('wsrep_ready is OFF'),
          remedy: expect.stringContaining('majority'),
        })
      }
      const { kindOf: faultOf } = mysqlDialect({ url: third.url }).errors
      const cut = await mysql.createConnection(third.url.replace('mariadb:', 'mysql:'))
      const refused = await cut.query('SELECT * FROM t').then(
        () => undefined,
        (error: unknown) => error,
      )
      cut.destroy()
      expect((refused as { readonly errno?: number } | undefined)?.errno).toBe(1047)
      expect(faultOf(refused)).toBe('busy')
    } finally {
      await isolate(third, false)
    }
    expect(await one(before, 'SELECT 1')).toBe(1n)
    expect(await one(await open(third), 'SELECT 1')).toBe(1n)
  })
})

describe.runIf(nodeUrls.length === 3 && serverUrl('mariadb') !== undefined)(
  "Open WebUI's chain on a Galera cluster",
  () => {
    it('ends as on a single server: schema and rows, on every node', async () => {
      const single = await createDatabaseOn('mariadb')
      onTestFinished(() => single.drop())
      const nodes = await onNodes()
      const here = [await openDatabaseAt(single), await openDatabaseAt(nodes[0])]
      for (const db of here) {
        await db.migrator.upgrade(lastLegacy, { tier: 'legacy' })
        await load(db, 'legacy-018.sql', 'legacy-018-hostile.sql')
        await db.migrator.upgrade()
        expect(await headDifferences(db, true)).toEqual([])
      }
      const [expected] = here
      if (expected === undefined) throw new Error('nothing opened')
      const [schema, data] = [await schemaOf(expected), await dataOf(expected)]
      expect(Object.keys(schema)).toHaveLength(27)
      for (const node of nodes) {
        const db = await openDatabaseAt(node)
        await db.script('SET wsrep_sync_wait = 15')
        expect(await schemaOf(db)).toEqual(schema)
        // The legacy tier notes when it ran.
        const { migratehistory: _, ...rows } = await dataOf(db)
        const { migratehistory: __, ...expectedData } = data
        expect(rows).toEqual(expectedData)
      }
    })
  },
)
