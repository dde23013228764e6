import { createMigrator, graphOf, integer, isMigrateError, type MigrateError, revisions, text } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../execute/kit.ts'
import { describeOnOwn } from '../../kit/own-server.ts'

const made: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('body', text())
    t.primaryKey(['id'])
  })
const migratorAt = (url: string, ...chain: readonly Recorded[]) =>
  createMigrator({
    dialect: mysqlDialect({ url }),
    tiers: [graphOf(revisions(line(...chain)))],
    transaction: 'revision',
  })

async function refused(work: () => unknown): Promise<MigrateError> {
  try {
    await work()
  } catch (error) {
    if (isMigrateError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describeOnOwn('mysql', 'what is advised about its settings', {}, (own) => {
  test('by doctor: each is set as it says', async () => {
    const { url, sql, name } = await own().fresh()
    await sql(`ALTER DATABASE ${name} CHARACTER SET utf8mb4`)
    await sql(
      "SET GLOBAL sql_mode = ''; SET GLOBAL default_storage_engine = 'MyISAM'; SET GLOBAL foreign_key_checks = 0",
    )
    await sql('SET GLOBAL read_only = 1')
    const advice = async () =>
      (await migratorAt(url, made).examine()).findings
        .flatMap(({ level, next }) => (level === 'ok' ? [] : [next]))
        .sort()
    expect(await advice()).toEqual([
      'Add STRICT_TRANS_TABLES to sql_mode of the server.',
      'Connect to the primary, or end read_only there.',
      'SET GLOBAL foreign_key_checks = 1.',
      'Set default_storage_engine to InnoDB.',
    ])
    await sql("SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES'; SET GLOBAL default_storage_engine = 'InnoDB'")
    await sql('SET GLOBAL foreign_key_checks = 1; SET GLOBAL read_only = 0')
    expect(await advice()).toEqual([])
  })

  test('by a run on a read-only server: it is ended there', async () => {
    const { url, sql } = await own().fresh()
    await sql('SET GLOBAL super_read_only = 1')
    expect(await refused(() => migratorAt(url, made).upgrade())).toMatchObject({
      code: 'DATABASE_READ_ONLY',
      remedy: 'Connect to the primary server, or end read_only and super_read_only on this one.',
    })
    await sql('SET GLOBAL super_read_only = 0; SET GLOBAL read_only = 0')
    expect((await migratorAt(url, made).upgrade()).applied).toEqual(['main:r1'])
  })

  test('by a statement that is too large: the limit is raised, or fewer values are written at once', async () => {
    const { url, sql } = await own().fresh()
    await migratorAt(url, made).upgrade()
    const value = 'x'.repeat(30_000)
    const insert = (...ids: readonly number[]) =>
      `INSERT INTO t (id, body) VALUES ${ids.map((id) => `(${id}, ?)`).join(', ')}`
    const atOnce: Recorded = (op) =>
      op.run('at once', async (db) => void (await db.execute(insert(1, 2), [value, value])))
    const oneByOne: Recorded = (op) =>
      op.run('one by one', async (db) => {
        for (const id of [3, 4]) await db.execute(insert(id), [value])
      })
    const [before] = await sql('SELECT @@global.max_allowed_packet AS bytes')
    await sql(`SET GLOBAL max_allowed_packet = ${48 * 1024}`)
    const { remedy } = await refused(() => migratorAt(url, made, atOnce).upgrade())
    expect(remedy).toBe(
      'Raise max_allowed_packet on the server; where the statement has several values, write fewer of them at once.',
    )
    await migratorAt(url, made, oneByOne).upgrade()
    await sql(`SET GLOBAL max_allowed_packet = ${before?.bytes}`)
    await migratorAt(url, made, oneByOne, atOnce).upgrade()
    expect((await sql('SELECT id FROM t ORDER BY id')).map(({ id }) => Number(id))).toEqual([1, 2, 3, 4])
  })

  test('by a server that wants a primary key: a table gets one, and a new one follows the old', async () => {
    const { url, sql } = await own().fresh()
    await sql('SET GLOBAL sql_require_primary_key = 1')
    const keyless: Recorded = (op) => op.createTable('t', (t) => t.column('id', integer(), { nullable: false }))
    expect((await refused(() => migratorAt(url, keyless).upgrade())).remedy).toBe('Give the table a primary key.')
    const changed =
      (between: boolean): Recorded =>
      (op) => {
        op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' }))
        if (between) op.sql('SELECT 1')
        op.alterTable('t', (t) => t.addPrimaryKey(['id', 'n']))
      }
    const first: Recorded = (op) => {
      made(op)
      op.alterTable('t', (t) => t.addColumn('n', integer(), { nullable: false }))
    }
    await migratorAt(url, first).upgrade()
    expect((await refused(() => migratorAt(url, first, changed(true)).upgrade())).remedy).toBe(
      'Add the new primary key directly after the old one is dropped.',
    )
    expect((await migratorAt(url, first, changed(false)).upgrade()).applied).toEqual(['main:r2'])
    await sql('SET GLOBAL sql_require_primary_key = 0')
  })
})
