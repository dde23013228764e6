import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, type Migrator } from '@org/migrate-core'
import { ensureVersion } from '@org/migrate-core/internal'
import { afterAll, describe, expect, test } from 'vitest'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { fileGround, folder, type Ground, serverGround, servers } from './kit.ts'
import { tiers } from './revisions.ts'
import { writeFixtures } from './write.ts'

/** Each has its folder in `test/kit/fixtures/formats`; the last is the one that is written. */
const formats = [1, 2] as const
const current = 2
/** Rows of a push have format 3. */
const newer = 4

const migratorOf = ({ dialect }: Ground): Migrator => createMigrator({ dialect: dialect(), tiers: tiers() })

const people = (ground: Ground) => ground.sql('SELECT * FROM people ORDER BY id')
const numbers = async (ground: Ground, table: string): Promise<readonly number[]> =>
  (await ground.sql(`SELECT format FROM ${table}`)).map(({ format }) => Number(format)).toSorted()

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code ?? error,
  )

/** Everything of ours, for what must not change. */
async function allRows(ground: Ground): Promise<unknown> {
  const tables = ['migrate_version', 'migrate_history', 'migrate_preserved', 'people']
  return Promise.all(tables.map((table) => ground.sql(`SELECT * FROM ${table} ORDER BY 1`)))
}

/** Each call that reads the rows or writes. */
const calls: { readonly [name: string]: (migrator: Migrator) => Promise<unknown> } = {
  upgrade: (migrator) => migrator.upgrade(),
  downgrade: (migrator) => migrator.downgrade('base', { allowDataLoss: true }),
  resume: (migrator) => migrator.resume(),
  stamp: (migrator) => migrator.stamp('dddddddddddd'),
  'stamp, forgetting what is recorded': (migrator) => migrator.stamp('dddddddddddd', { purge: true }),
  ensure: (migrator) => migrator.ensure({ mode: 'apply' }),
  ensureVersion: (migrator) => ensureVersion(migrator),
  'lock.release': (migrator) => migrator.lock.release(),
  'preserved.purge': (migrator) => migrator.preserved.purge('bbbbbbbbbbbb'),
  'preserved.restore': (migrator) => migrator.preserved.restore('bbbbbbbbbbbb'),
  'preserved.list': (migrator) => migrator.preserved.list(),
  plan: (migrator) => migrator.plan(),
  script: (migrator) => migrator.script('head', { from: 'current' }),
  status: (migrator) => migrator.status(),
  history: (migrator) => migrator.history(),
}

/** The same promises on each database; `fixture` gives one of that format. */
function promises(fixture: (format: number) => Promise<Ground>): void {
  test.each(formats)(
    'of format %i is upgraded with what a downgrade preserved, and reverted by what its history recorded',
    async (format) => {
      const ground = await fixture(format)
      await migratorOf(ground).upgrade()
      expect(await people(ground)).toEqual([
        { id: 1, name: 'ADA', age: 36, nick: 'countess' },
        { id: 2, name: 'GRACE', age: 85, nick: 'new' },
      ])
      expect(await migratorOf(ground).status()).toMatchObject({ state: 'atHead', edited: [], interrupted: [] })
      expect(await numbers(ground, 'migrate_history')).toEqual([...Array(5).fill(format), current])
      expect(await numbers(ground, 'migrate_preserved')).toEqual([format, format])
      await migratorOf(ground).downgrade('aaaaaaaaaaaa')
      expect(await people(ground)).toEqual([
        { id: 1, name: 'Ada', age: 36 },
        { id: 2, name: 'Grace', age: 85 },
      ])
      await migratorOf(ground).downgrade('base')
      expect(await codeOf(ground.sql('SELECT * FROM people'))).not.toBe('no error')
    },
  )

  test.each(['migrate_history', 'migrate_preserved'])(
    'with a row of a newer format in %s is refused by each call, and nothing is written',
    async (table) => {
      const ground = await fixture(current)
      const [last] = await ground.sql(`SELECT MAX(id) AS id FROM ${table}`)
      await ground.sql(`UPDATE ${table} SET format = ${newer} WHERE id = ${last?.id}`)
      const before = await allRows(ground)
      for (const [name, call] of Object.entries(calls)) {
        expect([name, await codeOf(call(migratorOf(ground)))]).toEqual([name, 'BOOKKEEPING_NEWER'])
      }
      expect(await allRows(ground)).toEqual(before)
      await expect(migratorOf(ground).upgrade()).rejects.toMatchObject({
        details: { table, format: newer, supported: newer - 1 },
        message: expect.stringContaining(`A newer version of this program wrote ${table}`),
      })
    },
  )

  test('of format 1 is read without being changed', async () => {
    const ground = await fixture(1)
    const before = await allRows(ground)
    const migrator = migratorOf(ground)
    expect(await migrator.history()).toHaveLength(5)
    expect(await migrator.preserved.list()).toHaveLength(2)
    expect((await migrator.plan()).steps.map(({ revision }) => revision)).toEqual(['dddddddddddd'])
    await expect(migrator.script('head', { from: 'current' })).rejects.toMatchObject({
      remedy: expect.stringContaining('migrate ensure-version'),
    })
    expect(await allRows(ground)).toEqual(before)
  })

  test('of format 1 gets the number by `ensureVersion`, without a default, and a script can be written', async () => {
    const ground = await fixture(1)
    expect(await ensureVersion(migratorOf(ground))).toEqual([])
    expect(new Set(await numbers(ground, 'migrate_history'))).toEqual(new Set([1]))
    expect(await codeOf(migratorOf(ground).script('head', { from: 'current' }))).not.toBe('BOOKKEEPING_INVALID')
    const values = '99, NULL, NULL'
    // A program that knows no format cannot write such a row, and refuses the table for that.
    expect(await codeOf(ground.sql(`INSERT INTO migrate_preserved (id, base, value) VALUES (${values})`))).not.toBe(
      'no error',
    )
  })
}

