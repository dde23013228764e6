import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@org/migrate-schema/database'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keyed } from '../../dialects/sqlite/encrypted/kit.ts'
import { needsDriver } from '../../kit/sqlite-client/needs-driver.ts'
import { createFileDatabase, failure, head, openService } from './kit.ts'

/** Values of the pragmas as SQLite itself says them of the connection that the service uses. */
async function pragmasOf(env: Record<string, string | undefined>): Promise<readonly unknown[]> {
  const service = await openService(env)
  if (service.dialect !== 'sqlite') throw new Error(service.dialect)
  const { db } = service
  const names = ['journal_mode', 'synchronous', 'cache_size', 'temp_store', 'mmap_size', 'journal_size_limit']
  const rows: unknown[] = []
  for (const name of names) {
    const [row] = await db.all<unknown[]>(sql.raw(`PRAGMA ${name}`))
    const value: unknown = Object.values(row ?? {})[0]
    rows.push(typeof value === 'bigint' ? Number(value) : value)
  }
  await service.close()
  return rows
}

describe('the file of a service', () => {
  it('is set up as the variables say with each connection, and only once it is migrated', async () => {
    const { env, file, sql: raw } = createFileDatabase()
    const modes: unknown[] = []
    const service = await openService(
      { ...env, DATABASE_ENABLE_SQLITE_WAL: 'true' },
      {
        onEvent: ({ type }) => {
          if (type === 'stepStarted' || type === 'finished') modes.push(existsSync(`${file}-wal`))
        },
      },
    )
    expect(modes.length).toBeGreaterThan(39)
    expect(modes).not.toContain(true)
    expect(await raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }])
    await service.withTransaction(async () => undefined)
    await service.close()
    const prefix = 'DATABASE_SQLITE_PRAGMA_'
    expect(await pragmasOf({ ...env, DATABASE_ENABLE_SQLITE_WAL: 'true' })).toEqual([
      'wal',
      1,
      -65536,
      2,
      268435456,
      67108864,
    ])
    expect(await raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
    const otherVariables = {
      SYNCHRONOUS: 'EXTRA',
      CACHE_SIZE: '-100',
      TEMP_STORE: 'FILE',
      MMAP_SIZE: '0',
      JOURNAL_SIZE_LIMIT: '-1',
    }
    const prefixed = Object.fromEntries(Object.entries(otherVariables).map(([name, value]) => [prefix + name, value]))
    expect(await pragmasOf({ ...env, ...prefixed })).toEqual(['delete', 3, -100, 1, 0, -1])
    expect(await raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }])
    const emptied = Object.fromEntries(Object.keys(otherVariables).map((name) => [prefix + name, '']))
    const own = new Database(':memory:')
    const defaults = ['synchronous', 'cache_size', 'temp_store', 'journal_size_limit'].map((name) =>
      own.pragma(name, { simple: true }),
    )
    own.close()
    const [mode, synchronous, cache, temp, , limit] = await pragmasOf({ ...env, ...emptied })
    expect([mode, synchronous, cache, temp, limit]).toEqual(['delete', ...defaults])
  })

  it('may be memory: what was migrated there is what the service has', async () => {
    const service = await openService({ DATABASE_URL: 'sqlite://' })
    if (service.dialect !== 'sqlite') throw new Error(service.dialect)
    expect(service.database).toBe(':memory:')
    expect(await service.db.select().from(service.tables.chat)).toEqual([])
    expect(await service.readiness()).toEqual({ state: 'atHead', revision: [head], pending: 0 })
  })

  it('is relative to the folder that the caller names', async () => {
    const { folder } = createFileDatabase()
    const service = await openService({ DATABASE_URL: 'sqlite:///a/b.db' }, { baseDirectory: folder })
    expect(service.database).toBe(join(folder, 'a/b.db'))
    const other = await openService({}, { baseDirectory: folder, dataFolder: 'store' })
    expect(other.database).toBe(join(folder, 'store/webui.db'))
  })

  it('names the variable whose URL the dialect refuses', async () => {
    expect(await failure(openDatabase({ DATABASE_URL: 'sqlite:///a\0b' }))).toMatchObject({
      code: 'INVALID_URL',
      message: expect.stringMatching(/^DATABASE_URL: /),
    })
  })

  it('is opened with nothing by the import, and by a start that fails nothing is left open', async () => {
    const { env, file, folder } = createFileDatabase()
    writeFileSync(file, 'this is no database, and long enough to be read as one')
    const error = await failure(openDatabase(env))
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    expect(readFileSync(file, 'utf8')).toBe('this is no database, and long enough to be read as one')
    expect(readdirSync(folder)).toEqual(['webui.db'])
  })
})

