import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMigrateError, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const parts: readonly ((op: OperationRecorder) => void)[] = [
  (op) => op.alterTable('t', (t) => t.addColumn('x', text())),
  (op) => op.run('fill', { up: async (db) => void (await db.execute('UPDATE "t" SET "x" = "v"')), down: 'none' }),
  (op) => op.alterTable('t', (t) => t.alterColumn('v', { type: varchar(20) })),
  (op) => op.createIndex('t', 't_x', ['x']),
  (op) =>
    op.run('preserve', async (db) => {
      await db.preserve({ table: 't', key: { id: 1n }, column: 'v', value: 'one', written: 'two' })
      await db.execute('UPDATE "t" SET "v" = ? WHERE "id" = 1', ['two'])
    }),
  (op) => op.dropTable('u'),
]

test.each(['up', 'down'] as const)(
  'an error after any operation on the way %s leaves everything as it was',
  async (mode) => {
    for (let broken = 0; broken <= parts.length; broken++) {
      for (const how of ['sql', 'data'] as const) {
        const file = join(folder.path, `${mode}${broken}${how}.db`)
        const interrupted: Recorded = (op) => {
          parts.forEach((part, at) => {
            if (at === broken) fail(op)
            part(op)
          })
          if (broken === parts.length) fail(op)
        }
        const fail = (op: OperationRecorder): void =>
          how === 'sql'
            ? op.sql("INSERT INTO t SELECT 'no', 'such', 'columns', 'here', 'at', 'all'")
            : op.run('boom', async () => {
                throw new Error('boom')
              })
        const first: Recorded = (op) => {
          keyed('t', 'v')(op)
          keyed('u', 'v')(op)
        }
        const chain = mode === 'up' ? line(first, interrupted) : line(first, { up: nothing, down: interrupted })
        await migratorOn(file, chain, { transaction: 'revision' }).upgrade(mode === 'up' ? 'r1' : 'r2')
        executeIn(file, "INSERT INTO t VALUES (1, 'one'), (2, 'two'); INSERT INTO u VALUES (1, 'precious')")
        const before = snapshot(file)
        const run = mode === 'up' ? migratorOn(file, chain).upgrade() : migratorOn(file, chain).downgrade('r1')
        const error = await errorOf(run)
        expect(error.location).toMatchObject({ tier: 'main', revision: 'r2', direction: mode })
        expect(error.location.operation).toBeTruthy()
        expect(error.remedy).toBeTruthy()
        expect(error.cause).toBeInstanceOf(Error)
        expect(snapshot(file)).toBe(before)
      }
    }
  },
)

test.each([
  ['the version', 'CREATE TRIGGER no BEFORE UPDATE ON migrate_version BEGIN SELECT RAISE(ABORT, %); END'],
  ['the history', 'CREATE TRIGGER no BEFORE INSERT ON migrate_history BEGIN SELECT RAISE(ABORT, %); END'],
  ['the version, silently', 'CREATE TRIGGER no BEFORE UPDATE ON migrate_version BEGIN SELECT RAISE(IGNORE); END'],
])('a write of %s that fails leaves everything as it was', async (_what, trigger) => {
  const file = join(folder.path, 'book.db')
  const chain = line(keyed('t'), keyed('u'))
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, trigger.replace('%', "'refused'"))
  const before = snapshot(file)
  const error = await errorOf(migratorOn(file, chain).upgrade())
  expect(['STATEMENT_FAILED', 'BOOKKEEPING_INVALID']).toContain(error.code)
  expect(error.location).toMatchObject({ tier: 'main', revision: 'r2', direction: 'up' })
  expect(snapshot(file)).toBe(before)
})

test('processes killed at random moments leave a boundary; the next run reaches head', async () => {
  const program = fileURLToPath(new URL('./concurrent-process.mjs', import.meta.url))
  for (let round = 0; round < 6; round++) {
    const file = join(folder.path, `kill${round}.db`)
    const child = spawn(process.execPath, [program, file], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('close', resolve))
    await new Promise((resolve) => setTimeout(resolve, 150 + round * 60 + Math.random() * 60))
    child.kill('SIGKILL')
    await ended
    const tables = rowsOf(file, "SELECT name FROM sqlite_master WHERE name GLOB 't[0-9]*' ORDER BY name").length
    const heads = tables === 0 ? [] : rowsOf(file, 'SELECT version_num FROM migrate_version')
    expect(heads).toEqual(tables === 0 ? [] : [{ version_num: `r${tables}` }])
    const second = spawn(process.execPath, [program, file], { stdio: 'ignore' })
    expect(await new Promise((resolve) => second.on('close', resolve))).toBe(0)
    expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r8' }])
  }
})

test('a step that swallows a failed statement and continues stays whole', async () => {
  const file = join(folder.path, 'swallow.db')
  const chain = line(keyed('t', 'v'), (op) =>
    op.run('tries', {
      up: async (db) => {
        await db.execute('INSERT INTO "t" VALUES (1, ?)', ['a'])
        const failed = await db.execute('INSERT INTO "t" VALUES (1, ?)', ['b']).catch((error: unknown) => error)
        expect(isMigrateError(failed, 'STATEMENT_FAILED') && failed.location.sql).toContain('INSERT')
      },
      down: 'none',
    }),
  )
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([{ id: 1, v: 'a' }])
})
