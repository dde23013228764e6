import { pushChanges } from '@org/migrate-autogenerate'
import {
  bigint,
  column,
  createMigrator,
  enumeration,
  expression,
  graphOf,
  integer,
  json,
  native,
  type OperationRecorder,
  readDeclared,
  revisions,
  table,
} from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const notes = (op: OperationRecorder): void =>
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('length', integer())
    t.primaryKey(['id'])
  })
const longer = (op: OperationRecorder): void =>
  op.alterTable('notes', (t) => t.alterColumn('length', { type: bigint() }))
const moods = (op: OperationRecorder): void => op.createEnum('mood', ['sad', 'calm'])
const turned = (op: OperationRecorder): void => op.alterEnum('mood', { order: ['calm', 'sad'] })

describeOn('postgres', 'what a step depends on in schemas that it does not name', (createDatabase) => {
  it.each([
    [
      'a table with the enum and a view of it',
      `CREATE TABLE b.t (id integer, mood public.mood); CREATE VIEW b.v AS SELECT id FROM b.t WHERE mood = 'sad'`,
    ],
    [
      'a cast and a chain of views',
      `CREATE TABLE b.t (id integer, mood text); CREATE VIEW b.u AS SELECT id, mood::public.mood AS m FROM b.t;
      CREATE MATERIALIZED VIEW b.w AS SELECT id FROM b.u WHERE m IS NULL; CREATE VIEW b.v AS SELECT id FROM b.w`,
    ],
  ])('An enum is made again under %s', async (_what, elsewhere) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(moods, turned))
    await migrator.upgrade('r1')
    await sql(`CREATE SCHEMA b; ${elsewhere}`)
    await migrator.upgrade()
    expect(await sql('SELECT enum_range(NULL::mood)::text AS labels, (SELECT count(*)::int FROM b.v) AS n')).toEqual([
      { labels: '{calm,sad}', n: 0 },
    ])
  })

  it.each([
    ['an heir', 'CREATE TABLE b.heir () INHERITS (public.notes)'],
    ['an heir of the same name', 'CREATE TABLE b.notes () INHERITS (public.notes)'],
  ])('A column is changed under a view of %s', async (_what, heir) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(notes, longer))
    await migrator.upgrade('r1')
    const name = heir.includes('b.heir') ? 'heir' : 'notes'
    await sql(`CREATE SCHEMA b; ${heir}; CREATE VIEW b.v AS SELECT length FROM b.${name} WHERE length > 9`)
    await migrator.upgrade()
    expect(
      await sql(
        "SELECT format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = 'b.v'::regclass AND attnum > 0",
      ),
    ).toEqual([{ type: 'bigint' }])
  })

  it('A view of other tables of that name is left alone, also beside a shared table', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(
      (op) => {
        notes(op)
        op.createView('long', expression('SELECT n.length FROM notes n JOIN shared.countries c ON c.id = n.id'))
      },
      (op) => {
        longer(op)
        op.alterTable('notes', (t) =>
          t.addForeignKey({
            columns: ['id'],
            references: { table: { schema: 'shared', name: 'countries' }, columns: ['id'] },
          }),
        )
      },
    )
    await sql(
      'CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA shared; CREATE TABLE shared.countries (id integer PRIMARY KEY)',
    )
    for (const schema of ['a', 'b']) await migratorOf(postgresDialect({ url, schema }), chain).upgrade('r1')
    const before = await sql("SELECT 'b.long'::regclass::oid::int AS n")
    await migratorOf(postgresDialect({ url, schema: 'a' }), chain).upgrade()
    expect(await sql("SELECT 'b.long'::regclass::oid::int AS n")).toEqual(before)
  })

  it('An enum of the same name that only the text of a type names stays what it is', async () => {
    const { url, sql } = await createDatabase()
    await sql("CREATE SCHEMA c; CREATE TYPE c.mood AS ENUM ('sad', 'other')")
    const theirs = (op: OperationRecorder): void =>
      op.createTable('notes', (t) => t.column('theirs', native('postgres', 'c.mood[]')))
    await migratorOf(postgresDialect({ url }), line(moods, theirs, turned)).upgrade()
    expect(
      await sql(
        "SELECT format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attname = 'theirs'",
      ),
    ).toEqual([{ type: 'c.mood[]' }])
  })

  it('A view that has the name of a renamed table as that of a column is created again', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(
      (op) => {
        for (const name of ['marks', 'papers']) op.createTable(name, (t) => t.column('length', integer()))
        op.createView('lengths', expression('SELECT length AS marks FROM papers'))
      },
      (op) => {
        op.renameTable('marks', 'scores')
        op.alterTable('papers', (t) => t.alterColumn('length', { type: bigint() }))
      },
    )
    const migrator = migratorOf(postgresDialect({ url }), chain)
    for (const target of ['r1', 'r2']) await migrator.upgrade(target)
    expect(await sql('SELECT pg_typeof(marks)::text AS type FROM (SELECT max(marks) AS marks FROM lengths) x')).toEqual(
      [{ type: 'bigint' }],
    )
  })

  it('SQL in a schema of which the history has tables is recorded, also where the dialect has one schema', async () => {
    const { url } = await createDatabase()
    const chain = line(
      (op) => {
        op.createSchema('audit')
        for (const name of ['log', 'old'])
          op.createTable({ schema: 'audit', name }, (t) => {
            t.column('id', integer())
            t.column('extra', integer())
          })
      },
      (op) => {
        op.sql('ALTER TABLE audit.log DROP COLUMN extra')
        op.sql("DO $$ BEGIN EXECUTE 'ALTER TABLE au' || 'dit.old RENAME TO older'; END $$")
      },
    )
    const migrator = migratorOf(postgresDialect({ url, schema: 'app' }), chain)
    for (const target of ['r1', 'r2']) await migrator.upgrade(target)
    expect(await migrator.ensure({ mode: 'verify' })).toMatchObject({ warnings: [] })
  })

  it('SQL that makes or moves a table in another schema is recorded, however it names that', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(
      (op) => {
        for (const name of ['moved', 'frozen']) op.createTable(name, (t) => t.column('id', integer()))
      },
      (op) => {
        op.sql('CREATE SCHEMA archive CREATE TABLE t (id integer)')
        op.sql('ALTER TABLE moved SET SCHEMA archive')
        op.sql('CREATE SCHEMA "Cold Store"')
        op.sql('ALTER TABLE frozen SET SCHEMA "Cold Store"')
        op.sql(`DO $$ BEGIN COMMENT ON TABLE archive.t IS '6" pipe'; CREATE TABLE archive.u (id integer);
          COMMENT ON TABLE archive.u IS '5" pipe'; END $$`)
      },
    )
    const migrator = migratorOf(postgresDialect({ url, schema: 'app' }), chain)
    await migrator.upgrade()
    await sql('DROP SCHEMA archive, "Cold Store" CASCADE')
    const { warnings } = await migrator.ensure({ mode: 'verify' })
    for (const name of ['archive.t', 'archive.moved', 'archive.u', 'Cold Store.frozen'])
      expect(warnings.join()).toContain(`there is no table ${name}`)
  })

  it.each<[string, (op: OperationRecorder) => void]>([
    ['createSchema', (op) => op.createSchema('shared', { ifNotExists: true })],
    ['replaceView', (op) => op.replaceView({ schema: 'shared', name: 'w' }, expression('SELECT 1 AS x, 2 AS y'))],
    ['alterSequence', (op) => op.alterSequence({ schema: 'shared', name: 's' }, { increment: '5' })],
  ])('Values are restored where only the upgrade names a schema: %s', async (_what, extra) => {
    const { url, sql } = await createDatabase()
    await sql('CREATE SCHEMA shared; CREATE VIEW shared.w AS SELECT 1 AS x; CREATE SEQUENCE shared.s')
    const chain = line(notes, {
      up: (op) => {
        extra(op)
        op.alterTable('notes', (t) => t.addColumn('twice', integer()))
        op.sql('UPDATE notes SET twice = length * 2', { inverse: 'SELECT 1' })
      },
      down: (op) => op.alterTable('notes', (t) => t.dropColumn('twice')),
    })
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade('r1')
    await sql('INSERT INTO notes VALUES (1, 10)')
    await migrator.upgrade()
    await sql('UPDATE notes SET twice = 77')
    await migrator.downgrade('r1', { allowDataLoss: true })
    await migrator.upgrade()
    expect(await sql('SELECT twice FROM notes')).toEqual([{ twice: 77 }])
  })

  it('Values of rows name no schema', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(
      (op) => op.createTable('tenants', (t) => t.column('settings', json())),
      (op) => op.insertRows('tenants', [{ settings: { schema: 'a\u0000b' } }]),
    )
    await migratorOf(postgresDialect({ url }), chain).upgrade()
    expect(await sql('SELECT settings::text AS text FROM tenants')).toEqual([{ text: '{"schema":"a\\u0000b"}' }])
  })

  it('A push makes an enum again that a view of another schema reads, and knows the sequences of other tables', async () => {
    const { url, sql } = await createDatabase()
    const migrator = createMigrator({ dialect: postgresDialect({ url }), tiers: [graphOf(revisions([]))] })
    const identity = { nullable: false, identity: { mode: 'always' } } as const
    const named = { nullable: false, identity: { mode: 'always', sequence: 'remarks_id_seq' } } as const
    const declared = (name: string, labels: readonly string[]) =>
      readDeclared({
        old: table('old_remarks', { id: column(integer(), named) }, { primaryKey: ['id'] }),
        now: table(
          name,
          { id: column(integer(), identity), mood: column(enumeration(labels, { name: 'mood' })) },
          { primaryKey: ['id'] },
        ),
      })
    await sql(`CREATE TABLE remarks (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
      ALTER TABLE remarks RENAME TO old_remarks; ALTER INDEX remarks_pkey RENAME TO old_remarks_pkey`)
    await pushChanges(migrator, declared('notes', ['sad', 'calm']))
    await sql(
      "CREATE SCHEMA b; CREATE TABLE b.t (mood public.mood); CREATE VIEW b.v AS SELECT FROM b.t WHERE mood = 'sad'",
    )
    const answers = { renamed: [{ from: 'notes', to: 'remarks' }] }
    await pushChanges(migrator, declared('remarks', ['calm', 'sad']), { allowDestructive: true, answers })
    expect(await sql('SELECT enum_range(NULL::mood)::text AS labels')).toEqual([{ labels: '{calm,sad}' }])
    // What refers to a table from there is named before anything is changed.
    await sql('CREATE TABLE b.r (id integer REFERENCES public.remarks)')
    const none = readDeclared({ old: table('old_remarks', { id: column(integer(), named) }, { primaryKey: ['id'] }) })
    expect(await errorOf(pushChanges(migrator, none, { allowDestructive: true }))).toMatchObject({
      code: 'DEPENDENT_OBJECTS',
    })
  })
})
