import { rmSync } from 'node:fs'
import { type OperationRecorder, type Revision, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { FleetMember } from '@org/migrate-fleet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executeIn, rowsOf } from '../run/kit.ts'
import { fileOf, newFolder } from './kit.ts'
import { expectEqual, stamped, templatedFleet, whole } from './template-kit.ts'

describe('sqlite: members from a template', () => {
  let folder: string
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const dialect = ({ url = '' }: FleetMember): UnloadedDialect => sqliteDialect({ url })
  const member = (id: string): FleetMember => ({ id, url: `sqlite:///${fileOf(folder, id)}` })

  it('A file of a new member is what the revisions make of one, and its history tells how it came', async () => {
    await expectEqual(dialect, [member('a'), member('b')])
  })

  it('What a template may not hold is made by the revisions, and the answer says why', async () => {
    const token = (op: OperationRecorder): void =>
      op.run('give tokens', {
        up: async (db) => void (await db.execute("UPDATE roles SET name = 'secret ' || hex(randomblob(8))")),
        down: 'none',
      })
    const owned = (op: OperationRecorder): void => op.sql('INSERT INTO users SELECT 1, 1, hex(randomblob(8))')
    const attached = (op: OperationRecorder): void => op.sql('PRAGMA user_version = 7')
    for (const [extra, why] of [
      [token, 'the rows of roles, which the data step "give tokens" of r5 may have changed'],
      [owned, 'the rows of users, which a data step or SQL writes'],
      [attached, 'what SQL of r5 does: PRAGMA user_version = 7'],
    ] as const) {
      const history = [...whole, { revision: 'r5', downRevision: 'r4', upgrade: extra }]
      const id = `m${why.length}`
      const created = await templatedFleet([member(id)], dialect, history).create(member(id))
      expect(created).toEqual({ applied: [...stamped, 'main:r5'], withoutTemplate: `a template does not hold ${why}` })
    }
  })

  it('A template that is recorded for what the same revisions made before is made again', async () => {
    // As a revision does whose table is declared in another file, that was changed.
    let width = 50
    const history: readonly Revision[] = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op) => op.createTable('users', (t) => t.column('name', varchar(width))),
      },
    ]
    const state = sqliteDialect({ url: `sqlite:///${fileOf(folder, 'state')}` })
    const create = (id: string) => templatedFleet([member(id)], dialect, history, state).create(member(id))
    expect(await create('a')).toEqual({ applied: [], loaded: ['main:r1'] })
    width = 60
    for (const id of ['b', 'c']) expect(await create(id)).toEqual({ applied: [], loaded: ['main:r1'] })
    const typeIn = (id: string) => rowsOf(fileOf(folder, id), "SELECT type FROM pragma_table_info('users')")
    expect(['a', 'b', 'c'].map(typeIn)).toEqual([
      [{ type: 'VARCHAR(50)' }],
      [{ type: 'VARCHAR(60)' }],
      [{ type: 'VARCHAR(60)' }],
    ])
  })

  it.each<[string, (op: OperationRecorder) => void, string]>([
    ['a column of them', (op) => op.dropColumn('roles', 'name', { preserve: true }), 'drop column roles.name'],
    [
      'a column of them, in a table that got another name',
      (op) => {
        op.renameTable('roles', 'ranks')
        op.dropColumn('ranks', 'name', { preserve: true })
      },
      'drop column ranks.name',
    ],
  ])('Rows that the revisions give, and then preserve %s, come from the revisions', async (_what, extra, what) => {
    const history = [...whole, { revision: 'r5', downRevision: 'r4', upgrade: extra }]
    const fleet = templatedFleet([member('a')], dialect, history)
    expect(await fleet.create(member('a'))).toEqual({
      applied: [...stamped, 'main:r5'],
      losses: [expect.objectContaining({ revision: 'r5', how: 'dropped', preserved: true, rows: 2 })],
      withoutTemplate: `a template does not hold what r5 preserves: ${what}`,
    })
    await fleet.downgrade('r4')
    expect(rowsOf(fileOf(folder, 'a'), 'SELECT name FROM roles ORDER BY id')).toEqual([
      { name: 'reader' },
      { name: 'writer' },
    ])
  })

  it('A template holds what preserves rows of a table that the revisions leave empty', async () => {
    const extra = (op: OperationRecorder): void => op.dropTable('users', { preserve: true })
    const history = [...whole.slice(0, 2), { revision: 'r3', downRevision: 'r2', upgrade: extra }]
    expect(await templatedFleet([], dialect, history).create(member('a'))).toEqual({
      applied: [],
      loaded: ['main:r1', 'main:r2', 'main:r3'],
    })
  })

  it('A data step that restores what it took of them is not in a template', async () => {
    const extra = (op: OperationRecorder): void =>
      op.run('empty', {
        up: async (db) => {
          const rows = await db.query('SELECT id, name FROM roles')
          for (const row of rows) await db.preserve({ table: 'roles', key: { id: row.id ?? null }, row })
          await db.execute('DELETE FROM roles')
        },
        down: 'restore',
        to: ['roles'],
      })
    const history = [...whole, { revision: 'r5', downRevision: 'r4', upgrade: extra }]
    expect(await templatedFleet([], dialect, history).create(member('a'))).toEqual({
      applied: [...stamped, 'main:r5'],
      withoutTemplate: 'a template does not hold what r5 preserves: data step: empty',
    })
  })

  it('A template is recorded in the state for its revisions, and another process takes it from there', async () => {
    const state = sqliteDialect({ url: `sqlite:///${folder}/fleet.db` })
    await templatedFleet([], dialect, whole, state).create(member('a'))
    executeIn(fileOf(folder, 'fleet'), `UPDATE fleet_templates SET missing = '["what was read"]'`)
    expect(await templatedFleet([], dialect, whole, state).create(member('b'))).toEqual({
      applied: stamped,
      withoutTemplate: 'a template does not hold what was read',
    })
    expect(await templatedFleet([], dialect, whole.slice(0, 3), state).create(member('c'))).toEqual({
      applied: [],
      loaded: stamped.slice(0, 3),
    })
  })

  it('Two calls for one member make it once, and a member that is there is left as it is', async () => {
    const [one, other] = [templatedFleet([], dialect), templatedFleet([], dialect)]
    const results = await Promise.all([one.create(member('a')), other.create(member('a')), one.create(member('a'))])
    const loaded = results.filter((each) => each.loaded !== undefined)
    expect(loaded.length).toBeGreaterThan(0)
    expect(await one.history(member('a'))).toHaveLength(4)
    expect(await one.create(member('a'))).toEqual({ applied: [] })
  })
})
