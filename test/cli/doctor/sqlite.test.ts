import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examine } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { migratorAt } from '../../autogenerate/check/kit.ts'
import { executeIn, temporaryFolder } from '../../unit/run/kit.ts'

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      }),
  },
]
const folder = temporaryFolder()

/** Examines, and proves that nothing was written: the same bytes, and the same files beside. */
async function examined(file: string) {
  const before = [readFileSync(file), readdirSync(folder.path).toSorted()]
  const examination = await examine(migratorAt(`sqlite:${file}`, chain))
  expect([readFileSync(file), readdirSync(folder.path).toSorted()]).toEqual(before)
  return examination
}

test('a database that is well has no findings to act on', async () => {
  const file = join(folder.path, 'well.db')
  await migratorAt(`sqlite:${file}`, chain).upgrade()
  const { ok, findings } = await examined(file)
  expect(ok).toBe(true)
  // An installed driver that this Node can't load is no matter of the database.
  expect(findings.filter(({ level, about }) => level !== 'ok' && about !== 'driver')).toEqual([])
  expect([...new Set(findings.map(({ about }) => about))]).toEqual([
    'driver',
    'bookkeeping',
    'lock',
    'file',
    'folder',
    'version',
    'journal mode',
    'integrity',
    'foreign keys',
  ])
})

test('a database that is not there yet is not made', async () => {
  const file = join(folder.path, 'none.db')
  const { ok, findings } = await examine(migratorAt(`sqlite:${file}`, chain))
  expect(ok).toBe(true)
  expect(findings).toContainEqual({
    level: 'ok',
    about: 'file',
    what: `There is no ${file} yet; the first upgrade makes it.`,
  })
  expect(readdirSync(folder.path)).toEqual([])
  // What the session knows is an empty database in memory: its journal mode is not that of the file to come.
  expect([...new Set(findings.map(({ about }) => about))]).toEqual(['driver', 'bookkeeping', 'lock', 'file', 'version'])
})

test('rows that refer to nothing, and a table in the middle of a rebuild, are warnings', async () => {
  const file = join(folder.path, 'left.db')
  executeIn(
    file,
    `PRAGMA foreign_keys = OFF; CREATE TABLE p (id INTEGER PRIMARY KEY);
     CREATE TABLE c (p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1), (2); CREATE TABLE _migrate_new_c (p INTEGER)`,
  )
  const { ok, findings } = await examined(file)
  expect(ok).toBe(true)
  // Another Node than the one that installed the driver warns of it.
  expect(findings.filter(({ level, about }) => level === 'warning' && about !== 'driver')).toMatchObject([
    { about: 'foreign keys', what: '2 rows of c refer to rows of p that are not there.' },
    { about: 'left-over table', what: expect.stringContaining('_migrate_new_c') },
  ])
})

test('a damaged file is a problem, first in the list', async () => {
  const file = join(folder.path, 'damaged.db')
  executeIn(file, 'CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER); INSERT INTO t VALUES (1, NULL)')
  // A NULL where the table allows none, as after a page was overwritten.
  const database = new Database(file)
  database.unsafeMode()
  database.exec(`PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER NOT NULL)' WHERE name = 't'`)
  database.close()
  const { ok, findings } = await examined(file)
  expect(ok).toBe(false)
  expect(findings[0]).toEqual({
    level: 'problem',
    about: 'integrity',
    what: 'The file is damaged: NULL value in t.b',
    next: expect.stringContaining('backup'),
  })
})

test('bookkeeping that is not ours is a problem, and the rest is looked at all the same', async () => {
  const file = join(folder.path, 'foreign.db')
  executeIn(file, 'CREATE TABLE migrate_history (whatever TEXT)')
  const { ok, findings } = await examined(file)
  expect(ok).toBe(false)
  expect(findings[0]).toMatchObject({ level: 'problem', about: 'bookkeeping', next: expect.stringContaining('tables') })
  expect(findings.map(({ about }) => about)).toContain('integrity')
})

test('what lies beside the file while others have it open is told', async () => {
  const file = join(folder.path, 'journal.db')
  executeIn(file, 'CREATE TABLE t (a)')
  const writer = new Database(file)
  writer.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (1)')
  const { findings } = await examine(migratorAt(`sqlite:${file}`, chain))
  expect(findings.find(({ about }) => about === 'journal')).toMatchObject({
    level: 'warning',
    next: expect.stringContaining('Leave it where it is'),
  })
  writer.exec('COMMIT; PRAGMA journal_mode = wal; INSERT INTO t VALUES (2)')
  const [log] = (await examine(migratorAt(`sqlite:${file}`, chain))).findings.filter(
    ({ about }) => about === 'write-ahead log',
  )
  expect(log).toMatchObject({ level: 'ok', next: expect.stringContaining('never the file alone') })
  writer.close()
})

test('a page that was written over, of a table or of the bookkeeping, is a problem and no failure', async () => {
  for (const table of ['big', 'migrate_version']) {
    const file = join(folder.path, `${table}.db`)
    await migratorAt(`sqlite:${file}`, chain).upgrade()
    executeIn(
      file,
      'CREATE TABLE big (a INTEGER PRIMARY KEY, b); INSERT INTO big (b) VALUES (randomblob(3000)), (randomblob(3000))',
    )
    const database = new Database(file)
    const pages = database
      .prepare('SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?')
      .pluck()
      .all(table) as number[]
    database.close()
    const bytes = readFileSync(file)
    for (const page of pages) bytes.fill(0x5a, (page - 1) * 4096, page * 4096)
    writeFileSync(file, bytes)
    const { ok, findings } = await examined(file)
    expect(ok).toBe(false)
    expect(findings.filter(({ level }) => level === 'problem').map(({ about }) => about)).toEqual(
      table === 'big' ? ['integrity'] : ['bookkeeping', 'integrity'],
    )
  }
})
