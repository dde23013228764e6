import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { needsDriver } from '../../../kit/sqlite-client/needs-driver.ts'
import { database, folder, open as openPlain, siblings } from '../connection/kit.ts'
import { leaveJournal } from './killed.ts'
import { encrypted, keyed, open, raw, traces } from './kit.ts'

needsDriver('better-sqlite3-multiple-ciphers')

const original = fileURLToPath(new URL('../../../kit/fixtures/sqlcipher/made-by-4.6.1.db', import.meta.url))
/** Raw keys, because to derive one from a text takes SQLCipher a tenth of a second. */
const rawKey = (digits: string): string => `x'${digits.repeat(8)}'`
const [right, wrong] = [rawKey('c0ffee17'), rawKey('0badf00d')]
const canary = 'canary-7d1f9b'

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('an encrypted database', () => {
  it('that SQLCipher itself has made is read and written', async () => {
    const file = path.join(folder(), 'app.db')
    copyFileSync(original, file)
    const session = await open(file, `it's a "key"`)
    expect(await session.query('SELECT * FROM notes')).toEqual([
      { id: 1n, body: 'first' },
      { id: 2n, body: 'grüße' },
    ])
    await session.execute(`INSERT INTO notes VALUES (3, 'ours')`)
    await session.close()
    expect(raw(file, `it's a "key"`, (db) => db.prepare('SELECT count(*) FROM notes').pluck().get())).toBe(3)
  })

  it.each([
    ['with quotes', `it's "quoted" \`too\`; --`],
    ['in other scripts', 'ключ 🗝'],
    ['with spaces at its ends', ' k '],
    ['as raw hex', `x'${'0f'.repeat(32)}'`],
    ['as raw hex with its salt', `x'${'a1'.repeat(48)}'`],
  ])('has the key that other programs take: %s', async (_, key) => {
    const file = path.join(folder(), 'new', 'app.db')
    const session = await open(file, key)
    await session.execute('CREATE TABLE t (a)')
    await session.execute('INSERT INTO t VALUES (42)')
    await session.close()
    expect(readFileSync(file).subarray(0, 6).toString('latin1')).not.toBe('SQLite')
    expect(raw(file, key, (db) => db.prepare('SELECT a FROM t').pluck().get())).toBe(42)
    expect(() => raw(file, wrong, (db) => db.prepare('SELECT a FROM t').get())).toThrow('file is not a database')
  })

  for (const mode of ['delete', 'wal']) {
    it(`in ${mode} mode is rebuilt, vacuumed and kept in that mode`, async () => {
      const file = encrypted(
        right,
        `PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES ('${canary}')`,
      )
      const session = await open(file, right)
      const scope = await session.begin({ foreignKeys: 'off' })
      await session.execute('CREATE TABLE t2 (a TEXT)')
      await session.execute('INSERT INTO t2 SELECT a FROM t')
      await session.execute('DROP TABLE t')
      await session.execute('ALTER TABLE t2 RENAME TO t')
      await scope.commit()
      await session.execute('VACUUM')
      await session.close()
      expect(siblings(file)).toEqual(['app.db'])
      expect(readFileSync(file).includes(canary)).toBe(false)
      expect(
        raw(file, right, (db) => [
          db.prepare('SELECT a FROM t').pluck().get(),
          db.pragma('journal_mode', { simple: true }),
        ]),
      ).toEqual([canary, mode])
    })
  }

  it('spills nothing into the files of the system', async () => {
    const session = await open(encrypted(right, 'CREATE TABLE t (a)'), right)
    await session.execute('CREATE TEMP TABLE much (a)')
    await session.execute(
      'INSERT INTO much WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 150000) SELECT hex(zeroblob(100)) FROM c',
    )
    expect(await session.query('PRAGMA temp_store')).toEqual([{ temp_store: 2n }])
    const descriptors = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []
    const files = descriptors.flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/fd/${name}`)]
      } catch {
        return []
      }
    })
    expect(files.filter((name) => name.includes('etilqs'))).toEqual([])
  })

  it('is opened by every connection of a pool', async () => {
    const file = encrypted(right, `CREATE TABLE t (a); INSERT INTO t VALUES ('kept')`)
    const db = openSqlite({ url: `sqlite+sqlcipher://${file}`, key: right, journalMode: 'wal' })
    const rows = await Promise.all(
      [1, 2, 3].map(() => db.withSession(async (session) => session.db.all(sql`SELECT a FROM t`))),
    )
    expect(rows.flat()).toHaveLength(3)
    await db.close()
    expect(raw(file, right, (each) => each.pragma('journal_mode', { simple: true }))).toBe('wal')
  })

  it('has a lock beside it that holds nothing of it', async () => {
    const file = encrypted(right, `CREATE TABLE secret_table (a); INSERT INTO secret_table VALUES ('${canary}')`)
    const [one, two] = [await open(file, right), await open(file, right)]
    expect(await one.runLock?.('migrate_history').take()).toBe(true)
    expect(await two.runLock?.('migrate_history').take()).toBe(false)
    await one.close()
    const lock = readFileSync(`${file}-migrate.lock`)
    expect(lock.subarray(0, 15).toString('latin1')).toBe('SQLite format 3')
    expect(lock.includes(canary) || lock.includes('c0ffee17') || lock.includes('secret_table')).toBe(false)
  })

  for (const mode of ['delete', 'wal']) {
    it(`in ${mode} mode has a backup that is encrypted with the same key`, async () => {
      const file = encrypted(
        right,
        `PRAGMA journal_mode = ${mode}; PRAGMA user_version = 3; CREATE TABLE t (a); INSERT INTO t (rowid, a) VALUES (5, '${canary}'), (900, 'b');
        CREATE TABLE k (id TEXT PRIMARY KEY); INSERT INTO k (rowid, id) VALUES (7, 'x'); CREATE VIRTUAL TABLE f USING fts5(w); INSERT INTO f VALUES ('word')`,
      )
      const before = readFileSync(file)
      const target = path.join(folder(), 'copy.db')
      const session = await open(file, right)
      await session.backup?.(target)
      await session.close()
      expect(readFileSync(file).equals(before)).toBe(true)
      expect(siblings(target)).toEqual(['copy.db'])
      expect(readFileSync(target).includes(canary)).toBe(false)
      const rowsWith = (each: string) =>
        raw(each, right, (db) => [
          db.prepare('SELECT rowid, a FROM t ORDER BY 1').raw().all(),
          db.prepare('SELECT rowid, id FROM k').raw().all(),
          db.prepare(`SELECT rowid FROM f WHERE f MATCH 'word'`).raw().all(),
          db.pragma('user_version', { simple: true }),
          db.pragma('journal_mode', { simple: true }),
          db.pragma('integrity_check', { simple: true }),
        ])
      expect(rowsWith(target)).toEqual([
        [
          [5, canary],
          [900, 'b'],
        ],
        [[7, 'x']],
        [[1]],
        3,
        mode,
        'ok',
      ])
      expect(rowsWith(target)).toEqual(rowsWith(file))
      expect(() => raw(target, wrong, (db) => db.prepare('SELECT * FROM t').all())).toThrow('file is not a database')
    })
  }
})

