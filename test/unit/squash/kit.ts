import {
  integer,
  type Migrator,
  type MigratorOptions,
  type OperationRecorder,
  type Revision,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { chainOf } from '../last-run/kit.ts'

const chain = chainOf(4)
/** Makes what r1, r2 and r3 make. */
const squash: Revision = {
  revision: 's1',
  downRevision: null,
  replaces: ['r1', 'r2', 'r3'],
  upgrade: (op) => {
    for (const each of chain.slice(0, 3)) each.upgrade(op)
  },
}
export const old = chain
export const both = [...old, squash]
export const pruned = [...chain.slice(3), squash]

export interface Ground {
  readonly dialect: UnloadedDialect
  sql(text: string): Promise<readonly unknown[]>
}

export const log = 'SELECT revision, direction FROM migrate_history ORDER BY id'
export const heads = async (migrator: Migrator) => (await migrator.status()).tiers.flatMap((tier) => tier.heads)
export const on = (dialect: UnloadedDialect, chain: readonly Revision[], options: Partial<MigratorOptions> = {}) =>
  migratorOf(dialect, chain, options)

const numbered = (op: OperationRecorder): void =>
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
    t.column('name', varchar(20))
    t.primaryKey(['id'])
  })

/** A database at the end of a range that has dropped a column with its values, and the revision that replaces it. */
async function droppedName(dialect: UnloadedDialect, sql: Ground['sql']) {
  const dropped = {
    downRevision: 'r1',
    upgrade: (op: OperationRecorder) => op.dropColumn('people', 'name', { preserve: true }),
  }
  const people = (op: OperationRecorder): void =>
    op.createTable('people', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(20))
      t.primaryKey(['id'])
    })
  const range: readonly Revision[] = [
    { revision: 'r1', downRevision: null, upgrade: people },
    { revision: 'r2', ...dropped },
  ]
  await on(dialect, range).upgrade('r1')
  await sql("INSERT INTO people (id, name) VALUES (7, 'Ada')")
  await on(dialect, range).upgrade()
  const behind: Revision = { revision: 's2', replaces: ['r2'], ...dropped }
  return { range, behind }
}