if (process.env.WRITE_FORMAT !== undefined) {
  test('the fixtures of this program are written', () => writeFixtures(Number(process.env.WRITE_FORMAT)), 60_000)
}

describe('sqlite: a database', () => {
  const home = mkdtempSync(join(tmpdir(), 'formats-'))
  afterAll(() => rmSync(home, { recursive: true }))
  let count = 0
  promises(async (format) => {
    count += 1
    const path = join(home, `${count}.db`)
    copyFileSync(new URL(`${format}/sqlite.db`, folder), path)
    return fileGround(path)
  })
})

const restored = async (createDatabase: () => Promise<TestDatabase>, format: number): Promise<Ground> => {
  const database = await createDatabase()
  await database.sql(readFileSync(new URL(`${format}/${database.server}.sql`, folder), 'utf8'))
  return serverGround(database)
}

for (const server of servers) {
  describeOn(server, 'a database', (createDatabase) => {
    promises((format) => restored(createDatabase, format))

    test.each(formats)('of format %i has its interrupted revision reverted', async (format) => {
      const ground = await restored(createDatabase, format)
      expect((await migratorOf(ground).status()).interrupted).toMatchObject([{ revision: 'dddddddddddd' }])
      await migratorOf(ground).resume({ revert: true })
      expect(await people(ground)).toEqual([
        { id: 1, name: 'ADA', age: 36 },
        { id: 2, name: 'GRACE', age: 85 },
      ])
    })

    test('with a journal entry of a newer format is refused', async () => {
      const ground = await restored(createDatabase, current)
      await ground.sql(`UPDATE migrate_journal SET format = ${newer}`)
      for (const [name, call] of Object.entries(calls)) {
        if (['history', 'preserved.list', 'preserved.restore'].includes(name)) continue
        expect([name, await codeOf(call(migratorOf(ground)))]).toEqual([name, 'BOOKKEEPING_NEWER'])
      }
    })

    test('whose update of the format was stopped between two statements is updated by the next run', async () => {
      const ground = await restored(createDatabase, 1)
      await ground.sql('ALTER TABLE migrate_history ADD COLUMN format integer NOT NULL DEFAULT 1')
      await ground.sql('ALTER TABLE migrate_journal ADD COLUMN format integer NOT NULL DEFAULT 1')
      await migratorOf(ground).upgrade()
      expect(await numbers(ground, 'migrate_preserved')).toEqual([1, 1])
      expect(await migratorOf(ground).status()).toMatchObject({ state: 'atHead' })
    })
  })
}
