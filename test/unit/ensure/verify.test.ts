import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, type Migrator } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import { expect, it, onTestFinished } from 'vitest'
import { describeEverywhere, type Ground } from './ground.ts'
import { migratorOf, promised } from './kit.ts'

/** The same, with rights to read and no others. */
async function reader(ground: Ground, knows: number): Promise<Migrator> {
  const dialect = await ground.readOnly()
  return migratorOf({ dialect: () => dialect }, knows)
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-verify-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const file = (comment: string): string => `/** ${comment} */
export const revision = 'aaaaaaaaaaaa'
export const downRevision = null
export function upgrade(op) {
  op.createTable('notes', (t) => {
    t.column('id', { kind: 'integer', bits: 32 }, { nullable: false })
    t.primaryKey(['id'])
  })
}
`

describeEverywhere('ensure verify', (createGround) => {
  it('at the head says so and writes nothing, with the rights of a reader', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    const before = await ground.picture()
    const migrator = await reader(ground, 4)
    for (const schema of [false, true]) {
      expect(await migrator.ensure({ mode: 'verify', verify: { schema, strict: true } })).toEqual({
        state: 'atHead',
        revision: ['r4'],
        applied: [],
        warnings: [],
        ms: expect.any(Number),
      })
    }
    expect(await migrator.status({ files: false })).toEqual({ state: 'atHead', revision: ['r4'], pending: 0 })
    expect(await ground.picture()).toEqual(before)
  })

  it('refuses a database that is empty or behind, and makes nothing there', async () => {
    const ground = await createGround()
    await ground.sql('CREATE TABLE other (id int)')
    await ground.sql('DROP TABLE other')
    const empty = await ground.picture()
    const notAtHead = (pending: number) => ({ code: 'NOT_AT_HEAD', details: { state: 'behind', pending } })
    await expect(migratorOf(ground, 4).ensure({ mode: 'verify' })).rejects.toMatchObject(notAtHead(4))
    expect(await migratorOf(ground, 4).status({ files: false })).toEqual({ state: 'empty', revision: [], pending: 4 })
    expect(await ground.picture()).toEqual(empty)
    await migratorOf(ground, 3).upgrade()
    const before = await ground.picture()
    await expect((await reader(ground, 4)).ensure({ mode: 'verify' })).rejects.toMatchObject({
      ...notAtHead(1),
      remedy: expect.stringContaining('migrate upgrade'),
      message: expect.stringContaining('1 revision is pending'),
    })
    expect(await migratorOf(ground, 4).status({ files: false })).toEqual({
      state: 'behind',
      revision: ['r3'],
      pending: 1,
    })
    expect(await ground.picture()).toEqual(before)
  })

  it('takes no lock: it answers while another run holds it', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const inside = promised()
    const go = promised()
    const run = migratorOf(ground, {
      knows: 3,
      gate: async () => {
        inside.fulfil()
        await go.fulfilled
      },
    }).downgrade('r2')
    await inside.fulfilled
    try {
      expect((await migratorOf(ground, 3).lock.report()).held).toBe(true)
      const answer = await migratorOf(ground, 4)
        .ensure({ mode: 'verify', timeoutMs: 0 })
        .catch((error: unknown) => error)
      expect(answer).toMatchObject({ code: 'NOT_AT_HEAD' })
    } finally {
      go.fulfil()
    }
    await run
  })

  it('refuses what is missing of the schema, where it is asked to look, and names it', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    await ground.sql('ALTER TABLE notes DROP COLUMN label_id')
    const verify = { schema: true }
    const before = await ground.picture()
    const migrator = await reader(ground, 4)
    await expect(migrator.ensure({ mode: 'verify', verify })).rejects.toMatchObject({
      code: 'NOT_AT_HEAD',
      details: { state: 'different' },
      message: expect.stringContaining('notes has no column label_id'),
    })
    expect((await migrator.ensure({ mode: 'verify' })).state).toBe('atHead')
    expect(await ground.picture()).toEqual(before)
  })

  it('refuses a schema that lacks a table, where it is asked to look', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    await ground.sql('DROP TABLE tags')
    await expect(migratorOf(ground, 4).ensure({ mode: 'verify', verify: { schema: true } })).rejects.toMatchObject({
      code: 'NOT_AT_HEAD',
      details: { state: 'different' },
      message: expect.stringContaining('there is no table tags'),
    })
  })

  it('only warns of what looks different', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    const changed = {
      // SQLite cannot change a column: one more looks different, too.
      sqlite: 'ALTER TABLE tags ADD COLUMN more int',
      postgres: 'ALTER TABLE notes ALTER COLUMN text TYPE varchar(50)',
      mysql: 'ALTER TABLE notes MODIFY text varchar(50) NOT NULL',
    }
    await ground.sql(ground.name === 'sqlite' || ground.name === 'postgres' ? changed[ground.name] : changed.mysql)
    const before = await ground.picture()
    const { state, warnings } = await (await reader(ground, 4)).ensure({ mode: 'verify', verify: { schema: true } })
    expect(state).toBe('atHead')
    expect(warnings).toEqual([
      expect.stringMatching(ground.name === 'sqlite' ? /^table tags: .*more/ : /^table notes: .*text/),
    ])
    expect(await ground.picture()).toEqual(before)
  })

  it('warns of an edited file, and refuses it where it is strict', async () => {
    const ground = await createGround()
    const folder = folderOf()
    const path = join(folder, 'aaaaaaaaaaaa_notes.mjs')
    const migrator = (dialect: UnloadedDialect): Migrator => createMigrator({ dialect, tiers: [graph(folder)] })
    writeFileSync(path, file('notes'))
    await migrator(ground.dialect()).upgrade()
    writeFileSync(path, file('notes').replace('bits: 32', 'bits: 64'))
    const before = await ground.picture()
    const only = migrator(await ground.readOnly())
    expect(await only.ensure({ mode: 'verify' })).toMatchObject({
      state: 'atHead',
      warnings: [expect.stringContaining('aaaaaaaaaaaa')],
    })
    await expect(only.ensure({ mode: 'verify', verify: { strict: true } })).rejects.toMatchObject({
      code: 'NOT_AT_HEAD',
      details: { state: 'edited', pending: 0 },
      remedy: expect.stringContaining('--accept-edit'),
    })
    expect(await ground.picture()).toEqual(before)
  })

  it('refuses a database of another tool', async () => {
    const ground = await createGround()
    await ground.sql('CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)')
    await ground.sql("INSERT INTO alembic_version VALUES ('abc')")
    await ground.sql('CREATE TABLE notes (id int)')
    const before = await ground.picture()
    const foreignHistory = {
      tables: ['alembic_version'],
      find: async () => ({
        table: 'alembic_version',
        stamp: [],
        differences: [],
        message: 'The database belongs to another tool.',
      }),
    }
    const { graphOf, revisions } = await import('@org/migrate-core')
    const migrator = createMigrator({
      dialect: await ground.readOnly(),
      tiers: [graphOf(revisions([]), { foreignHistory })],
    })
    await expect(migrator.ensure({ mode: 'verify' })).rejects.toMatchObject({
      code: 'FOREIGN_HISTORY',
      details: { table: 'alembic_version' },
    })
    expect((await migrator.status({ files: false })).state).toBe('foreign')
    expect(await ground.picture()).toEqual(before)
  })
})