export function promises(ground: () => Promise<Ground>): void {
  test('an empty database starts with the squashed revision, and goes back below it', async () => {
    const { dialect, sql } = await ground()
    expect((await on(dialect, both).upgrade()).applied).toEqual(['main:s1', 'main:r4'])
    await sql('SELECT id FROM t_r3')
    await on(dialect, both).downgrade('base')
    await expect(sql('SELECT id FROM t_r1')).rejects.toThrow()
  })

  test('what downgrades of the range preserved stays preserved, and is named', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade()
    await sql('INSERT INTO t_r1 (id) VALUES (7)')
    await on(dialect, old).downgrade('base')
    const note =
      'what a downgrade of r1 preserved stays preserved: `migrate preserved restore r1` writes it back afterwards, but no values of columns that this revision does not have; an upgrade with the replaced files restores them'
    expect((await on(dialect, both).plan()).steps[0]?.notes).toEqual([note])
    const { reports } = await on(dialect, pruned).upgrade()
    expect(reports).toMatchObject([
      {
        what: 'rows of t_r1: r1, which this revision replaces, preserved it, and there it stays',
        count: 1,
      },
    ])
    expect(await sql('SELECT id FROM t_r1')).toEqual([])
    const migrator = on(dialect, pruned)
    expect(await migrator.status()).toMatchObject({ superseded: 1 })
    expect(await migrator.preserved.restore('r1')).toEqual({ restored: 1, missing: 0, refused: 0 })
    expect(await sql('SELECT id FROM t_r1')).toMatchObject([{ id: 7 }])
  })

  test('a table gives no number again that it gave before a downgrade of the range, so that a restore by hand replaces no newer row', async () => {
    const { dialect, sql } = await ground()
    const range: readonly Revision[] = [
      { revision: 'r1', downRevision: null, upgrade: numbered },
      { revision: 'r2', downRevision: 'r1', upgrade: (op) => op.addColumn('people', 'age', integer()) },
    ]
    const whole: Revision = {
      revision: 's1',
      downRevision: null,
      replaces: ['r1', 'r2'],
      upgrade: (op) => {
        for (const each of range) each.upgrade(op)
      },
    }
    await on(dialect, range).upgrade()
    await sql("INSERT INTO people (name) VALUES ('Ada'), ('Bob'), ('Cy')")
    await sql("DELETE FROM people WHERE name = 'Cy'")
    await on(dialect, range).downgrade('base')
    const migrator = on(dialect, [...range, whole])
    await migrator.upgrade()
    await sql("INSERT INTO people (name) VALUES ('Dan')")
    await migrator.preserved.restore('r1')
    const found = await sql('SELECT id, name FROM people ORDER BY id')
    expect(found).toMatchObject(['Ada', 'Bob', 'Dan'].map((name) => ({ name })))
    expect(found).toMatchObject([1, 2, 4].map((id) => ({ id })))
  })

  test('what an upgrade of the range preserved is named when the squashed revision is recorded, and a restore by hand writes it', async () => {
    const { dialect, sql } = await ground()
    const { range, behind } = await droppedName(dialect, sql)
    const migrator = on(dialect, [...range, behind])
    expect((await migrator.plan()).steps[0]?.notes).toEqual([
      'what it replaces is applied: it is recorded, and nothing of it runs',
      'what r2 preserved for its downgrade stays preserved: the downgrade of this revision does not restore it, and `migrate preserved restore r2` writes it back afterwards',
    ])
    expect((await migrator.upgrade()).reports).toMatchObject([
      { what: 'people.name: r2, which this revision replaces, preserved it, and there it stays', count: 1 },
    ])
    expect((await migrator.downgrade('r1')).warnings).toContain(
      'main:s2: what r2 preserved for its downgrade stays preserved: the downgrade of this revision does not restore it, and `migrate preserved restore r2` writes it back afterwards',
    )
    expect(await sql('SELECT name FROM people')).toMatchObject([{ name: null }])
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 1, missing: 0, refused: 0 })
    expect(await sql('SELECT name FROM people')).toMatchObject([{ name: 'Ada' }])
  })

  test('so it is by a downgrade of the squashed revision that no upgrade has recorded', async () => {
    const { dialect, sql } = await ground()
    const { range, behind } = await droppedName(dialect, sql)
    const migrator = on(dialect, [...range, behind])
    expect((await migrator.plan('r1')).steps[0]?.notes).toContain(
      'what r2 preserved for its downgrade stays preserved: the downgrade of this revision does not restore it, and `migrate preserved restore r2` writes it back afterwards',
    )
    expect((await migrator.downgrade('r1')).reports).toMatchObject([
      { what: 'people.name: r2, which this revision replaces, preserved it, and there it stays', count: 1 },
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 1, superseded: 1 })
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 1, missing: 0, refused: 0 })
    expect(await sql('SELECT name FROM people')).toMatchObject([{ name: 'Ada' }])
  })

  test.each([true, false])(
    'a table that a downgrade of it makes again gives no number that it gave before (recorded: %s)',
    async (isRecorded) => {
      const { dialect, sql } = await ground()
      const dropped = {
        downRevision: 'r1',
        upgrade: (op: OperationRecorder) => op.dropTable('people', { preserve: true }),
      }
      const range: readonly Revision[] = [
        { revision: 'r1', downRevision: null, upgrade: numbered },
        { revision: 'r2', ...dropped },
      ]
      await on(dialect, range).upgrade('r1')
      await sql("INSERT INTO people (name) VALUES ('Ada'), ('Bob'), ('Cy')")
      await sql("DELETE FROM people WHERE name = 'Cy'")
      await on(dialect, range).upgrade()
      const migrator = on(dialect, [...range, { revision: 's2', replaces: ['r2'], ...dropped }])
      if (isRecorded) await migrator.upgrade()
      await migrator.downgrade('r1')
      await sql("INSERT INTO people (name) VALUES ('Dan')")
      expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
      expect(await sql('SELECT id, name FROM people ORDER BY id')).toMatchObject([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bob' },
        { id: 4, name: 'Dan' },
      ])
    },
  )

  test('a database at the end of the range records it in the run that goes on, and runs nothing of it', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade('r3')
    await sql('INSERT INTO t_r1 (id) VALUES (7)')
    expect((await on(dialect, both).status()).tiers[0]).toMatchObject({ heads: ['s1'], pending: ['s1', 'r4'] })
    expect((await on(dialect, both).plan()).steps).toMatchObject([
      {
        revision: 's1',
        operations: [],
        notes: ['what it replaces is applied: it is recorded, and nothing of it runs'],
      },
      { revision: 'r4', notes: [] },
    ])
    const { applied } = await on(dialect, both).ensure({ mode: 'apply' })
    expect(applied).toEqual(['main:s1', 'main:r4'])
    expect(await sql('SELECT id FROM t_r1')).toMatchObject([{ id: 7 }])
    expect((await sql(log)).slice(3)).toMatchObject([
      { revision: 's1', direction: 'stamp' },
      { revision: 'r4', direction: 'up' },
    ])
    expect((await on(dialect, pruned).upgrade()).applied).toEqual([])
  })

  test('a database behind the range records it once, and keeps its row', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade()
    expect((await on(dialect, pruned).upgrade()).applied).toEqual(['main:s1'])
    expect((await on(dialect, pruned).upgrade()).applied).toEqual([])
    expect(await heads(on(dialect, pruned))).toEqual(['r4'])
    expect(await sql(log)).toHaveLength(5)
    await on(dialect, pruned).downgrade('s1')
    expect(await heads(on(dialect, pruned))).toEqual(['s1'])
  })
}
