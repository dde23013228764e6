import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { MigrationEvent } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { killedAndResumed } from '../../../kit/killed-run.ts'
import { line, migratorOf } from '../../../kit/migrator.ts'

beforeAll(ensureBuilt)

const memory = 'pglite:memory://'

test('a folder that does not exist is inspected as an empty database, and made by the first run alone', async () => {
  const at = mkdtempSync(join(tmpdir(), 'pglite-'))
  onTestFinished(() => rmSync(at, { recursive: true }))
  const folder = join(at, 'new')
  const migrator = migratorOf(
    postgresDialect({ url: `pglite:${folder}` }),
    line((op) => op.sql('CREATE TABLE t (id int)')),
  )
  expect(await migrator.status()).toMatchObject({ state: 'empty', isMissing: true, database: folder })
  await migrator.plan()
  expect(existsSync(folder)).toBe(false)
  const created: unknown[] = []
  const onEvent = (event: MigrationEvent): void => void (event.type === 'databaseCreated' && created.push(event))
  await migrator.upgrade('head', { onEvent })
  expect(created).toEqual([{ type: 'databaseCreated', database: folder }])
  const after = await migrator.status()
  expect([after.state, after.isMissing]).toEqual(['atHead', undefined])
})

test('a folder that a member is to have already is not made', async () => {
  const folder = join(tmpdir(), 'pglite-that-does-not-exist')
  const { connection } = postgresDialect({ url: `pglite:${folder}` })
  await expect(connection.connect({ purpose: 'run', whenMissing: 'refuse' })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: `${folder} does not exist: there is no such folder`,
  })
  expect(existsSync(folder)).toBe(false)
})

test('values go in and come back in the form of every driver', async () => {
  const session = await postgresDialect({ url: memory }).connection.connect({ purpose: 'run' })
  onTestFinished(() => session.close())
  await session.execute(
    'CREATE TABLE v (b bytea, t boolean, w text, n numeric, i bigint, j json, f float8, d timestamptz)',
  )
  const bytes = Buffer.from([0, 1, 92, 255])
  const values = [
    bytes,
    true,
    false,
    '0.10',
    9223372036854775807n,
    '{"b": 1,  "a": 2}',
    -0,
    '2024-02-29T23:59:59+05:30',
  ]
  await session.execute('INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?, ?)', values)
  const [row] = await session.query('SELECT * FROM v WHERE t = ?', [true])
  expect({ ...row }).toEqual({
    b: bytes,
    t: true,
    w: 'false',
    n: '0.10',
    i: 9223372036854775807n,
    j: '{"b": 1,  "a": 2}',
    f: -0,
    d: '2024-02-29 18:29:59+00',
  })
  await expect(session.execute('INSERT INTO v (w) VALUES (?)', [bytes])).rejects.toThrow(
    'parameter 1 is bytes, and its place is a text',
  )
  await expect(session.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' })
  const scope = await session.begin()
  await expect(session.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' })
  await expect(scope.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
})

test('a database in memory is that of its dialect; its settings and locks end with a session', async () => {
  const { connection } = postgresDialect({ url: memory })
  const first = await connection.connect({ purpose: 'run' })
  await first.execute('CREATE TABLE kept (id int)')
  await first.runLock?.('head').take()
  await first.execute("SET lock_timeout = '7s'")
  const second = connection.connect({ purpose: 'inspect' })
  await first.close()
  const session = await second
  onTestFinished(() => session.close())
  expect(await session.query('SELECT count(*) AS n FROM kept')).toMatchObject([{ n: 0n }])
  expect(await session.query("SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory'")).toMatchObject([
    { n: 0n },
  ])
  expect(await session.query('SHOW lock_timeout')).toMatchObject([{ lock_timeout: '0' }])
  await expect(session.execute('CREATE TABLE no (id int)')).rejects.toMatchObject({ code: '25006' })
})

test('a session that waits for another one ends with its signal or its time, and the other one continues', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pglite-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const url = `pglite:${join(folder, 'data')}`
  const session = await postgresDialect({ url }).connection.connect({ purpose: 'run' })
  const signal = AbortSignal.timeout(300)
  await expect(postgresDialect({ url }).connection.connect({ purpose: 'run', signal })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  const { connection } = postgresDialect({ url, connectTimeoutMs: 300 })
  await expect(connection.connect({ purpose: 'run' })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  expect(await session.query('SELECT 1 AS one')).toMatchObject([{ one: 1n }])
  await session.close()
})

function deferred(): { readonly promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

test('a folder that is opened again while it is being closed is held against other processes', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pglite-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const { connection } = postgresDialect({ url: `pglite:${data}` })
  const first = await connection.connect({ purpose: 'run' })
  await first.execute('CREATE TABLE kept (id int)')
  const closeStarted = deferred()
  const { close } = PGlite.prototype
  const spy = vi.spyOn(PGlite.prototype, 'close').mockImplementation(function (this: PGlite) {
    closeStarted.resolve()
    return close.call(this)
  })
  onTestFinished(() => spy.mockRestore())
  const closing = first.close()
  await closeStarted.promise
  const second = await connection.connect({ purpose: 'run' })
  await closing
  expect(existsSync(`${data}.lock`)).toBe(true)
  expect(await second.query('SELECT count(*) AS n FROM kept')).toMatchObject([{ n: 0n }])
  await second.close()
  expect(existsSync(`${data}.lock`)).toBe(false)
})

test('a shadow is made inside the session that waits for it, and nothing of it stays', async () => {
  const dialect = postgresDialect({ url: memory })
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  onTestFinished(() => session.close())
  const counted = await dialect.shadow?.use(async (shadow) => {
    await shadow.session.execute('CREATE TABLE made (id int)')
    return shadow.session.query('SELECT count(*) AS n FROM made')
  })
  expect(counted).toMatchObject([{ n: 0n }])
  expect(await session.query("SELECT to_regclass('made')::text AS made")).toMatchObject([{ made: null }])
  await expect(session.execute('CREATE TABLE no (id int)')).rejects.toMatchObject({ code: '25006' })
})

test('a killed process leaves nothing half in a folder; the next one ends at head, and goes down again', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pglite-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const sql = async (query: string): Promise<readonly unknown[]> => {
    const db = await PGlite.create(data)
    try {
      return (await db.query(query)).rows
    } finally {
      await db.close()
    }
  }
  await killedAndResumed(`pglite:${data}`, sql)
  expect(existsSync(`${data}.lock`)).toBe(false)
})

test('a folder that another process has open is refused, and the error names the process', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pglite-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'data.lock'), String(process.ppid))
  const { connection } = postgresDialect({ url: 'pglite:./data', baseDirectory: folder })
  await expect(connection.connect({ purpose: 'run', waitMs: 0 })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining(`process ${process.ppid} has it open`),
  })
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

test('a URL without a place, and a driver of the other kind, are refused', () => {
  const refused = (code: string) => expect.objectContaining({ code })
  expect(() => postgresDialect({ url: 'pglite:' })).toThrow(refused('INVALID_URL'))
  expect(() => postgresDialect({ url: memory, driver: 'pg' })).toThrow(refused('INVALID_OPTION'))
  expect(() => postgresDialect({ url: 'postgres://localhost/x', driver: 'pglite' })).toThrow(refused('INVALID_OPTION'))
  expect(() => postgresDialect({ url: memory, lock: 'table' })).toThrow(refused('INVALID_OPTION'))
})
