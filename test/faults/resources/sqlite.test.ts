import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, graphOf, integer, type OperationRecorder, revisions, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Between {
  happens?: (() => void) | undefined
}

const chainOf = (between: Between = {}) =>
  revisions([
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op: OperationRecorder) {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('v', text())
          t.primaryKey(['id'])
        })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op: OperationRecorder) {
        op.createTable('later', (t) => t.column('n', integer()))
        op.run('grow', {
          up: async (db) => {
            const { happens } = between
            between.happens = undefined
            happens?.()
            for (let id = 1; id <= 40; id += 1) {
              await db.execute('INSERT INTO "t" ("id", "v") VALUES (?, ?)', [id, 'x'.repeat(20_000)])
            }
          },
          down: 'none',
        })
        op.alterTable('t', (t) => t.alterColumn('v', { type: text(), nullable: false }))
      },
    },
  ])

const migratorOf = (
  file: string,
  between?: Between,
  dialect: UnloadedDialect = sqliteDialect({ url: `sqlite:///${file}` }),
) =>
  createMigrator({
    dialect,
    tiers: [graphOf(chainOf(between))],
    transaction: 'revision',
    waitMs: 1_000,
  })

const rowsOf = (file: string, sql: string): unknown[] => {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}

const expectHead = (file: string, head: string, rows: number): void => {
  expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: head }])
  expect(rowsOf(file, 'SELECT count(*) AS n FROM t')).toEqual([{ n: rows }])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'later'")).toHaveLength(head === 'r2' ? 1 : 0)
  expect(rowsOf(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
}

/** Sessions of a run that may not let the file grow beyond so many pages. */
function limited(file: string, pages: number): UnloadedDialect {
  const dialect = sqliteDialect({ url: `sqlite:///${file}` })
  return {
    ...dialect,
    connection: {
      ...dialect.connection,
      connect: async (options) => {
        const session = await dialect.connection.connect(options)
        if (options.purpose === 'run') await session.query(`PRAGMA max_page_count = ${pages}`)
        return session
      },
    },
  }
}

const pagesOf = (file: string): number =>
  Number((rowsOf(file, 'PRAGMA page_count')[0] as { page_count: number }).page_count)

describe('sqlite: a disk without room', () => {
  it.each([2, 20, 120])(
    'rows 24 and 26: with %i pages left the revision is undone as a whole; the next run does it',
    async (left) => {
      const file = join(folder, 'full.db')
      await migratorOf(file).upgrade('r1')
      const error = await migratorOf(file, {}, limited(file, pagesOf(file) + left))
        .upgrade()
        .catch((cause: unknown) => cause)
      expect(error).toMatchObject({ location: { revision: 'r2' } })
      expect(String((error as Error).message)).toMatch(/full/)
      expect((error as { remedy: string }).remedy).toBe(
        'Make room, or raise the limit, where the message says that there is none left, and run it again.',
      )
      expectHead(file, 'r1', 0)
      await migratorOf(file).upgrade()
      expectHead(file, 'r2', 40)
    },
  )

  it.runIf(process.platform === 'linux').each(['delete', 'wal'])(
    'row 25: a file that may not grow any more (%s) leaves what was committed',
    async (mode) => {
      const file = join(folder, 'limit.db')
      await migratorOf(file).upgrade('r1')
      rowsOfWritable(file, `PRAGMA journal_mode = ${mode}`)
      // With a handler the signal ends no process, and the write fails.
      const ignore = (): void => undefined
      process.on('SIGXFSZ' as NodeJS.Signals, ignore)
      const between: Between = { happens: () => fileSize('300000') }
      try {
        const error = await migratorOf(file, between)
          .upgrade()
          .catch((cause: unknown) => cause)
        fileSize('unlimited')
        expect(error).toMatchObject({
          code: 'COMMIT_FAILED',
          location: { revision: 'r2' },
          remedy:
            'Make room first where the message says that there is none left; then run it again: the transaction was rolled back.',
        })
      } finally {
        fileSize('unlimited')
        process.off('SIGXFSZ' as NodeJS.Signals, ignore)
      }
      expectHead(file, 'r1', 0)
      await migratorOf(file).upgrade()
      expectHead(file, 'r2', 40)
    },
  )
})

/** The soft limit of this process, which may be raised again. */
function fileSize(limit: string): void {
  spawnSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${limit}:`])
}

function rowsOfWritable(file: string, sql: string): void {
  const db = new Database(file)
  db.prepare(sql).all()
  db.close()
}

describe('sqlite: a file that is not what it was', () => {
  it('row 36: cut off or with bytes turned over is refused, and not written to', async () => {
    const file = join(folder, 'sound.db')
    await migratorOf(file).upgrade('r1')
    const sound = readFileSync(file)
    const turned = Buffer.from(sound)
    for (let at = 100; at < 4_096; at += 1) turned[at] = ~(turned[at] ?? 0) & 0xff
    const damaged: readonly (readonly [string, Buffer])[] = [
      ['header', Buffer.concat([Buffer.from('SQLite format 9\0'), sound.subarray(16)])],
      ['first page', turned],
      ['cut', sound.subarray(0, 4_096 + 100)],
      ['random', Buffer.from(sound.map((byte, at) => (at < 100 ? byte ^ 0x5a : byte)))],
    ]
    for (const [name, bytes] of damaged) {
      const broken = join(folder, `${name}.db`)
      writeFileSync(broken, bytes)
      const error = await migratorOf(broken)
        .upgrade()
        .catch((cause: unknown) => cause)
      expect(error, name).toMatchObject({ code: expect.stringMatching(/^DATABASE_(DAMAGED|UNREACHABLE)$/) })
      expect((error as { remedy: string }).remedy, name).not.toBe('')
      expect(readFileSync(broken).equals(bytes), name).toBe(true)
    }
  })

  it('row 59: two paths to one file are one database, with one lock', async () => {
    const file = join(folder, 'one.db')
    const other = join(folder, 'other.db')
    await migratorOf(file).upgrade('r1')
    symlinkSync(file, other)
    const both = await Promise.all([migratorOf(file).upgrade(), migratorOf(other).upgrade()])
    expect(both.flatMap(({ applied }) => applied)).toEqual(['main:r2'])
    expectHead(file, 'r2', 40)
  })

  it('row 59: a copy that takes the place of the file while a run is in it is not half of anything', async () => {
    const file = join(folder, 'moved.db')
    await migratorOf(file).upgrade('r1')
    const copy = join(folder, 'copy.db')
    copyFileSync(file, copy)
    const between: Between = { happens: () => renameSync(copy, file) }
    await migratorOf(file, between)
      .upgrade()
      .catch(() => undefined)
    // Whatever became of the file that is gone: the one that is there stands at a boundary, and continues.
    expectHead(file, 'r1', 0)
    await migratorOf(file).upgrade()
    expectHead(file, 'r2', 40)
  })
})
