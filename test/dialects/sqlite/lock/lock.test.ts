import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import type { RunLock, Session } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { counts } from '../../../kit/scale.ts'
import { database, digest, folder, open, raw, siblings } from '../connection/kit.ts'
import { unprivilegedUser } from '../connection/unprivileged-user.ts'
import { end, firstOutput, racer } from './processes.ts'

const createFile = (): string => database('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
const lockFile = (file: string): string => `${file}-migrate.lock`
const rowOf = (file: string): unknown =>
  raw(lockFile(file), (db) => db.prepare('SELECT owner, pid, epoch FROM run_lock').get())

function lockOf(session: Session, key = 'migrate_history'): RunLock {
  const lock = session.runLock?.(key)
  if (lock === undefined) throw new Error('there is no lock')
  return lock
}

describe('the lock of a run on a SQLite file', () => {
  it('lies beside the file, says who has it, and keeps a second run out', async () => {
    const file = createFile()
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    expect(one.proof).toBe('advice')
    expect(await one.take()).toBe(true)
    expect(await one.holds()).toBe(true)
    expect(siblings(file)).toEqual(['app.db', 'app.db-migrate.lock'])
    expect(await two.take()).toBe(false)
    expect(await two.holds()).toBe(false)
    const holder = await two.holder()
    expect(holder?.who).toBe(`process ${process.pid} of ${userInfo().username}@${hostname()}`)
    expect(Math.abs(Date.now() - Date.parse(holder?.since ?? ''))).toBeLessThan(60_000)
    expect(await one.holder()).toEqual(holder)
    expect(rowOf(file)).toMatchObject({ pid: process.pid, epoch: 1, owner: expect.any(String) as string })
  })

  it('leaves the epoch and no owner when it is released, and the next has a greater one', async () => {
    const file = createFile()
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    await one.take()
    expect(await one.release()).toBe(true)
    expect(rowOf(file)).toMatchObject({ owner: null, epoch: 1 })
    expect(await two.holder()).toBeUndefined()
    expect(await two.take()).toBe(true)
    expect(rowOf(file)).toMatchObject({ pid: process.pid, epoch: 2 })
    expect(await one.release()).toBe(false)
    expect(await two.holds()).toBe(true)
  })

  it('is taken once by one session, however often it asks', async () => {
    const file = createFile()
    const session = await open(file)
    expect(await lockOf(session).take()).toBe(true)
    expect(await lockOf(session).take()).toBe(true)
    expect(rowOf(file)).toMatchObject({ epoch: 1 })
    expect(await lockOf(session).release()).toBe(true)
    expect(await lockOf(await open(file)).take()).toBe(true)
  })

  it('ends with its session, and its row means nothing then', async () => {
    const file = createFile()
    const [one, two] = [await open(file), lockOf(await open(file))]
    await lockOf(one).take()
    await one.close()
    expect(rowOf(file)).toMatchObject({ owner: expect.any(String) as string })
    expect(await two.holder()).toBeUndefined()
    expect(await two.take()).toBe(true)
  })

  it('of another history is another lock', async () => {
    const file = createFile()
    const [one, two] = [await open(file), await open(file)]
    expect(await lockOf(one).take()).toBe(true)
    expect(await lockOf(two, 'other_history').take()).toBe(true)
    expect(await lockOf(one, 'other_history').take()).toBe(false)
    expect(await lockOf(two).take()).toBe(false)
  })

  it('is one for a file and the links to it', async () => {
    const file = createFile()
    const elsewhere = folder()
    symlinkSync(file, path.join(elsewhere, 'link.db'))
    symlinkSync(path.dirname(file), path.join(elsewhere, 'data'))
    expect(await lockOf(await open(file)).take()).toBe(true)
    expect(await lockOf(await open(path.join(elsewhere, 'link.db'))).take()).toBe(false)
    expect(await lockOf(await open(path.join(elsewhere, 'data', '..', 'data', 'app.db'))).take()).toBe(false)
    expect(siblings(path.join(elsewhere, 'link.db'))).toEqual(['data', 'link.db'])
  })

  it('does not hinder readers and writers of the database', async () => {
    const file = createFile()
    await lockOf(await open(file)).take()
    raw(file, (db) => db.exec('INSERT INTO t VALUES (2)'))
    expect(raw(file, (db) => db.prepare('SELECT count(*) AS n FROM t').get())).toEqual({ n: 2 })
  })

  it('is released while its row is read, and taken when that has ended', async () => {
    const file = createFile()
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    await one.take()
    const reader = new Database(lockFile(file))
    reader.exec('BEGIN')
    expect(reader.prepare('SELECT pid FROM run_lock').pluck().get()).toBe(process.pid)
    expect(await one.release()).toBe(true)
    expect(await two.take()).toBe(false)
    reader.close()
    expect(siblings(file)).toEqual(['app.db', 'app.db-migrate.lock'])
    expect(await two.take()).toBe(true)
  })

  it('is not there in memory', async () => {
    const session = await open(':memory:')
    expect(session.runLock).toBeUndefined()
  })

  it('is not made, changed or taken by who only looks, who sees the holder', async () => {
    const file = createFile()
    const looker = lockOf(await open(file, 'inspect'))
    expect(await looker.holder()).toBeUndefined()
    expect(await looker.take()).toBe(false)
    expect(siblings(file)).toEqual(['app.db'])
    const holder = await racer('hold', file)
    expect(await firstOutput(holder)).toBe('held')
    const before = readFileSync(lockFile(file))
    expect((await looker.holder())?.who).toContain(`process ${holder.pid} of `)
    expect(await looker.holds()).toBe(false)
    expect(readFileSync(lockFile(file)).equals(before)).toBe(true)
    expect(siblings(file)).toEqual(['app.db', 'app.db-migrate.lock'])
  })

  it('shows no control characters of who wrote the row', async () => {
    const file = createFile()
    const one = lockOf(await open(file))
    await one.take()
    await one.release()
    const writer = new Database(lockFile(file))
    writer.prepare('UPDATE run_lock SET owner = ?, user = ?, pid = ?').run('x', '\u001b[2Jroot\r\n', 'no number')
    writer.exec('BEGIN IMMEDIATE')
    expect((await one.holder())?.who).toBe(`process no number of [2Jroot@${hostname()}`)
    writer.close()
  })
})

describe('a lock file that cannot be used', () => {
  it.each([
    ['holds garbage', (file: string) => writeFileSync(file, 'no database at all. '.repeat(60))],
    ['is a folder', (file: string) => mkdirSync(file)],
    ['is another database', (file: string) => raw(file, (db) => db.exec('CREATE TABLE theirs (a)'))],
  ])('because it %s is taken as not there, is named, and stays as it is', async (_, make) => {
    const file = createFile()
    make(lockFile(file))
    const before = statSync(lockFile(file)).isFile() ? digest(lockFile(file)) : 'folder'
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    expect(await one.take()).toBe(true)
    expect(await two.take()).toBe(true)
    expect(await one.holds()).toBe(true)
    expect((await one.holder())?.doing).toContain(`${lockFile(file)} is no lock`)
    expect(await one.release()).toBe(true)
    expect(statSync(lockFile(file)).isFile() ? digest(lockFile(file)) : 'folder').toBe(before)
  })

  it('of no bytes becomes one', async () => {
    const file = createFile()
    writeFileSync(lockFile(file), '')
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    expect(await one.take()).toBe(true)
    expect(await two.take()).toBe(false)
  })

  it('because it was removed is lost for its holder, who finds out', async () => {
    const file = createFile()
    const [one, two] = [lockOf(await open(file)), lockOf(await open(file))]
    await one.take()
    rmSync(lockFile(file))
    expect(await one.holds()).toBe(false)
    expect(await two.take()).toBe(true)
    expect(await one.release()).toBe(false)
    expect(await two.holds()).toBe(true)
  })

  it('has the rights of the database', async () => {
    const file = createFile()
    chmodSync(file, 0o660)
    await lockOf(await open(file)).take()
    expect(statSync(lockFile(file)).mode & 0o777).toBe(0o660)
  })

  it('because its folder cannot be written is taken as not there', () => {
    const file = createFile()
    chmodSync(path.dirname(file), 0o755)
    chmodSync(file, 0o666)
    expect(unprivilegedUser()(file, 'run', 'migrate_history')).toBe('true\nopened')
    expect(siblings(file)).toEqual(['app.db'])
  })

  it('because its name is too long is taken as not there', async () => {
    const file = path.join(folder(), `${'a'.repeat(250)}.db`)
    const session = await open(file)
    expect(await lockOf(session).take()).toBe(true)
    expect(existsSync(lockFile(file))).toBe(false)
  })
})

describe('processes', () => {
  it('one that is killed frees the lock, and its row is passed over', async () => {
    const file = createFile()
    const holder = await racer('hold', file)
    expect(await firstOutput(holder)).toBe('held')
    const mine = lockOf(await open(file))
    expect(await mine.take()).toBe(false)
    expect((await mine.holder())?.who).toContain(`process ${holder.pid} of `)
    const ended = end(holder)
    holder.kill('SIGKILL')
    expect((await ended).how).toBe('SIGKILL')
    expect(rowOf(file)).toMatchObject({ pid: holder.pid })
    expect(await mine.holder()).toBeUndefined()
    expect(await mine.take()).toBe(true)
    expect(rowOf(file)).toMatchObject({ pid: process.pid, epoch: 2 })
  })

  it('killed at any moment of taking and releasing leave a lock that can be taken', async () => {
    const file = createFile()
    for (let kill = 0; kill < counts.lockKills; kill += 1) {
      const busy = await racer('churn', file)
      await firstOutput(busy)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      const ended = end(busy)
      busy.kill('SIGKILL')
      expect((await ended).how).toBe('SIGKILL')
      const lock = lockOf(await open(file))
      expect(await lock.take()).toBe(true)
      expect(rowOf(file)).toMatchObject({ pid: process.pid })
      expect(raw(lockFile(file), (db) => db.pragma('integrity_check', { simple: true }))).toBe('ok')
      await lock.release()
    }
  })

  it('eight that race have never two holders, and readers see the one that has it', async () => {
    const file = createFile()
    const racers = await Promise.all(Array.from({ length: 8 }, () => racer('race', file, String(counts.lockRounds))))
    const ends = await Promise.all(racers.map(end))
    expect(ends).toEqual(Array.from({ length: 8 }, () => ({ how: 0, complaint: '' })))
    const rounds = readFileSync(`${file}.log`, 'utf8').trim().split('\n')
    expect(rounds).toHaveLength(8 * counts.lockRounds)
    expect(new Set(rounds)).toEqual(new Set(racers.map(({ pid }) => String(pid))))
    expect(raw(lockFile(file), (db) => db.prepare('SELECT epoch FROM run_lock').pluck().get())).toBeGreaterThanOrEqual(
      8 * counts.lockRounds,
    )
  })

  it('a session that waits lets timers of its process run', async () => {
    const file = createFile()
    const holder = await racer('hold', file)
    await firstOutput(holder)
    const session = await sqliteDialect({ url: file }).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const lock = lockOf(session)
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
      if (ticks === 20) holder.kill('SIGKILL')
    }, 5)
    while (!(await lock.take())) await new Promise((resolve) => setTimeout(resolve, 1))
    clearInterval(timer)
    expect(ticks).toBeGreaterThanOrEqual(20)
  })
})
