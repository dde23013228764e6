import type { MigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnOwn, type OwnServer } from '../../kit/own-server.ts'
import type { TestDatabase } from '../../kit/servers.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'
import { type Between, bigChain, fill } from './big.ts'
import { type HeldWork, held } from './held-statement.ts'

/** Rows of the table that is copied: two to this power. */
const power = 12

/** Servers that are only for tests promise nothing over a crash; these keep what they have said is committed. */
const lasting = {
  postgres: ['synchronous_commit=on', 'full_page_writes=on'].flatMap((setting) => ['-c', setting]),
  mariadb: ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=1'],
  mysql: ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=1'],
}

/** Up to `r1`, with the rows of an application in it. */
async function atFirst(own: OwnServer): Promise<TestDatabase> {
  const database = await own.createDatabase()
  expect((await upgradeAt(database.url, { revisions: bigChain(), target: 'r1' })).error).toBeUndefined()
  await fill(database, power)
  return database
}

const pictures = new WeakMap<OwnServer, unknown>()

/** What stands where nothing was in the way. */
async function undisturbed(own: OwnServer): Promise<unknown> {
  if (!pictures.has(own)) {
    const database = await atFirst(own)
    expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
    const picture = await pictureOf(database)
    expect(picture).toMatchObject({ rows: { small: [{ id: '1', n: '111' }] }, journal: [] })
    pictures.set(own, picture)
  }
  return pictures.get(own)
}

/** A run that is struck while that statement is at its work. */
async function struck(
  own: OwnServer,
  work: HeldWork,
  strike: (session: number) => Promise<void>,
): Promise<{ readonly database: TestDatabase; readonly statement: string; readonly error: MigrateError | undefined }> {
  const database = await atFirst(own)
  const { between, statement, reached } = await held(database, work)
  let ended = false
  const run = upgradeAt(database.url, { revisions: bigChain(between) }).finally(() => {
    ended = true
  })
  const [{ error }] = await Promise.all([run, reached(() => ended).then(strike)])
  return { database, statement, error }
}

const lost = { code: 'CONNECTION_LOST', location: { revision: 'r2', operation: expect.any(String) } }

const quietly = { postgres: 'SIGINT', mariadb: 'SIGTERM', mysql: 'SIGTERM' } as const

for (const name of ['postgres', 'mariadb', 'mysql'] as const) {
  describeOnOwn(name, 'a server that dies', { settings: lasting[name] }, (server) => {
    it.each(['the copy of a table', 'the making of an index'] as const)(
      'row 19: in the middle of %s is started again, and the next run resumes',
      async (work) => {
        const own = server()
        const expected = await undisturbed(own)
        const { database, statement, error } = await struck(own, work, () => own.kill('SIGKILL'))
        expect(error).toMatchObject({ ...lost, location: { revision: 'r2', sql: expect.stringContaining(statement) } })
        expect(error?.remedy).toMatch(/again/)
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error?.code).toBe('DATABASE_UNREACHABLE')
        await own.start()
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
        expect(await pictureOf(database)).toEqual(expected)
      },
      120_000,
    )

    it.each(['quietly', 'at once'])(
      'row 20: that is restarted %s between two statements ends the run',
      async (how) => {
        const own = server()
        const expected = await undisturbed(own)
        const database = await atFirst(own)
        const between: Between = {
          happens: async () => {
            await own.kill(how === 'quietly' ? quietly[name] : 'SIGKILL')
            await own.start()
          },
        }
        const { error } = await upgradeAt(database.url, { revisions: bigChain(between) })
        // The server is there again, and no session connects to it unnoticed.
        expect(error).toMatchObject(lost)
        expect(await database.sql('SELECT n FROM small')).toEqual([{ n: 0 }])
        expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
        expect(await pictureOf(database)).toEqual(expected)
      },
      120_000,
    )
  })
}

describeOnOwn('postgres', 'a session that is killed', { settings: lasting.postgres }, (server) => {
  it('row 21: takes the others with it, and the next run resumes; rows of others are there', async () => {
    const own = server()
    const expected = await undisturbed(own)
    const bystander = await own.createDatabase()
    await bystander.sql('CREATE TABLE theirs AS SELECT generate_series(1, 1000) AS i')
    const { database, error } = await struck(own, 'the copy of a table', async (session) => {
      process.kill(session, 'SIGKILL')
    })
    expect(error).toMatchObject(lost)
    // All sessions are ended, and the server recovers before it takes new ones; a run waits for that.
    expect((await upgradeAt(database.url, { revisions: bigChain() })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
    expect(await bystander.sql('SELECT count(*) AS n FROM theirs')).toEqual([{ n: '1000' }])
  })
})
