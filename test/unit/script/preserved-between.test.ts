import { integer, type Migrator, type OperationRecorder, type ScriptOptions, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnGrounds, type Ground } from './ground.ts'

const users = (op: OperationRecorder): void =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20))
    t.primaryKey(['id'])
  })

const adding = (ground: Ground): Migrator =>
  migratorOf(
    ground.dialect(),
    line(users, (op) => op.addColumn('users', 'locale', varchar(20))),
  )

const dropping = (ground: Ground): Migrator =>
  migratorOf(
    ground.dialect(),
    line(
      (op) => {
        users(op)
        op.addColumn('users', 'locale', varchar(20))
      },
      (op) => op.dropColumn('users', 'locale', { preserve: true }),
    ),
  )

/** SQLite's driver reads rows, and a change is none. */
const change = (ground: Ground, text: string): void => {
  expect(ground.client(`${text};`)).toMatchObject({ stopped: false })
}

const insert = "INSERT INTO users (id, name, locale) VALUES (1, 'a', 'de'), (2, 'b', 'fr')"
const locales = 'SELECT id, locale FROM users ORDER BY id'
const empty = [
  { id: 1, locale: null },
  { id: 2, locale: null },
]
const restored = [
  { id: 1, locale: 'de' },
  { id: 2, locale: 'fr' },
]

async function byScript(ground: Ground, migrator: Migrator, target: string, options: ScriptOptions): Promise<void> {
  const script = await migrator.script(target, { ...options, ...ground.scriptOptions })
  expect(ground.client(script)).toMatchObject({ stopped: false })
}

describeOnGrounds('what is preserved of a revision that a script then applies or reverts', (createGround) => {
  test('is counted as superseded from then on, and a restore by hand writes it', async () => {
    const ground = await createGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    change(ground, insert)
    await migrator.downgrade('r1')
    await byScript(ground, migrator, 'r2', { from: 'r1' })
    expect(await ground.rows(locales)).toEqual(empty)
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
    expect(await migrator.preserved.list()).toMatchObject([{ revision: 'r2', values: 2, superseded: 2 }])
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows(locales)).toEqual(restored)
    expect(await migrator.status()).toMatchObject({ preserved: 0 })
  })

  test('is counted as superseded too where the revision of the script replaces it', async () => {
    const ground = await createGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    change(ground, insert)
    await migrator.downgrade('base')
    const squashed = migratorOf(ground.dialect(), [
      {
        revision: 's',
        downRevision: null,
        replaces: ['r1', 'r2'],
        upgrade: (op) => {
          users(op)
          op.addColumn('users', 'locale', varchar(20))
        },
      },
    ])
    await byScript(ground, squashed, 's', { from: 'base' })
    expect(await squashed.status()).toMatchObject({ preserved: 4, superseded: 4 })
    change(ground, "INSERT INTO users (id, name) VALUES (1, 'a'), (2, 'b')")
    expect(await squashed.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows(locales)).toEqual(restored)
  })

  test('does not come back over newer data with a later upgrade, and its plan says so', async () => {
    const ground = await createGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    change(ground, insert)
    await migrator.downgrade('r1')
    await byScript(ground, migrator, 'r2', { from: 'r1' })
    await byScript(ground, migrator, 'r1', { from: 'r2', command: 'downgrade' })
    expect((await migrator.plan()).steps).toMatchObject([{ restores: { values: 2, superseded: 2 } }])
    const { reports } = await migrator.upgrade()
    expect(reports).toMatchObject([
      {
        what: 'users.locale: a script has applied or reverted the revision since, and restored nothing, so the old value stays preserved',
        count: 2,
      },
    ])
    expect(await ground.rows(locales)).toEqual(empty)
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
  })

  test('does not come back with a later downgrade where an upgrade had preserved it', async () => {
    const ground = await createGround()
    const migrator = dropping(ground)
    await migrator.upgrade('r1')
    change(ground, insert)
    await migrator.upgrade()
    await byScript(ground, migrator, 'r1', { from: 'r2', command: 'downgrade', skipData: true })
    await byScript(ground, migrator, 'r2', { from: 'r1', skipData: true })
    const { reports } = await migrator.downgrade('r1')
    expect(reports).toMatchObject([{ count: 2 }])
    expect(await ground.rows(locales)).toEqual(empty)
    expect(await migrator.preserved.restore('r2')).toMatchObject({ restored: 2 })
    expect(await ground.rows(locales)).toEqual(restored)
  })

  test('comes back as ever where a run has reverted the revision after the script', async () => {
    const ground = await createGround()
    const migrator = adding(ground)
    await migrator.upgrade('r1')
    await byScript(ground, migrator, 'r2', { from: 'r1' })
    change(ground, insert)
    await migrator.downgrade('r1')
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 0 })
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await ground.rows(locales)).toEqual(restored)
  })

  test('is set aside by the script of a stamp, and does not come back with a later upgrade', async () => {
    const ground = await createGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    change(ground, insert)
    await migrator.downgrade('r1')
    change(ground, 'ALTER TABLE users ADD COLUMN locale varchar(20)')
    await byScript(ground, migrator, 'r2', { from: 'r1', command: 'stamp' })
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
    change(ground, 'ALTER TABLE users DROP COLUMN locale')
    await byScript(ground, migrator, 'r1', { from: 'r2', command: 'stamp' })
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await ground.rows(locales)).toEqual(empty)
    expect(await migrator.preserved.restore('r2')).toMatchObject({ restored: 2 })
    expect(await ground.rows(locales)).toEqual(restored)
  })
})
