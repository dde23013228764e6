import { expect, it } from 'vitest'
import { describeOnDialects, familyOf, type TestDatabase } from '../../kit/own-sessions.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { atWork, reading } from '../proxy/other.ts'
import { pictureOf } from '../proxy/picture.ts'
import { type Between, bigChain } from './big.ts'

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'an administrator who ends our work', (createDatabase, server) => {
  const postgres = familyOf(server) === 'postgres'
  const rerun = (database: TestDatabase) => upgradeAt(database.url, { revisions: bigChain(), waitMs: 5_000 })

  async function prepare(): Promise<{ database: TestDatabase; expected: unknown }> {
    const undisturbed = await createDatabase()
    expect((await rerun(undisturbed)).error).toBeUndefined()
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: bigChain(), target: 'r1' })).error).toBeUndefined()
    return { database, expected: await pictureOf(undisturbed) }
  }

  it('row 22: a session that is ended in a statement is told with it, and nothing is done on another one', async () => {
    const { database, expected } = await prepare()
    const reader = await reading(database, 't')
    const run = rerun(database)
    const id = await atWork(database, 'ALTER TABLE')
    await database.sql(postgres ? `SELECT pg_terminate_backend(${id})` : `KILL CONNECTION ${id}`)
    expect((await run).error).toMatchObject({
      code: 'CONNECTION_LOST',
      location: { revision: 'r2', sql: expect.stringContaining('ALTER TABLE') },
    })
    await reader.close()
    expect((await rerun(database)).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
  })

  it('row 22: a session that is ended between two statements is found at the next', async () => {
    const { database, expected } = await prepare()
    const between: Between = {
      happens: async () => {
        const own = postgres
          ? 'SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
          : 'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()'
        for (const { id, ID } of await database.sql(own)) {
          await database.sql(postgres ? `SELECT pg_terminate_backend(${id})` : `KILL CONNECTION ${id ?? ID}`)
        }
      },
    }
    const { error } = await upgradeAt(database.url, { revisions: bigChain(between) })
    expect(error).toMatchObject({
      code: 'CONNECTION_LOST',
      location: { revision: 'r2', operation: 'data step: first' },
    })
    expect((await rerun(database)).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
  })

  it('row 23: a statement that is canceled fails alone; the lock is free at once', async () => {
    const { database, expected } = await prepare()
    const reader = await reading(database, 't')
    const run = rerun(database)
    const id = await atWork(database, 'ALTER TABLE')
    await database.sql(postgres ? `SELECT pg_cancel_backend(${id})` : `KILL QUERY ${id}`)
    const { error } = await run
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      location: { revision: 'r2', sql: expect.stringContaining('ALTER TABLE') },
    })
    expect(error?.remedy).toMatch(/run it again/)
    await reader.close()
    expect((await upgradeAt(database.url, { revisions: bigChain(), waitMs: 0 })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
  })
})
