import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { database, digest, folder, open, siblings } from './kit.ts'
import { unprivilegedUser } from './unprivileged-user.ts'

describe('looking', () => {
  it('at a missing file shows an empty database and makes nothing', async () => {
    const file = path.join(folder(), 'missing', 'app.db')
    const session = await open(`sqlite:${file}`, 'inspect')
    expect(await session.query('SELECT count(*) AS n FROM sqlite_schema')).toEqual([{ n: 0n }])
    await session.close()
    expect(existsSync(path.dirname(file))).toBe(false)
  })

  for (const mode of ['delete', 'wal']) {
    it(`at a ${mode} database leaves its bytes alone and no file beside it`, async () => {
      const file = database(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`)
      const before = digest(file)
      const session = await open(file, 'inspect')
      expect(await session.query('SELECT a FROM t')).toEqual([{ a: 1n }])
      await session.close()
      expect(digest(file)).toBe(before)
      expect(siblings(file)).toEqual(['app.db'])
    })
  }

  it('refuses to write', async () => {
    const session = await open(database('CREATE TABLE t (a)'), 'inspect')
    await expect(session.execute('INSERT INTO t VALUES (1)')).rejects.toMatchObject({ code: 'SQLITE_READONLY' })
  })
})

describe('running', () => {
  it('makes the file and its folder', async () => {
    const file = path.join(folder(), 'new', 'app.db')
    const session = await open(`sqlite:${file}`)
    await session.execute('CREATE TABLE t (a)')
    await session.close()
    expect(siblings(file)).toEqual(['app.db'])
  })

  it('takes a file of zero bytes as an empty database', async () => {
    const file = path.join(folder(), 'app.db')
    writeFileSync(file, '')
    expect(await (await open(file)).query('SELECT name FROM sqlite_schema')).toEqual([])
  })

  for (const mode of ['delete', 'truncate', 'persist', 'wal']) {
    it(`keeps the journal mode ${mode} that it finds`, async () => {
      const file = database(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (a)`)
      const session = await open(file)
      const scope = await session.begin({ foreignKeys: 'off' })
      await session.execute('INSERT INTO t VALUES (1)')
      await scope.commit()
      await session.close()
      // delete, truncate and persist belong to a connection; only wal is written into the file.
      const db = new Database(file)
      expect(db.pragma('journal_mode', { simple: true })).toBe(mode === 'wal' ? 'wal' : 'delete')
      db.close()
    })
  }
})

describe('what is no database', () => {
  it('a folder is DATABASE_UNREACHABLE', async () => {
    const file = path.join(folder(), 'app.db')
    mkdirSync(file)
    for (const purpose of ['inspect', 'run'] as const) {
      await expect(open(file, purpose)).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        details: { why: 'it is a folder' },
      })
    }
  })

  it('a text file is DATABASE_UNREACHABLE and stays as it is', async () => {
    const file = path.join(folder(), 'app.db')
    writeFileSync(file, 'Dear diary, this is certainly not a database file. '.repeat(40))
    const before = digest(file)
    for (const purpose of ['inspect', 'run'] as const) {
      await expect(open(file, purpose)).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        message: expect.stringContaining('not a SQLite database') as string,
        cause: { code: 'SQLITE_NOTADB' },
      })
    }
    expect(digest(file)).toBe(before)
    expect(siblings(file)).toEqual(['app.db'])
  })

  it('a path through a file is DATABASE_UNREACHABLE', async () => {
    const file = path.join(folder(), 'a')
    writeFileSync(file, '')
    await expect(open(`sqlite:${path.join(file, 'app.db')}`)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  })

  it('an unreadable file is DATABASE_UNREACHABLE, a read-only one DATABASE_READ_ONLY for runs only', () => {
    const file = database('CREATE TABLE t (a)')
    const openAsUser = unprivilegedUser()
    chmodSync(path.dirname(file), 0o755)
    chmodSync(file, 0o444)
    expect(openAsUser(file, 'inspect')).toBe('opened')
    expect(openAsUser(file, 'run')).toBe('DATABASE_READ_ONLY')
    // What the remedy says.
    chmodSync(path.dirname(file), 0o777)
    chmodSync(file, 0o666)
    expect(openAsUser(file, 'run')).toBe('opened')
    chmodSync(file, 0)
    expect(openAsUser(file, 'inspect')).toBe('DATABASE_UNREACHABLE')
  })
})
