import { type HookOptions, integer, type OperationRecorder, type Revision, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { migratorAt } from '../../autogenerate/check/kit.ts'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'

const chain: readonly Revision[] = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) => {
      op.createTable('audit', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('what', text())
        t.primaryKey(['id'])
      })
    },
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade: (op: OperationRecorder) => {
      op.createTable('first', (t) => t.column('id', integer()))
      op.createTable('second', (t) => t.column('id', integer()))
    },
  },
]

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'hooks', (createDatabase, server) => {
  const commitsByItself = familyOf(server) === 'mysql'
  const prepare = async () => {
    const database = await createDatabase()
    await migratorAt(database.url, chain).upgrade('r1')
    const quoted = (name: string): string => (commitsByItself ? `\`${name}\`` : `"${name}"`)
    const tables = async (): Promise<readonly unknown[]> => {
      const schema = commitsByItself ? 'DATABASE()' : "'public'"
      const sql = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${schema} AND table_name IN ('first', 'second') ORDER BY 1`
      return (await database.sql(sql)).map(({ name }) => name)
    }
    const versions = async (): Promise<readonly unknown[]> =>
      (await database.sql(`SELECT version_num FROM ${quoted('migrate_version')}`)).map((row) => row.version_num)
    const audit = async (): Promise<readonly unknown[]> =>
      (await database.sql(`SELECT what FROM ${quoted('audit')} ORDER BY id`)).map(({ what }) => what)
    return { database, tables, versions, audit, with: (hooks: HookOptions) => migratorAt(database.url, chain, hooks) }
  }

  it('read and write rows in the transaction of the revision, which their failure takes back as far as that can be', async () => {
    const hooked = await prepare()
    const failing = hooked.with({
      beforeRevision: async ({ db }) => {
        await db.execute('INSERT INTO "audit" ("id", "what") VALUES (?, ?)', [1, 'before'])
      },
      afterRevision: async ({ db, revision }) => {
        await db.execute('INSERT INTO "audit" ("id", "what") VALUES (?, ?)', [2, 'after'])
        throw new Error(`not ${revision}`)
      },
    })
    await expect(failing.upgrade()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { hook: 'afterRevision', why: 'not r2' },
      location: { revision: 'r2' },
      outcome: commitsByItself ? 'interrupted' : 'unchanged',
    })
    expect(await hooked.versions()).toEqual(['r1'])
    expect(await hooked.tables()).toEqual(commitsByItself ? ['first', 'second'] : [])
    expect(await hooked.audit()).toEqual(commitsByItself ? ['before'] : [])

    const order: string[] = []
    const fixed = hooked.with({
      beforeRevision: () => void order.push('before'),
      afterRevision: async ({ db }) => {
        order.push('after')
        await db.execute('INSERT INTO "audit" ("id", "what") VALUES (?, ?)', [3, 'fixed'])
      },
    })
    expect((await fixed.upgrade()).applied).toEqual(['main:r2'])
    // What an earlier run started is resumed: its hook before it has been called, and what that wrote is committed.
    expect(order).toEqual(commitsByItself ? ['after'] : ['before', 'after'])
    expect(await hooked.audit()).toEqual(commitsByItself ? ['before', 'fixed'] : ['fixed'])
    expect(await hooked.versions()).toEqual(['r2'])
    expect(await hooked.tables()).toEqual(['first', 'second'])
    expect(await fixed.status()).toMatchObject({ state: 'atHead', interrupted: [] })
  })

  it('that fail or hang before a revision leave nothing of it', async () => {
    const hooked = await prepare()
    const throwing = hooked.with({ beforeRevision: () => Promise.reject(new Error('no')) })
    await expect(throwing.upgrade()).rejects.toMatchObject({ code: 'HOOK_FAILED', details: { why: 'no' } })
    const hanging = hooked.with({ beforeRevision: () => new Promise(() => undefined), hookTimeoutMs: 100 })
    await expect(hanging.upgrade()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { why: 'it did not end within 100 ms' },
    })
    expect(await hooked.tables()).toEqual([])
    expect(await hooked.with({}).status()).toMatchObject({ state: 'behind', interrupted: [] })
    expect((await hooked.with({}).upgrade()).applied).toEqual(['main:r2'])
  })

  it.each([
    ['CREATE TABLE x (a INTEGER)', 'DDL_IN_DATA_STEP'],
    ['ROLLBACK', 'TRANSACTION_CONTROL_IN_STEP'],
  ])('may not send %s', async (sql, code) => {
    const hooked = await prepare()
    const given = hooked.with({
      afterRevision: async ({ db }) => {
        await db.execute(sql)
      },
    })
    await expect(given.upgrade()).rejects.toMatchObject({ code: 'HOOK_FAILED', cause: { code } })
    expect((await hooked.with({}).upgrade()).applied).toEqual(['main:r2'])
  })

  it('are called for a stamp in its transaction', async () => {
    const hooked = await prepare()
    const refusing = hooked.with({
      afterRevision: async ({ db, direction }) => {
        await db.execute('INSERT INTO "audit" ("id", "what") VALUES (?, ?)', [9, direction])
        throw new Error('no')
      },
    })
    await expect(refusing.stamp('r2')).rejects.toMatchObject({ code: 'HOOK_FAILED' })
    expect([await hooked.versions(), await hooked.audit()]).toEqual([['r1'], []])
  })

  it('may not write the bookkeeping in a stamp either, which a signal ends while they wait', async () => {
    const hooked = await prepare()
    const writing = hooked.with({
      afterRevision: async ({ db }) => {
        await db.execute("UPDATE migrate_version SET version_num = 'r9'")
      },
    })
    const why = 'the hook `afterRevision` changed it'
    await expect(writing.stamp('r2')).rejects.toMatchObject({ code: 'BOOKKEEPING_INVALID', details: { why } })
    const hanging = hooked.with({ afterRevision: () => new Promise(() => undefined), hookTimeoutMs: 30_000 })
    await expect(hanging.stamp('r2', { signal: AbortSignal.timeout(500) })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await hooked.versions()).toEqual(['r1'])
  })
})
