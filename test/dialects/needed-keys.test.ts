import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const counting = { nullable: false, identity: { mode: 'byDefault' } } as const

const tables: Change = (op) => {
  op.createTable('p', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('code', varchar(20), { nullable: false })
    t.primaryKey(['id'], { name: 'p_key' })
    t.unique(['code'], { name: 'p_code' })
    t.index('p_both', ['id', 'code'], { unique: true })
  })
  op.createTable('c', (t) => {
    t.column('pid', integer())
    t.column('pcode', varchar(20))
    t.foreignKey({ name: 'c_p', columns: ['pid'], references: { table: 'p', columns: ['id'] } })
    t.foreignKey({ name: 'c_code', columns: ['pcode'], references: { table: 'p', columns: ['code'] } })
    t.foreignKey({ name: 'c_both', columns: ['pid', 'pcode'], references: { table: 'p', columns: ['id', 'code'] } })
  })
}

const dropCode: Change = (op) => op.dropConstraint('p', 'p_code')
const dropBoth: Change = (op) => op.dropIndex('p', 'p_both')

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a key that a foreign key needs', (createDatabase, server) => {
  const isPostgres = familyOf(server) === 'postgres'

  it.each<[string, string, string, Change]>([
    ['a unique key', 'constraint p_code of p', 'foreign key c_code of c', dropCode],
    // A unique index is a key on MySQL and MariaDB.
    ['a unique index', `${isPostgres ? 'index' : 'constraint'} p_both of p`, 'foreign key c_both of c', dropBoth],
    ...(isPostgres
      ? ([
          ['the primary key', 'constraint p_key of p', 'foreign key c_p of c', (op) => op.dropConstraint('p', 'p_key')],
        ] as [string, string, string, Change][])
      : []),
  ])('is not dropped: the plan names both: %s', async (_, object, key, change) => {
    const { url } = await createDatabase()
    const migrator = migratorOf(dialectFor(familyOf(server), url), line(tables, change))
    await migrator.upgrade('r1')
    expect(await errorOf(migrator.plan())).toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: `${object} cannot be dropped: ${key} needs it.`,
    })
  })

  it('is dropped after the foreign key, in the same revision, and both come back', async () => {
    const { url } = await createDatabase()
    const both: Change = (op) => {
      op.dropConstraint('c', 'c_code')
      dropCode(op)
    }
    const migrator = migratorOf(dialectFor(familyOf(server), url), line(tables, both))
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a column that counts by itself', (createDatabase, server) => {
  const small: Change = (op) =>
    op.createTable('p', (t) => {
      t.column('id', integer(), counting)
      t.primaryKey(['id'])
    })

  it.each<[string, RegExp, Change]>([
    ['another type', /^.*counts by itself .* no type of /, (op) => op.alterColumn('p', 'id', { type: varchar(30) })],
    ['a default', /^.*counts by itself .* takes no default besides/, (op) => op.alterColumn('p', 'id', { default: 5 })],
  ])('gets %s by no plan', async (_, message, change) => {
    const { url } = await createDatabase()
    const migrator = migratorOf(dialectFor(familyOf(server), url), line(small, change))
    await migrator.upgrade('r1')
    expect(await errorOf(migrator.plan())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: expect.stringMatching(message),
    })
  })

  it('gets another type once it counts no more', async () => {
    const { url } = await createDatabase()
    const migrator = migratorOf(
      dialectFor(familyOf(server), url),
      line(small, (op) => op.alterColumn('p', 'id', { type: varchar(30), identity: null })),
    )
    expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })
})

it('sqlite: a unique index that a foreign key needs is not dropped, and one that is made again is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const dialect = sqliteDialect({ url: `sqlite:${join(folder, 'app.db')}` })
  const refused = migratorOf(dialect, line(tables, dropBoth))
  expect(await errorOf(refused.upgrade())).toMatchObject({
    code: 'FOREIGN_KEY_VIOLATION',
    message: expect.stringContaining('c: foreign key mismatch - "c" referencing "p"'),
  })
  const recreate: Change = (op) => {
    dropBoth(op)
    op.createIndex('p', 'p_other', ['code', 'id'], { unique: true })
  }
  const migrator = migratorOf(dialect, line(tables, recreate))
  await migrator.upgrade()
  await migrator.downgrade('r1')
  expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
})
