import { decimal, integer, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, migratorOn, valuesOf } from './kit.ts'

const table: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('old', text(), { nullable: false })
    t.column('n', decimal(10, 4))
    t.primaryKey(['id'])
  })

const insert = "INSERT INTO t (id, old, n) VALUES (1, 'a', 1.2345), (2, 'b', 1.25), (3, 'c', NULL)"
const counted = async (at: { sql(text: string): Promise<readonly Record<string, unknown>[]> }): Promise<number> =>
  Number((await at.sql('SELECT count(*) AS n FROM migrate_preserved'))[0]?.n)

describeEverywhere('what an upgrade drops with `preserve`', (ground) => {
  it('comes back with the downgrade, NOT NULL as it was, and goes again', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      table,
      (op) => {
        op.alterTable('t', (t) => t.addColumn('new', text()))
        op.run('move', { up: async (db) => void (await db.execute('UPDATE "t" SET "new" = "old"')), down: 'none' })
        op.alterTable('t', (t) => t.dropColumn('old', { preserve: true }))
      },
    ])
    await migrator.upgrade('r1')
    await at.sql(insert)
    const notes = (await migrator.plan()).steps[0]?.notes ?? []
    expect(notes.filter((note) => !note.startsWith('readers and writers of t wait'))).toEqual([])
    const up = await migrator.upgrade()
    expect(up).toMatchObject({ preserved: 3, losses: [{ object: 'column t.old', rows: 3, preserved: true }] })
    await migrator.downgrade('r1')
    expect(await valuesOf(at, 'old')).toEqual(['a', 'b', 'c'])
    await expect(at.sql('INSERT INTO t (id) VALUES (9)')).rejects.toThrow()
    expect((await migrator.upgrade()).preserved).toBe(3)
    expect(await valuesOf(at, 'new')).toEqual(['a', 'b', 'c'])
  })

  it.each<[string, RevisionBody]>([
    ['drops', (op) => op.dropTable('t', { preserve: true })],
    [
      'renames and drops',
      (op) => {
        op.renameTable('t', 'u')
        op.dropTable('u', { preserve: true })
      },
    ],
    [
      'makes another of',
      (op) => {
        op.dropTable('t', { preserve: true })
        op.createTable('t', (t) => t.column('other', integer()))
      },
    ],
  ])('comes back where the same revision %s its table afterwards', async (_title, drop) => {
    const at = await ground()
    const change: RevisionBody = (op) => {
      op.alterTable('t', (t) => {
        t.alterColumn('n', { type: integer(), using: 'round(n)', usingBack: 'n', preserve: true })
        t.dropColumn('old', { preserve: true })
      })
      if (typeof drop === 'function') drop(op)
    }
    const migrator = migratorOn(at, [table, change])
    await migrator.upgrade('r1')
    await at.sql(insert)
    const before = [await valuesOf(at, 'old'), await valuesOf(at, 'n')]
    await migrator.upgrade()
    const { reports } = await migrator.downgrade('r1')
    expect([reports, await valuesOf(at, 'old'), await valuesOf(at, 'n')]).toEqual([[], ...before])
    expect(await counted(at)).toBe(0)
  })

  it('stays preserved where the row has changed since or is gone', async () => {
    const at = await ground()
    const nullable: RevisionBody = (op) => op.alterTable('t', (t) => t.alterColumn('old', { nullable: true }))
    const migrator = migratorOn(at, [
      table,
      nullable,
      (op) => op.alterTable('t', (t) => t.dropColumn('old', { preserve: true })),
    ])
    await migrator.upgrade('r2')
    await at.sql(insert)
    await migrator.upgrade()
    await at.sql('UPDATE t SET n = 7 WHERE id = 2')
    await at.sql('DELETE FROM t WHERE id = 3')
    const { reports } = await migrator.downgrade('r2')
    expect(await valuesOf(at, 'old')).toEqual(['a', null])
    expect(reports.map(({ what, firstKeys }) => [what, firstKeys])).toEqual([
      ['t.old: the row has changed since the upgrade, so the old value stays preserved', ['2']],
      ['t.old: the row is gone, so the old value stays preserved', ['3']],
    ])
    expect(await counted(at)).toBe(2)
  })

  it('comes back as a table with its rows, which refer to one another', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      (op) => {
        op.createTable('node', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('up', integer())
          t.primaryKey(['id'])
          t.foreignKey({ columns: ['up'], references: { table: 'node', columns: ['id'] } })
        })
      },
      (op) => op.dropTable('node', { preserve: true }),
    ])
    await migrator.upgrade('r1')
    await at.sql('INSERT INTO node (id, up) VALUES (2, NULL)')
    await at.sql('INSERT INTO node (id, up) VALUES (1, 2), (3, 2)')
    expect((await migrator.upgrade()).losses).toMatchObject([{ object: 'table node', rows: 3, preserved: true }])
    await migrator.downgrade('r1')
    expect((await at.sql('SELECT id, up FROM node ORDER BY id')).map((row) => [Number(row.id), row.up])).toEqual([
      [1, 2],
      [2, null],
      [3, 2],
    ])
    expect(await counted(at)).toBe(0)
  })

  it('and what a conversion changes comes back, but not over a newer value', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      table,
      (op) =>
        op.alterTable('t', (t) =>
          t.alterColumn('n', { type: integer(), using: 'round(n)', usingBack: 'n', preserve: true }),
        ),
    ])
    await migrator.upgrade('r1')
    await at.sql(insert)
    const before = await valuesOf(at, 'n')
    await migrator.upgrade()
    expect(await valuesOf(at, 'n')).toEqual([
      expect.stringMatching(/^1(\.0)?$/),
      expect.stringMatching(/^1(\.0)?$/),
      null,
    ])
    await at.sql('UPDATE t SET n = 5 WHERE id = 2')
    await migrator.downgrade('r1')
    const after = await valuesOf(at, 'n')
    expect(after[0]).toBe(before[0])
    expect(Number(after[1])).toBe(5)
  })

  it('is refused before anything runs where it cannot be, and by default for all with `preserve.upgrades`', async () => {
    const at = await ground()
    const chain: readonly RevisionBody[] = [
      table,
      (op) => op.alterTable('t', (t) => t.dropColumn('old')),
      (op) => op.alterTable('t', (t) => t.dropColumn('n', { preserve: false })),
    ]
    await migratorOn(at, chain).upgrade('r1')
    await at.sql(insert)
    const few = migratorOn(at, chain, { preserve: { maxBytes: 600, upgrades: true } })
    expect(await errorOf(few.upgrade())).toMatchObject({ code: 'DATA_LOSS' })
    expect(await valuesOf(at, 'old')).toEqual(['a', 'b', 'c'])
    const { losses } = await migratorOn(at, chain, { preserve: { upgrades: true } }).upgrade()
    expect(losses).toMatchObject([
      { object: 'column t.old', preserved: true },
      { object: 'column t.n', preserved: false },
    ])
  })

  it('is refused before anything runs where the same revision drops the key first', async () => {
    const at = await ground()
    const upgrade: RevisionBody = (op) => {
      op.createTable('first', (t) => t.column('id', integer()))
      op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' }))
      op.alterTable('t', (t) => t.dropColumn('n', { preserve: true }))
    }
    const migrator = migratorOn(at, [table, upgrade])
    await migrator.upgrade('r1')
    await at.sql(insert)
    // SQLite preserves by rowid.
    if (at.name === 'sqlite') {
      expect((await migrator.upgrade()).losses).toMatchObject([{ object: 'column t.n', rows: 2, preserved: true }])
      return
    }
    const error = await errorOf(migrator.upgrade())
    expect(error).toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('has no unique key') })
    await expect(at.sql('SELECT id FROM first')).rejects.toThrow()
    expect((await migrator.status()).interrupted).toEqual([])
    const { losses } = await migrator.upgrade('head', { allowDataLoss: true })
    expect(losses).toMatchObject([{ object: 'column t.n', preserved: false }])
  })

  it('is refused before anything runs behind a data step, where the rows are without a key', async () => {
    const at = await ground()
    const plain: RevisionBody = (op) =>
      op.createTable('t', (t) => {
        t.column('id', integer())
        t.column('n', integer())
      })
    const upgrade: RevisionBody = (op) => {
      op.run('fill', { up: async (db) => void (await db.execute('UPDATE "t" SET "n" = 1')), down: 'none' })
      op.alterTable('t', (t) => t.dropColumn('n', { preserve: true }))
    }
    const migrator = migratorOn(at, [plain, upgrade])
    await migrator.upgrade('r1')
    await at.sql('INSERT INTO t (id, n) VALUES (1, 5)')
    if (at.name === 'sqlite') {
      expect((await migrator.upgrade()).losses).toMatchObject([{ object: 'column t.n', rows: 1, preserved: true }])
      return
    }
    expect(await errorOf(migrator.upgrade())).toMatchObject({ code: 'DATA_LOSS' })
    expect((await at.sql('SELECT n FROM t')).map(({ n }) => Number(n))).toEqual([5])
    const { losses } = await migrator.upgrade('head', { allowDataLoss: true })
    expect(losses).toMatchObject([{ object: 'column t.n', rows: 1, preserved: false }])
  })

  it('runs where the same revision adds the key first', async () => {
    const at = await ground()
    const unkeyed: RevisionBody = (op) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('old', text(), { nullable: false })
        t.column('n', decimal(10, 4))
      })
    const upgrade: RevisionBody = (op) =>
      op.alterTable('t', (t) => {
        t.addPrimaryKey(['id'])
        t.dropColumn('old', { preserve: true })
      })
    const migrator = migratorOn(at, [unkeyed, upgrade])
    await migrator.upgrade('r1')
    await at.sql(insert)
    expect((await migrator.upgrade()).losses).toMatchObject([{ object: 'column t.old', rows: 3, preserved: true }])
  })

  it('is refused by a script, which cannot preserve it; on request the script says what it leaves out', async () => {
    const at = await ground()
    const chain = (preserve?: boolean): readonly RevisionBody[] => [
      table,
      (op) => op.alterTable('t', (t) => t.dropColumn('old', preserve === undefined ? {} : { preserve })),
    ]
    const refused = {
      code: 'NOT_PRINTABLE',
      message: expect.stringContaining('  - r2: preserve column t.old'),
    }
    await migratorOn(at, chain(true)).upgrade('r1')
    for (const migrator of [migratorOn(at, chain(true)), migratorOn(at, chain(), { preserve: { upgrades: true } })]) {
      expect(await errorOf(migrator.script('r2', { from: 'r1' }))).toMatchObject(refused)
      expect(await errorOf(migrator.script('r2', { from: 'current' }))).toMatchObject(refused)
      expect(await migrator.script('r2', { from: 'r1', skipData: true })).toContain(
        '-- left out: preserve column t.old\n',
      )
    }
    expect(await migratorOn(at, chain()).script('r2', { from: 'r1' })).toContain('DROP COLUMN')
  })

  it('makes the script of the downgrade a refused one too, whether the database is read for it or not', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [table, (op) => op.dropColumn('t', 'old')], { preserve: { upgrades: true } })
    await migrator.upgrade()
    for (const from of ['r2', 'current']) {
      const options = { command: 'downgrade', from } as const
      expect(await errorOf(migrator.script('r1', options))).toMatchObject({
        code: 'NOT_PRINTABLE',
        message: expect.stringContaining('  - r2: preserve column t.old'),
      })
      expect(await migrator.script('r1', { ...options, skipData: true })).toContain(
        '-- left out: data step: restore what the upgrade preserved of column t.old\n',
      )
    }
  })
})
