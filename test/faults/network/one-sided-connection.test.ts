import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeOnDialects } from '../../kit/own-sessions.ts'
import { longRun } from '../../kit/scale.ts'
import { type Fate, statementIn, tcpProxy } from '../../kit/tcp-proxy.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

const servers = ['postgres', 'mariadb', 'mysql'] as const

describeOnDialects(servers, 'row 40: a connection of which one side is gone', (createDatabase) => {
  const fates: readonly (readonly [Fate, string])[] = [
    ['reset client', 'the server believes that the run lives'],
    ['reset server', 'the run believes that the server does'],
  ]
  it.each(fates)('%s: %s', async (fate) => {
    const undisturbed = await createDatabase()
    expect((await upgradeAt(undisturbed.url)).error).toBeUndefined()
    const expected = await pictureOf(undisturbed)
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    expect((await upgradeAt(proxy.url, { target: 'r1' })).error).toBeUndefined()
    let cut = false
    proxy.rule((message) => {
      if (cut || !/^ALTER TABLE/.test(statementIn(message))) return 'pass'
      cut = true
      return fate
    })
    const { error } = await upgradeAt(proxy.url, { unansweredMs: 500 })
    expect(cut).toBe(true)
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', location: { revision: 'r2' } })
    proxy.calm()
    // Where the server still has the session of the first run, the second waits for it, and has it as soon as it ends.
    const rerun = upgradeAt(proxy.url)
    await sleep(300)
    proxy.release()
    expect((await rerun).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(expected)
  })
})

/** MariaDB is sent the last statements of a transaction and its COMMIT as one block; reads, too, go in blocks. */
const isCommit = (message: Parameters<typeof statementIn>[0]): boolean =>
  /^(COMMIT|BEGIN NOT ATOMIC[\s\S]*\bCOMMIT\b)/i.test(statementIn(message))

describeOnDialects(servers, 'row 7: a COMMIT whose answer is lost', (createDatabase, server) => {
  // MariaDB also commits notes in blocks: before the first statement of a revision, and between two of them.
  const outcomes = server === 'mariadb' ? ['unchanged', 'interrupted', 'unknown'] : ['unknown']

  it('is resolved by reading: nothing is done twice, and nothing is left out', async () => {
    const undisturbed = await createDatabase()
    const counted = await tcpProxy(undisturbed.url)
    let commits = 0
    counted.rule((message) => {
      if (isCommit(message)) commits += 1
      return 'pass'
    })
    expect((await upgradeAt(counted.url)).error).toBeUndefined()
    expect(commits).toBeGreaterThan(2)
    const expected = await pictureOf(undisturbed)

    for (let which = longRun ? 1 : 1 + Math.floor(Math.random() * 3); which <= commits; which += longRun ? 1 : 4) {
      const database = await createDatabase()
      const proxy = await tcpProxy(database.url)
      let count = 0
      let committing = 0
      proxy.rule((message) => {
        const { from, connection, kind, body } = message
        if (isCommit(message)) {
          count += 1
          if (count === which) committing = connection
        }
        if (from === 'client' || connection !== committing) return 'pass'
        // PostgreSQL may still be answering what came before it; by then it says COMMIT itself.
        return proxy.protocol === 'mysql' || (kind === 'C' && body.includes('COMMIT')) ? 'reset' : 'pass'
      })
      const { error } = await upgradeAt(proxy.url)
      expect(committing, `COMMIT ${which}`).toBeGreaterThan(0)
      expect(error?.code, `COMMIT ${which}`).toBe('CONNECTION_LOST')
      // A commit of the bookkeeping, before the first revision, leaves nothing of a revision.
      if (error?.location.revision !== undefined) expect(error.outcome, `COMMIT ${which}`).toBeOneOf(outcomes)
      proxy.calm()
      expect((await upgradeAt(proxy.url)).error, `COMMIT ${which}`).toBeUndefined()
      expect(await pictureOf(database), `COMMIT ${which}`).toEqual(expected)
      await database.drop()
    }
  })
})
