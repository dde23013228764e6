import { type HookOptions, integer, type MigrationEvent, type OperationRecorder, text } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()
const file = (): string => `${folder.path}/app.db`

const people = (op: OperationRecorder): void => {
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.createTable('audit', (t) => {
    t.column('what', text())
  })
}
const mail = (op: OperationRecorder): void => {
  op.alterTable('people', (t) => t.addColumn('mail', text()))
}
const chain = line(people, mail)
const migrator = (hooks: HookOptions, more = {}) => migratorOn(file(), chain, { ...hooks, ...more })

describe('the hooks of revisions', () => {
  it('are called in the transaction of each, before and after it, with what is known of it', async () => {
    const calls: unknown[] = []
    await migrator(
      {
        beforeRevision: async ({ db, ...revision }) => {
          calls.push(['before', revision, await db.tableNames()])
        },
        afterRevision: async ({ db, revision, direction, removed, added }) => {
          calls.push(['after', revision, direction, removed, added])
          await db.execute('INSERT INTO "audit" ("what") VALUES (?)', [`${revision} for ${db.arguments.who}`])
        },
      },
      { arguments: { who: 'me' } },
    ).upgrade()
    expect(calls).toEqual([
      [
        'before',
        { tier: 'main', revision: 'r1', direction: 'up', message: expect.any(String), removed: [], added: ['r1'] },
        [],
      ],
      ['after', 'r1', 'up', [], ['r1']],
      [
        'before',
        { tier: 'main', revision: 'r2', direction: 'up', message: expect.any(String), removed: ['r1'], added: ['r2'] },
        expect.arrayContaining(['people', 'audit']),
      ],
      ['after', 'r2', 'up', ['r1'], ['r2']],
    ])
    expect(rowsOf(file(), 'SELECT what FROM audit')).toEqual([{ what: 'r1 for me' }, { what: 'r2 for me' }])
  })

  it.each(['beforeRevision', 'afterRevision'] as const)(
    '%s that throws takes its revision back, and the run after it ends right',
    async (hook) => {
      const cause = new Error('not today')
      const failing = migrator(
        {
          [hook]: ({ revision }: { revision: string }) => {
            if (revision === 'r2') throw cause
          },
        },
        { transaction: 'revision' },
      )
      await expect(failing.upgrade()).rejects.toMatchObject({
        code: 'HOOK_FAILED',
        details: { hook, why: 'not today' },
        location: { revision: 'r2', direction: 'up' },
        cause,
      })
      expect(rowsOf(file(), 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
      expect(rowsOf(file(), "SELECT name FROM pragma_table_info('people')")).toEqual([{ name: 'id' }, { name: 'name' }])
      expect((await migrator({}).upgrade()).applied).toEqual(['main:r2'])
    },
  )

  it('of a run that is one transaction take all of it back', async () => {
    const failing = migrator(
      {
        afterRevision: ({ revision }) => {
          if (revision === 'r2') throw new Error('no')
        },
      },
      { transaction: 'run' },
    )
    await expect(failing.upgrade()).rejects.toMatchObject({ code: 'HOOK_FAILED' })
    expect(JSON.parse(snapshot(file()))).toEqual([[], []])
  })

  it('that hang, synchronously or not awaiting what they began, are HOOK_FAILED', async () => {
    const hanging = migrator({ afterRevision: () => new Promise(() => undefined), hookTimeoutMs: 60 })
    await expect(hanging.upgrade()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { hook: 'afterRevision', why: 'it did not end within 60 ms' },
    })
    const forgetful = migrator({
      beforeRevision: ({ db }) => {
        db.query('SELECT 1')
      },
    })
    await expect(forgetful.upgrade()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { why: 'it ended without awaiting 1 of its calls: db.query' },
    })
    expect((await migrator({}).upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })

  it.each([
    ['CREATE TABLE x (a INTEGER)', 'DDL_IN_DATA_STEP'],
    ['COMMIT', 'TRANSACTION_CONTROL_IN_STEP'],
    ['PRAGMA foreign_keys = 0', 'DDL_IN_DATA_STEP'],
  ])('may not send %s', async (sql, code) => {
    const given = migrator({
      afterRevision: async ({ db }) => {
        await db.execute(sql)
      },
    })
    const thrown: unknown = await given.upgrade().catch((error: unknown) => error)
    expect(thrown).toMatchObject({
      code: 'HOOK_FAILED',
      cause: { code, message: expect.stringContaining('The hook `afterRevision` sent SQL') },
    })
  })

  it('keep a savepoint of their own, and their db is dead after them', async () => {
    let escaped: { query(sql: string): Promise<unknown> } | undefined
    await migrator({
      afterRevision: async ({ db }) => {
        escaped = db
        expect(Object.keys(db)).not.toContain('preserve')
        await db
          .transaction(async (inner) => {
            await inner.execute('INSERT INTO "audit" ("what") VALUES (?)', ['gone'])
            throw new Error('back')
          })
          .catch(() => undefined)
      },
    }).upgrade()
    expect(rowsOf(file(), 'SELECT what FROM audit')).toEqual([])
    await expect(escaped?.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
  })

  it('are called in the downgrade, and afterRevision for a stamp, in its transaction', async () => {
    const calls: unknown[] = []
    const hooks: HookOptions = {
      beforeRevision: ({ revision, direction }) => void calls.push(['before', revision, direction]),
      afterRevision: ({ revision, direction, removed, added }) =>
        void calls.push(['after', revision, direction, removed, added]),
    }
    await migrator({}).upgrade()
    await migrator(hooks).downgrade('r1')
    await migrator(hooks).stamp('r2')
    await migrator(hooks).stamp('base')
    expect(calls).toEqual([
      ['before', 'r2', 'down'],
      ['after', 'r2', 'down', ['r2'], ['r1']],
      ['after', 'r2', 'stamp', ['r1'], ['r2']],
      ['after', 'r2', 'stamp', ['r2'], []],
    ])
    const refusing = migrator({
      afterRevision: () => {
        throw new Error('no')
      },
    })
    await expect(refusing.stamp('r1')).rejects.toMatchObject({ code: 'HOOK_FAILED' })
    expect(rowsOf(file(), 'SELECT version_num FROM migrate_version')).toEqual([])
  })
})

describe('onEvent of the options', () => {
  it('hears what the listener of a run hears', async () => {
    const hook: MigrationEvent[] = []
    const listener: MigrationEvent[] = []
    await migrator({ onEvent: (event) => void hook.push(event) }).upgrade('head', {
      onEvent: (event) => listener.push(event),
    })
    expect(hook).toEqual(listener)
    expect(hook.at(-1)).toMatchObject({ type: 'finished' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('deaf')
      },
    ],
    ['rejects', () => Promise.reject(new Error('deaf'))],
  ])('that %s stops the run where its revision is taken back, and the next run ends right', async (_how, fail) => {
    const failing = migrator(
      {
        onEvent: (event) =>
          event.type === 'stepStarted' && event.revision === 'r2' ? (fail() as Promise<void>) : undefined,
      },
      { transaction: 'revision' },
    )
    await expect(failing.upgrade()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { hook: 'onEvent', why: 'deaf' },
    })
    expect(rowsOf(file(), 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
    expect((await migrator({}).upgrade()).applied).toEqual(['main:r2'])
  })

  it('that never ends is reported at the end', async () => {
    const hanging = migrator({ onEvent: () => new Promise(() => undefined), hookTimeoutMs: 50 })
    await expect(hanging.upgrade()).rejects.toMatchObject({ code: 'HOOK_FAILED', details: { hook: 'onEvent' } })
    expect((await migrator({}).upgrade()).applied).toEqual([])
  })
})

describe('afterHead', () => {
  it('is called where an upgrade or a start has found or brought the database at the head, and nowhere else', async () => {
    const calls: unknown[] = []
    const given = migrator({ afterHead: (head) => void calls.push(head) })
    await given.upgrade('r1')
    await given.downgrade('base')
    await given.stamp('r2')
    await given.stamp('base')
    expect(calls).toEqual([])
    await given.upgrade('r2').catch(() => undefined)
    await given.upgrade()
    for (const mode of ['apply', 'verify', 'wait'] as const) await given.ensure({ mode })
    const head = { database: file(), revision: ['r2'] }
    expect(calls).toEqual([{ ...head, migrated: true }, ...Array(4).fill({ ...head, migrated: false })])
  })

  it('that throws or hangs fails the call; what was migrated stays, and nothing is locked', async () => {
    const failing = migrator({ afterHead: () => Promise.reject(new Error('no settings')) })
    await expect(failing.ensure({ mode: 'apply' })).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      details: { hook: 'afterHead', why: 'no settings' },
    })
    expect(rowsOf(file(), 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r2' }])
    expect((await migrator({}).lock.report()).held).toBe(false)
    const hanging = migrator({ afterHead: () => new Promise(() => undefined), hookTimeoutMs: 30 })
    await expect(hanging.upgrade()).rejects.toMatchObject({ code: 'HOOK_FAILED', details: { hook: 'afterHead' } })
  })
})

it('a hook that is no function, and a time that is none, are INVALID_OPTION', () => {
  expect(() => migrator({ afterHead: 'x' as never })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  expect(() => migrator({ hookTimeoutMs: -1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})