describe('ollama.db of an old release', () => {
  function old(folder: string): void {
    const db = new Database(join(folder, 'ollama.db'))
    db.exec(`CREATE TABLE left_over (a TEXT); INSERT INTO left_over VALUES ('old')`)
    db.close()
  }

  it('becomes webui.db and is migrated', async () => {
    const database = createFileDatabase()
    old(database.folder)
    const { notes } = await openService(database.env)
    expect(notes).toContain(`${join(database.folder, 'ollama.db')} was renamed to webui.db`)
    expect(await database.sql('SELECT * FROM left_over')).toEqual([{ a: 'old' }])
    expect(readdirSync(database.folder).filter((name) => name.startsWith('ollama'))).toEqual([])
  })

  it('never takes the place of a webui.db: both stay as they are, to the byte', async () => {
    const database = createFileDatabase()
    old(database.folder)
    await database.sql('CREATE TABLE newer (a TEXT)')
    const before = ['ollama.db', 'webui.db'].map((name) => readFileSync(join(database.folder, name)))
    const error = await failure(openDatabase(database.env))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'DATA_DIR' } })
    expect(error.message).toMatch(/webui\.db is there already/)
    expect(['ollama.db', 'webui.db'].map((name) => readFileSync(join(database.folder, name)))).toEqual(before)
    expect(readdirSync(database.folder).sort()).toEqual(['ollama.db', 'webui.db'])
  })

  it('takes along what was committed and stands beside it in the -wal file', async () => {
    const database = createFileDatabase()
    const logFolder = mkdtempSync(join(tmpdir(), 'wal-'))
    onTestFinished(() => rmSync(logFolder, { recursive: true }))
    const db = new Database(join(logFolder, 'x.db'))
    db.pragma('journal_mode = WAL')
    db.exec(`CREATE TABLE left_over (a TEXT); INSERT INTO left_over VALUES ('in the log')`)
    // As a program that was killed leaves it: the file without what the log holds.
    for (const end of ['', '-wal'])
      writeFileSync(join(database.folder, `ollama.db${end}`), readFileSync(join(logFolder, `x.db${end}`)))
    db.close()
    await openService(database.env)
    expect(await database.sql('SELECT * FROM left_over')).toEqual([{ a: 'in the log' }])
  })

  it('is resumed where a start was killed between two names, and by several starts at once', async () => {
    const interrupted = createFileDatabase()
    old(interrupted.folder)
    linkSync(join(interrupted.folder, 'ollama.db'), interrupted.file)
    await openService(interrupted.env)
    expect(await interrupted.sql('SELECT * FROM left_over')).toEqual([{ a: 'old' }])
    const many = createFileDatabase()
    old(many.folder)
    await Promise.all(Array.from({ length: 4 }, () => openService(many.env)))
    expect(await many.sql('SELECT * FROM left_over')).toEqual([{ a: 'old' }])
    for (const { folder } of [interrupted, many]) {
      expect(readdirSync(folder).filter((name) => name.startsWith('ollama'))).toEqual([])
    }
  })

  it('stays where the database is another one, and is refused where the database is to be encrypted', async () => {
    const database = createFileDatabase()
    old(database.folder)
    await openService({ ...database.env, DATABASE_URL: 'sqlite://' })
    const encrypted = { ...database.env, DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_PASSWORD: 'c4nary-key' }
    const error = await failure(openDatabase(encrypted))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'DATA_DIR' } })
    expect(readdirSync(database.folder)).toEqual(['ollama.db'])
  })
})

describe('an encrypted file', () => {
  needsDriver('better-sqlite3-multiple-ciphers')
  it('is migrated and used with DATABASE_PASSWORD, and neither tier opens it without', async () => {
    const database = createFileDatabase()
    const key = `it's a "key" 100%`
    const env = { ...database.env, DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_PASSWORD: key }
    const service = await openService({ ...env, DATABASE_ENABLE_SQLITE_WAL: 'true', DATABASE_POOL_SIZE: '2' })
    if (service.dialect !== 'sqlite') throw new Error(service.dialect)
    expect(service.started.applied).toHaveLength(39)
    const { config } = service.tables
    await service.withTransaction((db) => db.insert(config).values({ key: 'mark', value: { text: 'plain words' } }))
    await service.close()
    const bytes = readFileSync(database.file)
    expect([
      bytes.includes('plain words'),
      bytes.includes('migratehistory'),
      bytes.includes('SQLite format 3'),
    ]).toEqual([false, false, false])
    const raw = keyed(database.file, key)
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(raw.prepare('SELECT COUNT(*) FROM migratehistory').pluck().get()).toBe(18)
    expect(raw.prepare('SELECT version_num FROM migrate_version').pluck().all()).toEqual([head])
    raw.close()
    expect((await openService(env)).started.applied).toEqual([])

    const before = readFileSync(database.file)
    const wrong = await failure(openDatabase({ ...env, DATABASE_PASSWORD: 'c4nary-key' }))
    expect(wrong).toMatchObject({ code: 'WRONG_KEY' })
    expect(`${wrong.message} ${JSON.stringify(wrong)}`).not.toContain('c4nary')
    const plain = await failure(openDatabase(database.env))
    expect(plain).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    const blank = await failure(openDatabase({ ...env, DATABASE_PASSWORD: ' ' }))
    expect(blank.message).toMatch(/^DATABASE_PASSWORD: /)
    expect(readFileSync(database.file)).toEqual(before)
  })
})
