import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

type Recorded = (op: OperationRecorder) => void

const migratorOn = (db: TestDatabase, ...upgrades: readonly Recorded[]) =>
  migratorOf(postgresDialect({ url: db.url }), line(...upgrades))

const native = (sql: string) => ({ kind: 'native', dialect: 'postgres', sql }) as const

/** A table of a key alone. */
const keyed =
  (table: string | { readonly schema: string; readonly name: string }): Recorded =>
  (op) =>
    op.createTable(table, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })

describeOnDialects(
  ['postgres', 'postgres-next'],
  'what a downgrade keeps and an upgrade gives back',
  (createDatabase) => {
    it('goes back to the table of its schema, not to another of the same name', async () => {
      const db = await createDatabase()
      const migrator = migratorOn(
        db,
        (op) => {
          op.createSchema('app')
          keyed({ schema: 'app', name: 'users' })(op)
          keyed('users')(op)
          op.alterTable('users', (t) => t.addColumn('email', text()))
        },
        (op) => op.alterTable({ schema: 'app', name: 'users' }, (t) => t.addColumn('email', text())),
      )
      await migrator.upgrade()
      await db.sql(`INSERT INTO app.users VALUES (1, 'one of app'), (2, 'two of app');
      INSERT INTO public.users VALUES (1, 'one of public')`)
      await migrator.downgrade('r1')
      expect((await migrator.upgrade()).reports).toEqual([])
      expect(await db.sql('SELECT * FROM app.users ORDER BY id')).toEqual([
        { id: 1, email: 'one of app' },
        { id: 2, email: 'two of app' },
      ])
      expect(await db.sql('SELECT * FROM public.users')).toEqual([{ id: 1, email: 'one of public' }])
    })

    it('keeps the rows of two tables of one name apart, in schemas of any name', async () => {
      const db = await createDatabase()
      const long = 'x'.repeat(63)
      const migrator = migratorOn(
        db,
        (op) => {
          op.createSchema('a.b')
          op.createSchema(long)
        },
        (op) => {
          for (const schema of ['a.b', long]) {
            op.createTable({ schema, name: long }, (t) => {
              t.column('id', integer(), { nullable: false })
              t.column('what', text())
              t.primaryKey(['id'])
            })
          }
        },
      )
      await migrator.upgrade()
      await db.sql(
        `INSERT INTO "a.b"."${long}" VALUES (1, 'dotted'); INSERT INTO "${long}"."${long}" VALUES (1, 'long')`,
      )
      await migrator.downgrade('r1')
      expect((await migrator.upgrade()).reports).toEqual([])
      expect(await db.sql(`SELECT * FROM "a.b"."${long}"`)).toEqual([{ id: 1, what: 'dotted' }])
      expect(await db.sql(`SELECT * FROM "${long}"."${long}"`)).toEqual([{ id: 1, what: 'long' }])
    })

    it('gives numbers back to columns that are GENERATED ALWAYS, which stay so and count on', async () => {
      const db = await createDatabase()
      const always = { nullable: false, identity: { mode: 'always' } } as const
      const migrator = migratorOn(db, keyed('base'), (op) => {
        op.createTable('made', (t) => {
          t.column('id', integer(), always)
          t.column('name', text())
          t.primaryKey(['id'])
        })
        op.alterTable('base', (t) => t.addColumn('place', integer(), always))
      })
      await migrator.upgrade()
      await db.sql(`INSERT INTO made (id, name) OVERRIDING SYSTEM VALUE VALUES (3, 'three'), (70, 'seventy');
      INSERT INTO base (id, place) OVERRIDING SYSTEM VALUE VALUES (30, 7), (20, 9), (10, 8)`)
      await migrator.downgrade('r1')
      await migrator.upgrade()
      await db.sql(`INSERT INTO made (name) VALUES ('next'); INSERT INTO base (id) VALUES (40)`)
      expect(await db.sql('SELECT * FROM made ORDER BY id')).toEqual([
        { id: 3, name: 'three' },
        { id: 70, name: 'seventy' },
        { id: 71, name: 'next' },
      ])
      expect(await db.sql('SELECT * FROM base ORDER BY place')).toEqual([
        { id: 30, place: 7 },
        { id: 10, place: 8 },
        { id: 20, place: 9 },
        { id: 40, place: 10 },
      ])
      expect(
        await db.sql(`SELECT attrelid::regclass::text AS of, attidentity FROM pg_attribute
      WHERE attname IN ('id', 'place') AND attidentity <> '' AND attrelid::regclass::text IN ('made', 'base') ORDER BY 1`),
      ).toEqual([
        { of: 'base', attidentity: 'a' },
        { of: 'made', attidentity: 'a' },
      ])
    })

    it('keeps composite values that have a NULL in them', async () => {
      const db = await createDatabase()
      await db.sql('CREATE TYPE pair AS (a integer, b text)')
      const migrator = migratorOn(db, keyed('base'), (op) =>
        op.alterTable('base', (t) => t.addColumn('p', native('pair'))),
      )
      await migrator.upgrade()
      await db.sql(`INSERT INTO base VALUES (1, '(1,x)'), (2, '(2,)'), (3, '(,)'), (4, NULL)`)
      await migrator.downgrade('r1')
      await migrator.upgrade()
      expect(await db.sql('SELECT id, p::text FROM base ORDER BY id')).toEqual([
        { id: 1, p: '(1,x)' },
        { id: 2, p: '(2,)' },
        { id: 3, p: '(,)' },
        { id: 4, p: null },
      ])
    })
  },
)
