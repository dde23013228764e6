import { check } from '@org/migrate-autogenerate'
import { integer, native } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

const migratorOn = (db: TestDatabase, change: RevisionBody) =>
  migratorOf(postgresDialect({ url: db.url }), line(change))

const setup = `CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
  CREATE TABLE t (id int PRIMARY KEY, m mood, l mood[], n mood[][]);
  CREATE TABLE lists (id int PRIMARY KEY, l mood[] DEFAULT '{sad}');
  CREATE TABLE parts (id int, l mood[]) PARTITION BY LIST (id);
  CREATE TABLE part PARTITION OF parts FOR VALUES IN (1);
  INSERT INTO t VALUES (1, 'sad', '{sad,ok}', '{{sad},{ok}}'), (2, 'ok', '{}', NULL), (3, NULL, '{glad}', '{{ok}}');
  INSERT INTO lists VALUES (1, '{sad,sad}'), (2, '{ok,sad}'), (3, NULL);
  INSERT INTO parts VALUES (1, '{sad}')`

describeOnDialects(['postgres', 'postgres-next'], 'an enum that loses a value', (createDatabase) => {
  it('has the rows counted whose arrays held it, as those of plain columns', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    const migrator = migratorOn(db, (op) => op.alterEnum('mood', { drop: [{ value: 'sad', replaceBy: 'ok' }] }))
    const what = { how: 'converted', preserved: false, why: "'sad' becomes 'ok'" }
    const lost = [
      { object: 'column lists.l', rows: 2, ...what },
      { object: 'column parts.l', rows: 1, ...what },
      { object: 'column t.l', rows: 1, ...what },
      { object: 'column t.m', rows: 1, ...what },
      { object: 'column t.n', rows: 1, ...what },
    ]
    const sorted = (losses: readonly { readonly object: string }[] = []) =>
      [...losses].sort((a, b) => (a.object < b.object ? -1 : 1))
    expect(sorted((await migrator.plan()).steps[0]?.losses)).toEqual(lost)
    expect(sorted((await migrator.upgrade()).losses)).toMatchObject(lost)
    expect(await db.sql('SELECT l::text FROM lists ORDER BY id')).toEqual([
      { l: '{ok,ok}' },
      { l: '{ok,ok}' },
      { l: null },
    ])
  })

  it('has the rows counted by the name that the value has before the change', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    const migrator = migratorOn(db, (op) =>
      op.alterEnum('mood', { rename: [{ value: 'sad', to: 'low' }], drop: [{ value: 'low', replaceBy: 'ok' }] }),
    )
    const { losses } = await migrator.upgrade()
    expect(losses.find(({ object }) => object === 'column t.m')).toMatchObject({ rows: 1, why: "'low' becomes 'ok'" })
    expect(await db.sql('SELECT m::text FROM t ORDER BY id')).toEqual([{ m: 'ok' }, { m: 'ok' }, { m: null }])
  })
})

const moods: RevisionBody = (op) => {
  op.createEnum('mood', ['sad', 'ok', 'glad'])
  op.createTable('t', (t) => {
    t.column('id', integer())
    t.column('m', native('postgres', 'mood'), { default: 'ok' })
    t.column('l', native('postgres', 'mood[]'), { default: '{ok,glad}' })
  })
}

const changes: readonly (readonly [string, RevisionBody, string])[] = [
  ['a value is renamed', (op) => op.alterEnum('mood', { rename: [{ value: 'ok', to: 'fine' }] }), 'fine'],
  ['a value is dropped', (op) => op.alterEnum('mood', { drop: [{ value: 'ok', replaceBy: 'glad' }] }), 'glad'],
  ['the enum is renamed', (op) => op.renameEnum('mood', 'State'), 'ok'],
  [
    'the enum moves',
    (op) => {
      op.createSchema('other')
      op.setSchema('enum', 'mood', 'other')
    },
    'ok',
  ],
]

describeOnDialects(['postgres', 'postgres-next'], 'a column whose type is an enum by text', (createDatabase) => {
  it.each(changes)('follows where %s, in the run, in a comparison and in a script', async (_, change, value) => {
    const run = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: run.url }), line(moods, change))
    await migrator.upgrade()
    const scripted = await createDatabase()
    await scripted.sql(driverText(await migrator.script('head')))
    for (const db of [run, scripted]) {
      await db.sql('INSERT INTO t (id) VALUES (1)')
      expect(await db.sql('SELECT m::text FROM t')).toEqual([{ m: value }])
    }
    expect((await check(migrator)).answers).toMatchObject({ atHead: 'yes', noDrift: 'yes' })
  })
})
