import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type Migrator,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished, test } from 'vitest'
import { describeEverywhere, type Ground } from './ground.ts'
import { migratorOf, versions } from './kit.ts'

const refusedFor = (...unknown: readonly string[]) => ({
  code: 'NOT_AT_HEAD',
  details: { state: 'ahead', pending: 0 },
  message: expect.stringMatching(`Not compatible with it: ${unknown.join(', ')}\\.$`),
})

/** What the history is made to say of a revision, as its file would have said it. */
async function declare(ground: Ground, revision: string, compatibleWith: readonly string[]): Promise<void> {
  await ground.sql(
    `UPDATE migrate_history SET compatible_with = '${JSON.stringify(compatibleWith)}' WHERE revision = '${revision}'`,
  )
}

/** A program on a line of its own, beside r3. */
function olderRelease(ground: Ground): Migrator {
  const table = (name: string) => (op: OperationRecorder) => {
    op.createTable(name, (t) => t.column('id', integer()))
  }
  const line = [
    { revision: 'r1', downRevision: null, upgrade: table('notes') },
    { revision: 'r2', downRevision: 'r1', upgrade: table('r2') },
    { revision: 'r3b', downRevision: 'r2', upgrade: table('r3b') },
  ]
  return createMigrator({ dialect: ground.dialect(), tiers: [graphOf(revisions(line))] })
}

describeEverywhere('an older program on a newer database', (createGround) => {
  it('that was stamped past several of its revisions is told so, and has no gap in its files', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).stamp('r3')
    const older = migratorOf(ground, 1)
    expect(await older.status()).toMatchObject({ state: 'ahead', pending: 0, tiers: [{ unknown: ['r3'] }] })
    await expect(older.upgrade()).rejects.toMatchObject({
      code: 'UNKNOWN_APPLIED_REVISION',
      details: { revisions: ['r3'] },
    })
    await expect(older.ensure({ mode: 'apply' })).rejects.toMatchObject(refusedFor('r3'))
    expect(await older.ensure({ mode: 'apply', ahead: 'serve' })).toMatchObject({ state: 'ahead', applied: [] })
  })

  it('continues where the newer revision names one that it has, is told so, and migrates nothing', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const before = await ground.picture()
    const only = await ground.readOnly()
    const older = migratorOf({ dialect: () => only }, 2)
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      expect(await older.ensure({ mode })).toEqual({
        state: 'ahead',
        revision: ['r3'],
        applied: [],
        warnings: [expect.stringContaining('it is at r3, which no file of the program has')],
        ms: expect.any(Number),
      })
    }
    expect(await older.status({ files: false })).toEqual({ state: 'ahead', revision: ['r3'], pending: 0 })
    expect(await ground.picture()).toEqual(before)
  })

  it('is refused where the newer revision names none, unless it is told to serve', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    const before = await ground.picture()
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      await expect(migratorOf(ground, 2).ensure({ mode })).rejects.toMatchObject({
        ...refusedFor('r4'),
        remedy: expect.stringContaining('compatibleWith'),
      })
      expect(await migratorOf(ground, 2).ensure({ mode, ahead: 'serve' })).toMatchObject({
        state: 'ahead',
        revision: ['r4'],
        applied: [],
      })
    }
    // `upgrade` knows no such policy.
    await expect(migratorOf(ground, 2).upgrade()).rejects.toMatchObject({ code: 'UNKNOWN_APPLIED_REVISION' })
    expect(await ground.picture()).toEqual(before)
  })

  it('is refused by `refuse` whatever the newer revisions say', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      await expect(migratorOf(ground, 2).ensure({ mode, ahead: 'refuse' })).rejects.toMatchObject(refusedFor('r3'))
    }
    expect((await migratorOf(ground, 3).ensure({ mode: 'verify', ahead: 'refuse' })).state).toBe('atHead')
  })

  it('needs the word of every newer revision, the ones in the middle too', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    const verify = (knows: number) => migratorOf(ground, knows).ensure({ mode: 'verify' })
    await declare(ground, 'r4', ['r2'])
    expect((await verify(2)).state).toBe('ahead')
    // Of r2 itself it is not declared that programs of r1 may continue.
    await declare(ground, 'r4', ['r1', 'r2'])
    await declare(ground, 'r3', ['r1', 'r2'])
    await expect(verify(1)).rejects.toMatchObject(refusedFor('r2'))
    await declare(ground, 'r2', ['r1'])
    expect((await verify(1)).state).toBe('ahead')
    await declare(ground, 'r3', [])
    await expect(verify(2)).rejects.toMatchObject(refusedFor('r3'))
    await expect(verify(1)).rejects.toMatchObject(refusedFor('r3'))
    expect((await verify(3)).state).toBe('ahead')
  })

  it('is not let on by a revision that names itself, another newer one, or none that there is', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    for (const word of ['r4', 'r3', 'r9', '', '*']) {
      await declare(ground, 'r4', [word])
      await expect(migratorOf(ground, 2).ensure({ mode: 'verify' })).rejects.toMatchObject(refusedFor('r4'))
    }
  })

  it('is refused where the history has lost the newer revision', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    await ground.sql("DELETE FROM migrate_history WHERE revision = 'r3'")
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      await expect(migratorOf(ground, 2).ensure({ mode })).rejects.toMatchObject(refusedFor('r3'))
    }
    expect((await migratorOf(ground, 2).ensure({ mode: 'apply', ahead: 'serve' })).state).toBe('ahead')
    expect(await versions(ground)).toEqual(['r3'])
  })

  it('is refused where it has a revision of its own that the newer program has not', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const before = await ground.picture()
    const other = olderRelease(ground)
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      await expect(other.ensure({ mode })).rejects.toMatchObject({
        code: 'NOT_AT_HEAD',
        details: { state: 'ahead', pending: 1 },
        remedy: expect.stringContaining('the revisions of both'),
      })
    }
    expect(await other.status({ files: false })).toEqual({ state: 'ahead', revision: ['r3'], pending: 1 })
    expect((await other.ensure({ mode: 'verify', ahead: 'serve' })).state).toBe('ahead')
    expect(await ground.picture()).toEqual(before)
  })
})

