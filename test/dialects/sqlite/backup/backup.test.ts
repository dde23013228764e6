import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { database, digest, folder, open, raw, siblings } from '../connection/kit.ts'
import { end, program, racer } from '../lock/processes.ts'

const sample = `
  PRAGMA user_version = 7; PRAGMA application_id = 99;
  CREATE TABLE t (a); INSERT INTO t (rowid, a) VALUES (5, 'five'), (77, NULL), (-3, x'00ff');
  CREATE INDEX t_a ON t (a) WHERE a IS NOT NULL;
  CREATE TABLE k (id TEXT PRIMARY KEY, "rowid" TEXT) WITHOUT ROWID; INSERT INTO k VALUES ('a', 'b');
  CREATE TABLE hidden ("rowid" TEXT, "_rowid_" TEXT, "oid" TEXT); INSERT INTO hidden VALUES ('x', 'y', 'z');
  CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO n VALUES (9); DELETE FROM n;
  CREATE TABLE "odd "" name" (c); INSERT INTO "odd "" name" VALUES (1);
  CREATE VIRTUAL TABLE words USING fts5(word); INSERT INTO words VALUES ('hello');
  CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;
  ANALYZE;`

/** Everything that a reader can see, by the raw driver. */
const contents = (file: string): unknown =>
  raw(file, (db) => ({
    schema: db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2').raw().all(),
    t: db.prepare('SELECT rowid, a FROM t ORDER BY rowid').raw().all(),
    k: db.prepare('SELECT * FROM k').raw().all(),
    hidden: db.prepare('SELECT * FROM hidden').raw().all(),
    sequence: db.prepare('SELECT * FROM sqlite_sequence').raw().all(),
    words: db.prepare(`SELECT rowid, word FROM words WHERE words MATCH 'hello'`).raw().all(),
    statistics: db.prepare('SELECT * FROM sqlite_stat1 ORDER BY 1, 2').raw().all(),
    settings: ['user_version', 'application_id', 'journal_mode'].map((name) => db.pragma(name, { simple: true })),
  }))

const many =
  'CREATE TABLE big (b); WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 4000) INSERT INTO big SELECT randomblob(3500) FROM c'

async function backUp(file: string, target: string, signal?: AbortSignal): Promise<void> {
  const session = await open(file)
  if (session.backup === undefined) throw new Error('there is no backup')
  try {
    await session.backup(target, signal)
  } finally {
    await session.close()
  }
}

describe('a backup of a SQLite database', () => {
  for (const mode of ['delete', 'wal']) {
    it(`in ${mode} mode holds everything, and nothing is left beside it`, async () => {
      const file = database(`PRAGMA journal_mode = ${mode}; ${sample}`)
      const before = digest(file)
      const target = path.join(folder(), 'copy.db')
      await backUp(file, target)
      expect(contents(target)).toEqual(contents(file))
      expect(digest(file)).toBe(before)
      expect(siblings(target)).toEqual(['copy.db'])
      expect(siblings(file)).toEqual(['app.db'])
      expect(raw(target, (db) => db.pragma('integrity_check', { simple: true }))).toBe('ok')
    })
  }

  it('holds what others have committed into the write-ahead log', async () => {
    const file = database(`PRAGMA journal_mode = wal; ${sample}`)
    const writer = new Database(file)
    onTestFinished(() => void writer.close())
    writer.exec(`INSERT INTO t VALUES ('late')`)
    const target = path.join(folder(), 'copy.db')
    await backUp(file, target)
    expect(raw(target, (db) => db.prepare(`SELECT count(*) FROM t WHERE a = 'late'`).pluck().get())).toBe(1)
    writer.exec(`INSERT INTO t VALUES ('later')`)
  })

  it('has the rights of the database', async () => {
    const file = database(sample)
    chmodSync(file, 0o600)
    const target = path.join(path.dirname(file), 'copy.db')
    await backUp(file, target)
    expect(statSync(target).mode & 0o777).toBe(0o600)
  })

  it('carries over rows that break a rule of their table', async () => {
    const file = database(
      'CREATE TABLE t (a CHECK (a > 0)); PRAGMA ignore_check_constraints = 1; INSERT INTO t VALUES (-1)',
    )
    const target = path.join(folder(), 'copy.db')
    await backUp(file, target)
    expect(raw(target, (db) => db.prepare('SELECT a FROM t').pluck().get())).toBe(-1)
  })

  it('of an empty database is one', async () => {
    const file = path.join(folder(), 'app.db')
    writeFileSync(file, '')
    const target = path.join(folder(), 'copy.db')
    await backUp(file, target)
    expect(raw(target, (db) => db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get())).toBe(0)
  })

  it('is not offered in memory, nor to who only looks', async () => {
    expect((await open(':memory:')).backup).toBeUndefined()
    expect((await open(database(sample), 'inspect')).backup).toBeUndefined()
  })

  it('is refused inside a transaction', async () => {
    const session = await open(database(sample))
    const scope = await session.begin()
    const target = path.join(folder(), 'copy.db')
    await expect(session.backup?.(target)).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await scope.rollback()
    expect(existsSync(target)).toBe(false)
  })

  it('leaves the session and the database ready for writing', async () => {
    const session = await open(database(sample))
    await session.backup?.(path.join(folder(), 'copy.db'))
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (8)')
    await scope.commit()
    expect(await session.query('SELECT a FROM t WHERE a = 8')).toEqual([{ a: 8n }])
  })
})

