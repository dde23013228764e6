import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'
import { withKeysOn } from './sqlite/family/kit.ts'

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

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'app.db')
}

const dropPrimary: Change = (op) => op.dropConstraint('p', 'p_key')

describe.each([
  ['a file', () => sqliteDialect({ url: `sqlite:${file()}` })],
  ['a database that keeps foreign keys on', () => withKeysOn({ url: `sqlite:${file()}` })],
])('sqlite: a key that a foreign key needs in %s', (_, dialectOf) => {
  it.each<[string, string, string, Change]>([
    ['a unique index', 'index p_both of p', 'foreign key c_both of c', dropBoth],
    ['a unique key', 'constraint p_code of p', 'foreign key c_code of c', dropCode],
    ['the primary key', 'constraint p_key of p', 'foreign key c_p of c', dropPrimary],
  ])('is not dropped: the plan names both: %s', async (__, object, key, change) => {
    const dialect = dialectOf()
    const refused = migratorOf(dialect, line(tables, change))
    await refused.upgrade('r1')
    const error = { code: 'DEPENDENT_OBJECTS', message: `${object} cannot be dropped: ${key} needs it.` }
    expect(await errorOf(refused.plan())).toMatchObject(error)
    expect(await errorOf(refused.upgrade())).toMatchObject(error)
    // What opaque SQL makes is not known before.
    const replaced: Change = (op) => {
      for (const [at, columns] of ['id, code', 'code', 'id'].entries())
        op.sql(`CREATE UNIQUE INDEX own_${at} ON p (${columns})`)
      change(op)
    }
    expect((await migratorOf(dialect, line(tables, replaced)).upgrade()).applied).toEqual(['main:r2'])
  })

  it('is dropped where the revision makes another one, or drops the foreign key', async () => {
    const recreate: Change = (op) => {
      dropBoth(op)
      op.createIndex('p', 'p_other', ['code', 'id'], { unique: true })
    }
    const without: Change = (op) => {
      dropCode(op)
      op.dropConstraint('c', 'c_code')
    }
    const migrator = migratorOf(dialectOf(), line(tables, recreate, without))
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect((await migrator.upgrade()).applied).toEqual(['main:r2', 'main:r3'])
  })
})
