import { join } from 'node:path'
import { createMigrator, graphOf, integer, revisions, type Tier } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { executeIn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const steps: Tier = {
  name: 'legacy',
  kind: 'sequential',
  source: revisions(
    ['001_a', '002_b', '003_c', '004_d'].map((revision, at, all) => ({
      revision,
      downRevision: all[at - 1] ?? null,
      upgrade: (op) =>
        op.createTable(`t${revision}`, (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
    })),
  ),
}

test('a step that is missing in the middle runs and is named; unknown ones are kept', async () => {
  const file = join(folder.path, 'gap.db')
  executeIn(
    file,
    `CREATE TABLE migratehistory (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, migrated_at DATETIME NOT NULL);
     INSERT INTO migratehistory VALUES (1, '001_a', '2024-01-01 00:00:00'), (2, '003_c', '2024-01-02 00:00:00'),
       (3, '003_theirs', '2024-01-03 00:00:00')`,
  )
  const migrator = createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [steps, graphOf(revisions(line(() => {})))],
  })
  const { applied, warnings } = await migrator.upgrade()
  expect(applied).toEqual(['legacy:002_b', 'legacy:004_d', 'main:r1'])
  expect(warnings.join('\n')).toContain('002_b')
  expect(rowsOf(file, 'SELECT name FROM migratehistory ORDER BY id')).toEqual(
    ['001_a', '003_c', '003_theirs', '002_b', '004_d'].map((name) => ({ name })),
  )
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name GLOB 't0*' ORDER BY name")).toEqual([
    { name: 't002_b' },
    { name: 't004_d' },
  ])
})