describe('a backup is refused, with nothing made or changed,', () => {
  it.each([
    ['where the file exists', 'copy.db', /exists, and is not written over/],
    ['where a log of such a file exists, which would be played into it', 'copy.db-wal', /copy\.db-wal exists/],
  ])('%s', async (_, name, message) => {
    const [file, target] = [database(sample), path.join(folder(), 'copy.db')]
    const taken = path.join(path.dirname(target), name)
    writeFileSync(taken, 'precious')
    await expect(backUp(file, target)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'backup' },
      message: expect.stringMatching(message) as string,
    })
    expect(readFileSync(taken, 'utf8')).toBe('precious')
    expect(siblings(target)).toEqual([name])
  })

  it('where the file is the database', async () => {
    const file = database(sample)
    const before = digest(file)
    await expect(backUp(file, file)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(digest(file)).toBe(before)
  })

  it('where the folder is not there, or is a file', async () => {
    const file = database(sample)
    await expect(backUp(file, path.join(folder(), 'none', 'copy.db'))).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(backUp(file, path.join(file, 'copy.db'))).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('where the database is damaged', async () => {
    const file = database(`${sample} ${many}; CREATE INDEX big_b ON big (b)`)
    const size = statSync(file).size
    // A page in the middle of the index: nothing but a check of the whole would find it.
    const handle = openSync(file, 'r+')
    writeSync(handle, Buffer.alloc(4096, 0x5a), 0, 4096, Math.floor(size / 4096 / 2) * 4096)
    const target = path.join(folder(), 'copy.db')
    await expect(backUp(file, target)).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
    expect(siblings(target)).toEqual([])
  })

  it('where it is stopped, before and in the middle', async () => {
    const file = database(many)
    const target = path.join(folder(), 'copy.db')
    const reason = new Error('no more')
    await expect(backUp(file, target, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const stopWhenStarted = setInterval(() => {
      if (readdirSync(path.dirname(target)).length > 0) controller.abort(reason)
    }, 0)
    await expect(backUp(file, target, controller.signal)).rejects.toBe(reason)
    clearInterval(stopWhenStarted)
    expect(siblings(target)).toEqual([])
    await backUp(file, target)
    expect(raw(target, (db) => db.prepare('SELECT count(*) FROM big').pluck().get())).toBe(4000)
  })

  it('where the disk is full', async () => {
    const file = database(many)
    const target = path.join(folder(), 'copy.db')
    const command = `trap '' XFSZ; ulimit -f 4000; exec "${process.execPath}" "${await program()}" backup "${file}" "${target}"`
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'STATEMENT_FAILED', details: { database: file } })
    expect(siblings(target)).toEqual([])
  })
})

it('a process that is killed while it copies leaves no half file of that name, and the database as it was', async () => {
  const file = database(many)
  const before = digest(file)
  let killed = 0
  // On a busy machine a copy may be faster than the eye that watches it.
  for (let attempt = 0; attempt < 20 && killed < 3; attempt += 1) {
    const target = path.join(folder(), 'copy.db')
    const child = await racer('backup', file, target)
    const ended = end(child)
    const watch = setInterval(() => {
      if (readdirSync(path.dirname(target)).length > 0) child.kill('SIGKILL')
    }, 1 + attempt)
    const { how } = await ended
    clearInterval(watch)
    if (how === 'SIGKILL') killed += 1
    const rowCount = existsSync(target)
      ? raw(target, (db) => db.prepare('SELECT count(*) FROM big').pluck().get())
      : 4000
    expect(rowCount).toBe(4000)
    expect(siblings(target).filter((name) => !name.includes('.part'))).toEqual(existsSync(target) ? ['copy.db'] : [])
  }
  expect(killed).toBe(3)
  expect(digest(file)).toBe(before)
})

describe('the name of a backup', () => {
  it.each([
    '-journal',
    '-wal',
    '-shm',
    '-JOURNAL',
    '-migrate.lock',
    '-migrate.lock-journal',
    '-migrate-0a1b2c3d.lock',
    '-mj0A1B2C9D3',
  ])('is refused with %s behind that of a database: SQLite would delete the copy, or play it back', async (suffix) => {
    const file = database(sample)
    const before = digest(file)
    for (const name of [`${file}${suffix}`, path.join(folder(), `other.db${suffix}`)]) {
      await expect(backUp(file, name)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'backup' },
        message: expect.stringContaining('nothing was changed'),
      })
      expect(existsSync(name)).toBe(false)
    }
    expect(digest(file)).toBe(before)
  })

  it('may hold these words elsewhere, and the copy is still there after the database was opened again', async () => {
    const file = database(sample)
    for (const name of [`${file}-backup`, `${file}-journal.bak`, path.join(folder(), '-wal')]) {
      await backUp(file, name)
      raw(file, (db) => db.exec('CREATE TABLE IF NOT EXISTS later (x)'))
      expect(raw(name, (db) => db.pragma('integrity_check', { simple: true }))).toBe('ok')
    }
  })
})