it.each([
  ['a text', `it's ${canary}`],
  ['raw hex', right],
  ['raw hex with its salt', `x'${'a1'.repeat(48)}'`],
])('a backup has the key of the database where that is %s', async (_, key) => {
  const target = path.join(folder(), 'copy.db')
  const session = await open(encrypted(key, 'CREATE TABLE t (a); INSERT INTO t VALUES (42)'), key)
  await session.backup?.(target)
  expect(raw(target, key, (db) => db.prepare('SELECT a FROM t').pluck().get())).toBe(42)
})

describe('the wrong key', () => {
  for (const mode of ['delete', 'wal']) {
    it(`is WRONG_KEY, and a ${mode} database is not touched`, async () => {
      const file = encrypted(right, `PRAGMA journal_mode = ${mode}; CREATE TABLE t (a)`)
      const before = traces(file)
      for (const purpose of ['inspect', 'run'] as const) {
        await expect(open(file, wrong, purpose)).rejects.toMatchObject({
          code: 'WRONG_KEY',
          details: { database: file },
          message: `cannot open ${file}: wrong key, or not an encrypted database`,
        })
      }
      const pool = openSqlite({ url: `sqlite+sqlcipher://${file}`, key: wrong, journalMode: 'wal' })
      await expect(pool.withSession(async () => undefined)).rejects.toMatchObject({ code: 'WRONG_KEY' })
      await pool.close()
      expect(traces(file)).toEqual(before)
    })
  }

  it('is WRONG_KEY for a file that is not encrypted, which is not touched', async () => {
    const file = database('CREATE TABLE t (a)')
    const before = traces(file)
    await expect(open(file, right)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await expect(open(file, right, 'inspect')).rejects.toMatchObject({ code: 'WRONG_KEY' })
    expect(traces(file)).toEqual(before)
  })

  it('does not play back the journal of a process that was killed; the right one does', async () => {
    const file = await leaveJournal({ encrypted: true, key: 'right' })
    expect(siblings(file)).toEqual(['app.db', 'app.db-journal'])
    expect(readFileSync(`${file}-journal`).includes('unchanged')).toBe(false)
    const before = traces(file)
    await expect(open(file, 'wrong')).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await expect(openPlain(file)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    await expect(openPlain(file, 'inspect')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    expect(traces(file)).toEqual(before)
    const session = await open(file, 'right')
    expect(await session.query(`SELECT count(*) AS n FROM t WHERE a LIKE 'unchanged%'`)).toEqual([{ n: 3000n }])
    expect(await session.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })

  it('as raw hex does not either', async () => {
    const file = await leaveJournal({ encrypted: true, key: right })
    const before = traces(file)
    await expect(open(file, wrong)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    expect(traces(file)).toEqual(before)
    const session = await open(file, right)
    expect(await session.query(`SELECT count(*) AS n FROM t WHERE a LIKE 'unchanged%'`)).toEqual([{ n: 3000n }])
  })

  it('does not touch a file that is not encrypted, with such a journal', async () => {
    const file = await leaveJournal({ encrypted: false })
    const before = traces(file)
    await expect(open(file, right)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    expect(traces(file)).toEqual(before)
    const session = await openPlain(file)
    expect(await session.query(`SELECT count(*) AS n FROM t WHERE a LIKE 'unchanged%'`)).toEqual([{ n: 3000n }])
  })

  it('takes no log of a process that was killed back into the file, nor does none', async () => {
    const file = await leaveJournal({ encrypted: true, key: right }, 'wal')
    expect(siblings(file)).toEqual(['app.db', 'app.db-shm', 'app.db-wal'])
    const bytes = (): readonly string[] => [file, `${file}-wal`].map((each) => readFileSync(each).toString('base64'))
    const before = bytes()
    await expect(openPlain(file)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    await expect(open(file, wrong)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    expect(bytes()).toEqual(before)
    const session = await open(file, right)
    expect(await session.query(`SELECT count(*) AS n FROM t WHERE a LIKE 'unchanged%'`)).toEqual([{ n: 3000n }])
  })

  it('none at all is DATABASE_UNREACHABLE, and nothing is touched', async () => {
    const file = encrypted(right, 'CREATE TABLE t (a)')
    const before = traces(file)
    for (const purpose of ['inspect', 'run'] as const) {
      await expect(openPlain(file, purpose)).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        message: expect.stringContaining('or it is encrypted') as string,
      })
    }
    expect(traces(file)).toEqual(before)
  })
})

describe('a key', () => {
  const url = 'sqlite+sqlcipher:///var/app.db'
  it.each([
    ['is missing', { url }],
    ['is empty', { url, key: '' }],
    ['is blank', { url, key: ' \t' }],
    ['holds a NUL character', { url, key: `${canary}\0b` }],
    ['comes with a database that is not encrypted', { url: 'sqlite:////var/app.db', key: canary }],
    ['comes with a database in memory', { url: ':memory:', key: canary }],
  ])('that %s is INVALID_OPTION, here and for a pool', (_, options) => {
    for (const make of [() => sqliteDialect(options), () => openSqlite(options)]) {
      expect(make).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          details: expect.objectContaining({ option: 'key' }) as object,
        }),
      )
    }
  })

  it('that is missing is asked for by the name of its variable', () => {
    expect(() => sqliteDialect({ url })).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('DATABASE_PASSWORD') as string }),
    )
  })

  it('is in no error, and in nothing that can be printed', async () => {
    const garbage = path.join(folder(), 'app.db')
    writeFileSync(garbage, 'no database at all. '.repeat(500))
    const file = encrypted(canary, 'CREATE TABLE t (a UNIQUE)')
    const session = await open(file, canary)
    await session.execute('INSERT INTO t VALUES (1)')
    const errors = await Promise.all([
      failure(open(garbage, canary)),
      failure(open(path.dirname(garbage), canary)),
      failure(session.execute('INSERT INTO t VALUES (1)')),
      failure(session.execute('SELECT * FROM nowhere')),
      failure(session.backup?.(file) ?? Promise.resolve()),
      failure(Promise.resolve().then(() => sqliteDialect({ url: ':memory:', key: canary }))),
      failure(Promise.resolve().then(() => sqliteDialect({ url, key: `${canary}\0` }))),
    ])
    expect(errors.every((error) => error instanceof Error)).toBe(true)
    const dialect = sqliteDialect({ url, key: canary })
    const pool = openSqlite({ url, key: canary })
    const hex = Buffer.from(canary).toString('hex')
    for (const each of [...errors, dialect, pool, session, session.runLock?.('migrate_history')]) {
      const text =
        inspect(each, { depth: null, showHidden: true, getters: true }) +
        String((each as Error).stack) +
        JSON.stringify(each)
      expect(text).not.toContain(canary)
      expect(text.replace(/\s/g, '')).not.toContain(hex)
    }
    expect(process.title + process.argv.join(' ')).not.toContain(canary)
    for (const name of readdirSync(path.dirname(file)))
      expect(readFileSync(path.join(path.dirname(file), name)).includes(canary)).toBe(false)
    expect(keyed(file, canary).close()).toBeDefined()
  })
})
