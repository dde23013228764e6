import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ask, makeFile } from './files.ts'
import { migrate, temporaryFolder } from './run-case.ts'

let folder: ReturnType<typeof temporaryFolder>
let file: string
let number = 0

beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => folder.remove())
beforeEach(() => {
  number++
  file = `${folder.path}/session-${number}.db`
  makeFile(file, [
    'CREATE TABLE things (id INTEGER PRIMARY KEY, label TEXT)',
    `INSERT INTO things VALUES (1, 'a'), (2, NULL)`,
  ])
})

const dialect = () => sqliteDialect({ url: `sqlite:${file}` })
const setting = async (
  session: Awaited<ReturnType<ReturnType<typeof dialect>['connection']['connect']>>,
  name: string,
): Promise<unknown> => Object.values((await session.query(`PRAGMA ${name}`))[0] ?? {})[0]

describe('a session', () => {
  test.each([
    ['ON', 1n],
    ['OFF', 0n],
  ] as const)(
    'that has foreign_keys %s has them so again after a rebuild that commits, that is rolled back and that fails',
    async (state, value) => {
      const session = await dialect().connection.connect({ purpose: 'run' })
      await session.execute(`PRAGMA foreign_keys = ${state}`)
      for (const end of ['commit', 'rollback', 'fail'] as const) {
        const scope = await session.begin({ foreignKeys: 'off' })
        expect(await setting(session, 'foreign_keys')).toBe(0n)
        await session.execute('PRAGMA legacy_alter_table = ON')
        if (end === 'fail') {
          await session.execute('CREATE TABLE child (id INTEGER PRIMARY KEY, thing INTEGER REFERENCES things)')
          await session.execute('INSERT INTO child VALUES (1, 77)')
          await expect(scope.commit()).rejects.toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' })
        } else await scope[end]()
        expect(await setting(session, 'foreign_keys')).toBe(value)
        expect(await setting(session, 'legacy_alter_table')).toBe(0n)
      }
      await session.close()
      expect(
        ask(file, (db) => db.prepare(`SELECT count(*) FROM sqlite_master WHERE name = 'child'`).pluck().get()),
      ).toBe(0)
    },
  )

  test('with a transaction open refuses to begin a rebuild, and the transaction continues', async () => {
    const session = await dialect().connection.connect({ purpose: 'run' })
    await session.execute('BEGIN')
    await session.execute(`UPDATE things SET label = 'mine' WHERE id = 2`)
    await expect(session.begin({ foreignKeys: 'off' })).rejects.toThrow()
    await session.execute('COMMIT')
    await session.close()
    expect(ask(file, (db) => db.prepare('SELECT label FROM things WHERE id = 2').pluck().get())).toBe('mine')
  })
})

describe('an application that has the database open', () => {
  test('and has statements prepared reads the changed table with them, its foreign keys still on', async () => {
    const app = new Database(file)
    try {
      expect(app.pragma('foreign_keys', { simple: true })).toBe(1)
      const cached = app.prepare('SELECT * FROM things ORDER BY id')
      expect(cached.raw().all()).toEqual([
        [1, 'a'],
        [2, null],
      ])
      await migrate(file, (op) =>
        op.alterTable('things', (t) => t.alterColumn('label', { nullable: false, using: `coalesce(label, 'none')` })),
      )
      expect(cached.raw().all()).toEqual([
        [1, 'a'],
        [2, 'none'],
      ])
      expect(() => app.exec('UPDATE things SET label = NULL')).toThrow(/NOT NULL/)
      expect(app.pragma('foreign_keys', { simple: true })).toBe(1)
    } finally {
      app.close()
    }
  })

  test('with a temporary table of the same name keeps that one, and the real one is rebuilt', async () => {
    const app = new Database(file)
    try {
      app.exec('CREATE TEMP TABLE things (other)')
      await migrate(file, (op) => op.alterTable('things', (t) => t.alterColumn('label', { default: 'x' })))
      expect(app.prepare('SELECT * FROM temp.things').all()).toEqual([])
      expect(app.prepare(`SELECT sql FROM main.sqlite_master WHERE name = 'things'`).pluck().get()).toMatch(
        /label TEXT DEFAULT 'x'/,
      )
    } finally {
      app.close()
    }
  })
})
