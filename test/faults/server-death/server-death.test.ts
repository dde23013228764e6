import type { MigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnOwn, type OwnServer } from '../../kit/own-server.ts'
import type { ServerName, TestDatabase } from '../../kit/servers.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { atWork } from '../proxy/other.ts'
import { pictureOf } from '../proxy/picture.ts'
import { type Between, bigChain, fill } from './big.ts'

/** Powers of two: enough for a statement that is still at work when it has been seen. */
const rows = { postgres: 19, 'postgres-next': 19, mariadb: 17, mysql: 17 } as const

/** Up to `r1`, with the rows of an application in it. */
async function atFirst(own: OwnServer): Promise<TestDatabase> {
  const database = await own.fresh()
  expect((await upgradeAt(database.url, { revisions: bigChain(), target: 'r1' })).error).toBeUndefined()
  await fill(database, rows[own.name])
  return database
}

/** What stands where nothing was in the way; the rows of the table itself are counted. */
async function undisturbed(own: OwnServer): Promise<unknown> {
  const database = await atFirst(own)
  expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
  const picture = await pictureOf(database)
  expect(picture).toMatchObject({ rows: { small: [{ id: '1', n: '111' }] }, open: [] })
  return picture
}

/** A run that is struck. On a machine that is slow to strike it may have ended before: then another one is. */
async function struck(
  own: OwnServer,
  words: string,
  strike: (database: TestDatabase, ended: () => boolean) => Promise<void>,
): Promise<{ readonly database: TestDatabase; readonly error: MigrateError }> {
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    const database = await atFirst(own)
    const run = upgradeAt(database.url, { revisions: bigChain() })
    let ended = false
    void run.then(() => {
      ended = true
    })
    const missed = await strike(database, () => ended).then(
      () => false,
      () => true,
    )
    const { error } = await run
    if (!missed && error?.location.sql?.startsWith(words)) return { database, error }
    await own.start()
  }
  throw new Error('eight runs ended before they could be struck')
}

const lost = { code: 'CONNECTION_LOST', location: { revision: 'r2', operation: expect.any(String) } }

const quietly = { postgres: 'SIGINT', 'postgres-next': 'SIGINT', mariadb: 'SIGTERM', mysql: 'SIGTERM' } as const

for (const name of ['postgres', 'mariadb', 'mysql'] as const satisfies readonly ServerName[]) {
  describeOnOwn(name, 'a server that dies', {}, (server) => {
    it.each(['ALTER TABLE', 'CREATE INDEX'])(
      'row 19: in the middle of %s is started again, and the next run goes on',
      async (words) => {
        const own = server()
        await own.start()
        const expected = await undisturbed(own)
        const { database, error } = await struck(own, words, async (database, ended) => {
          await atWork(database, words, ended)
          await own.kill('SIGKILL')
        })
        expect(error).toMatchObject({ ...lost, location: { revision: 'r2', sql: expect.stringContaining(words) } })
        expect(error?.remedy).toMatch(/again/)
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error?.code).toBe('DATABASE_UNREACHABLE')
        await own.start()
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
        expect(await pictureOf(database)).toEqual(expected)
      },
      180_000,
    )

    it.each(['quietly', 'at once'])(
      'row 20: that is restarted %s between two statements ends the run',
      async (how) => {
        const own = server()
        await own.start()
        const expected = await undisturbed(own)
        const database = await atFirst(own)
        const between: Between = {
          happens: async () => {
            await own.kill(how === 'quietly' ? quietly[name] : 'SIGKILL')
            await own.start()
          },
        }
        const { error } = await upgradeAt(database.url, { revisions: bigChain(between) })
        // The server is there again, and nobody connects to it on the quiet.
        expect(error).toMatchObject(lost)
        expect(await database.sql('SELECT n FROM small')).toEqual([{ n: 0 }])
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
        expect(await pictureOf(database)).toEqual(expected)
      },
      180_000,
    )
  })
}

describeOnOwn('postgres', 'a session that is killed', {}, (server) => {
  it('row 21: takes the others with it, and the next run goes on; rows of others are there', async () => {
    const own = server()
    const expected = await undisturbed(own)
    const bystander = await own.fresh()
    await bystander.sql('CREATE TABLE theirs AS SELECT generate_series(1, 1000) AS i')
    const { database, error } = await struck(own, 'ALTER TABLE', async (database, ended) => {
      process.kill(await atWork(database, 'ALTER TABLE', ended), 'SIGKILL')
    })
    expect(error).toMatchObject(lost)
    // All sessions are ended, and the server recovers before it takes new ones; a run waits for that.
    expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
    expect(await bystander.sql('SELECT count(*) AS n FROM theirs')).toEqual([{ n: '1000' }])
  }, 180_000)
})