/** Copies a database into an empty one. */
function copyInto(file: string, from: string): void {
  const database = new Database(file)
  try {
    database.exec(`ATTACH '${from}' AS other`)
    const tables = database
      .prepare("SELECT name, sql FROM other.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { readonly name: string; readonly sql: string }[]
    for (const each of tables)
      database.exec(`${each.sql}; INSERT INTO main."${each.name}" SELECT * FROM other."${each.name}"`)
  } finally {
    database.close()
  }
}

test.each([
  ['is told that the newer release is ahead', { state: 'ahead', revision: ['r3'], applied: [] }, '["r2"]'],
  ['is refused by one that is not compatible with it', refusedFor('r3'), '[]'],
])('an older program that planned on an empty file before a newer one was done %s', async (_, outcome, compatible) => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-ahead-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.db')
  const on = (name: string) => ({ dialect: () => sqliteDialect({ url: `sqlite:${name}` }) })
  const newer = join(folder, 'newer.db')
  await migratorOf(on(newer), 3).upgrade()
  const declared = new Database(newer)
  declared.exec(`UPDATE migrate_history SET compatible_with = '${compatible}' WHERE revision = 'r3'`)
  declared.close()
  const onEvent = ({ type }: MigrationEvent): void => {
    if (type === 'started') copyInto(file, newer)
  }
  const result = await migratorOf(on(file), 2)
    .ensure({ mode: 'apply', onEvent })
    .catch((error: unknown) => error)
  expect(result).toMatchObject(outcome)
  const left = new Database(file)
  expect(left.prepare('SELECT revision FROM migrate_history ORDER BY id').pluck().all()).toEqual(['r1', 'r2', 'r3'])
  left.close()
})
