import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pushChanges, readSource, stampPushed } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, integer, type Migrator, type OperationRecorder, revisions } from '@org/migrate-core'
import { ensureVersion } from '@org/migrate-core/internal'
import { sequential } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { driverText } from '../../kit/script-text.ts'
import { executeIn, rowsOf } from './kit.ts'

const notes = (op: OperationRecorder): void => op.createTable('notes', (t) => t.column('n', integer()))

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optional-tier-'))
  file = join(folder, 'app.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dialect = () => sqliteDialect({ url: `sqlite:${file}` })
const earlier = (): Migrator => migratorOf(dialect(), line(notes))

/** The program of later, which has a tier more. */
function later(): Migrator {
  const old = join(folder, 'old')
  mkdirSync(old)
  writeFileSync(join(old, '001_first.ts'), "export function migrate(op) { op.sql('CREATE TABLE old (n int)') }\n")
  return createMigrator({
    dialect: dialect(),
    tiers: [sequential(old, { optional: true }), graphOf(revisions(line(notes)))],
  })
}

const onlyMain = { applied: [], heads: [{ tier: 'main', heads: ['r1'] }] }

const stamps: { readonly [kind: string]: (migrator: Migrator) => Promise<unknown> } = {
  'an upgrade that records': (migrator) => stampPushed(migrator),
  'a stamp': (migrator) => migrator.stamp('r1'),
  'the script of a stamp': async (migrator) =>
    executeIn(file, driverText(await migrator.script('r1', { command: 'stamp', from: 'current' }))),
}

test.each(Object.entries(stamps))(
  'a database that was pushed without an optional tier stays so with %s',
  async (_, recordPushed) => {
    const texts = [{ file: 'schema.sql', text: 'CREATE TABLE notes (n INTEGER)' }]
    await pushChanges(earlier(), await readSource(dialect(), { kind: 'sql', texts }))
    const migrator = later()
    await recordPushed(migrator)
    expect(await migrator.upgrade()).toMatchObject(onlyMain)
  },
)

test('the bookkeeping of an optional tier is not made where the history began without it', async () => {
  await earlier().upgrade()
  expect(await ensureVersion(later())).toEqual([])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'migratehistory'")).toEqual([])
})
