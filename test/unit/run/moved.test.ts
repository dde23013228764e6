import { join } from 'node:path'
import { createMigrator, graphOf, integer, isMigrateError, type RunOptions, revisions, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

/** Another session writes after the run was planned and before it has its lock. */
function meanwhile(file: string, sql: string): RunOptions {
  return { onEvent: (event) => event.type === 'started' && executeIn(file, sql) }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (isMigrateError(error) ? error.code : String(error)),
  )
}

const items: Recorded = (op) =>
  op.createTable('items', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })
const columns = "SELECT name FROM pragma_table_info('items')"

test('what another session changed after the planning stops a derived downgrade as well', async () => {
  const file = join(folder.path, 'drift.db')
  await migratorOn(file, line(items)).upgrade()
  const work = migratorOn(file, line(items)).downgrade(
    'base',
    meanwhile(file, 'ALTER TABLE items ADD COLUMN byhand TEXT'),
  )
  expect(await codeOf(work)).toBe('DRIFT')
  expect(rowsOf(file, columns)).toEqual([{ name: 'id' }, { name: 'n' }, { name: 'byhand' }])
})

test('rows that came after the planning and cannot be preserved stop a downgrade', async () => {
  const file = join(folder.path, 'loss.db')
  const migrator = migratorOn(file, line(items), { preserve: { maxBytes: 400 } })
  await migrator.upgrade()
  executeIn(file, 'INSERT INTO items VALUES (1, 1)')
  const work = migrator.downgrade('base', meanwhile(file, 'INSERT INTO items VALUES (2, 2)'))
  expect(await codeOf(work)).toBe('DATA_LOSS')
  expect(rowsOf(file, 'SELECT id FROM items')).toEqual([{ id: 1 }, { id: 2 }])
})

test('a change in place that has become a rebuild since is made with foreign keys off', async () => {
  const file = join(folder.path, 'rebuild.db')
  const chain = line(items, (op) => op.alterTable('items', (t) => t.dropColumn('n')))
  await migratorOn(file, chain).upgrade('r1')
  executeIn(
    file,
    `CREATE TABLE child (item INTEGER REFERENCES items (id) ON DELETE CASCADE);
     INSERT INTO items VALUES (1, 5); INSERT INTO child VALUES (1)`,
  )
  const { steps } = await migratorOn(file, chain).plan()
  expect(steps.map((step) => step.foreignKeys)).toEqual([undefined])
  await migratorOn(file, chain).upgrade(
    'head',
    meanwhile(
      file,
      `PRAGMA foreign_keys = OFF; CREATE TABLE other (id INTEGER PRIMARY KEY, n INT CHECK (n > 0));
       INSERT INTO other SELECT * FROM items; DROP TABLE items; ALTER TABLE other RENAME TO items`,
    ),
  )
  expect(rowsOf(file, columns)).toEqual([{ name: 'id' }])
  expect(rowsOf(file, 'SELECT item FROM child')).toEqual([{ item: 1 }])
})

test('a tier stays where another went up on it after the planning', async () => {
  const file = join(folder.path, 'tier.db')
  const steps = revisions([
    { revision: '001_a', downRevision: null, upgrade: items },
    {
      revision: '002_b',
      downRevision: '001_a',
      upgrade: (op) => op.alterTable('items', (t) => t.addColumn('x', text())),
    },
  ])
  const migrator = createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [{ name: 'legacy', kind: 'sequential', source: steps }, graphOf(revisions(line(() => {})))],
  })
  await migrator.upgrade('head', { tier: 'legacy' })
  const up =
    "CREATE TABLE migrate_version (version_num VARCHAR(255) PRIMARY KEY); INSERT INTO migrate_version VALUES ('r1')"
  const work = migrator.downgrade('001_a', { tier: 'legacy', ...meanwhile(file, up) })
  expect(await codeOf(work)).toBe('TIER_BLOCKED')
  expect(rowsOf(file, 'SELECT name FROM migratehistory')).toEqual([{ name: '001_a' }, { name: '002_b' }])
})
