import { createMigrator, graphOf, integer, type OperationRecorder, revisions, text, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { type FaultMode, failsAtEach } from './fault-dialect.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createEnum('mood', ['sad', 'ok'])
    op.createTable('parent', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('person', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(20), { nullable: false })
      t.column('mood', { kind: 'enum', name: 'mood', values: ['sad', 'ok'] })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.foreignKey({
        name: 'person_parent',
        columns: ['parent'],
        references: { table: 'parent', columns: ['id'] },
        deferrable: 'deferred',
      })
    })
    op.insertRows('person', [
      { id: 1, name: 'Ada', mood: 'ok', parent: null },
      { id: 2, name: 'Bob', mood: 'sad', parent: null },
    ])
  },
}

/** DDL, data, a constraint that is checked at the end, an enum value used at once, a concurrent index. */
const mixed = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.alterTable('person', (t) => {
      t.addColumn('note', text())
    })
    op.run('children before their parents', {
      up: async (db) => {
        await db.execute('UPDATE "person" SET "parent" = ?, "note" = ? WHERE "id" = ?', [7n, 'child', 1n])
        await db.execute('INSERT INTO "parent" ("id") VALUES (?)', [7n])
      },
      down: 'none',
    })
    op.alterTable('person', (t) => {
      t.addColumn('age', integer())
    })
    op.alterEnum('mood', { add: [{ value: 'happy', after: 'ok' }] })
    op.run('happy people', {
      up: async (db) => {
        await db.execute('UPDATE "person" SET "mood" = ? WHERE "id" = ?', ['happy', 2n])
      },
      down: 'none',
    })
    op.alterTable('person', (t) => {
      t.alterColumn('mood', { default: 'happy' })
    })
    op.createIndex('person', 'person_name', ['name'], { unique: true, concurrently: true })
    op.run('last words', {
      up: async (db) => {
        await db.execute('UPDATE "person" SET "note" = COALESCE("note", ?)', ['none'])
      },
      down: 'none',
    })
  },
}

const tiers = [graphOf(revisions([base, mixed]))]

const state = (db: TestDatabase) =>
  db.sql(`
    SELECT json_build_object(
      'people', (SELECT json_agg(p ORDER BY p.id) FROM person p),
      'parents', (SELECT json_agg(p) FROM parent p),
      'columns', (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
          pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = 'person'::regclass AND a.attnum > 0),
      'indexes', (SELECT json_agg(json_build_array(c.relname, i.indisvalid, i.indisunique) ORDER BY c.relname)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'person'::regclass),
      'moods', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum),
      'version', (SELECT json_agg(version_num) FROM migrate_version),
      'history', (SELECT json_agg(revision ORDER BY id) FROM migrate_history),
      'journal', (SELECT count(*) FROM migrate_journal)) AS state`)

const expected = {
  people: [
    { id: 1, name: 'Ada', mood: 'ok', parent: 7, note: 'child', age: null },
    { id: 2, name: 'Bob', mood: 'happy', parent: null, note: 'none', age: null },
  ],
  parents: [{ id: 7 }],
  columns: [
    ['id', 'integer', true, null],
    ['name', 'character varying(20)', true, null],
    ['mood', 'mood', false, "'happy'::mood"],
    ['parent', 'integer', false, null],
    ['note', 'text', false, null],
    ['age', 'integer', false, null],
  ],
  indexes: [
    ['person_name', true, true],
    ['person_pkey', true, true],
  ],
  moods: ['sad', 'ok', 'happy'],
  version: ['bbbbbbbbbbbb'],
  history: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'],
  journal: 0,
}

describeOn('postgres', 'a revision of several segments', (createDatabase) => {
  const atBase = async (): Promise<{ db: TestDatabase; dialect: UnloadedDialect }> => {
    const db = await createDatabase()
    const dialect = postgresDialect({ url: db.url })
    await createMigrator({ dialect, tiers }).upgrade('aaaaaaaaaaaa')
    return { db, dialect }
  }
  const contents = async (db: TestDatabase): Promise<unknown> => JSON.parse(String((await state(db))[0]?.state))

  it('succeeds, and is told beforehand to commit more than once', async () => {
    const { db, dialect } = await atBase()
    const migrator = createMigrator({ dialect, tiers })
    const plan = await migrator.plan()
    expect(plan.steps.map((step) => step.parts)).toEqual([4])
    await migrator.upgrade()
    expect(await contents(db)).toEqual(expected)
  })

  for (const mode of ['refused', 'cut before', 'cut after'] satisfies FaultMode[]) {
    it(`ends right when it is run again, whichever statement was ${mode}`, async () => {
      const endsRight = async (db: TestDatabase, what: string) => expect(await contents(db), what).toEqual(expected)
      await failsAtEach(mode, { atBase, tiers, endsRight })
    })
  }

  it('a concurrent build that failed leaves an invalid index, which the next run drops and builds again', async () => {
    const { db, dialect } = await atBase()
    await db.sql("INSERT INTO person (id, name) VALUES (3, 'Ada')")
    await expect(createMigrator({ dialect, tiers }).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    expect(await db.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'person_name'::regclass")).toEqual([
      { indisvalid: false },
    ])
    await db.sql('DELETE FROM person WHERE id = 3')
    await createMigrator({ dialect, tiers }).upgrade()
    expect(await contents(db)).toEqual(expected)
  })

  it('an edit of what has run already is refused, an edit of what has not is taken', async () => {
    const { db, dialect } = await atBase()
    await db.sql("INSERT INTO person (id, name) VALUES (3, 'Ada')")
    await expect(createMigrator({ dialect, tiers }).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    const edit = (change: (op: OperationRecorder) => void) => [
      graphOf(
        revisions([
          base,
          {
            ...mixed,
            upgrade(op: OperationRecorder) {
              change(op)
            },
          },
        ]),
      ),
    ]
    const changed = edit((op) => {
      op.alterTable('person', (t) => {
        t.addColumn('remark', text())
      })
      mixed.upgrade(op)
    })
    await expect(createMigrator({ dialect, tiers: changed }).upgrade()).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
    })
    await db.sql('DELETE FROM person WHERE id = 3')
    await createMigrator({ dialect, tiers }).upgrade()
    expect(await contents(db)).toEqual(expected)
  })
})
