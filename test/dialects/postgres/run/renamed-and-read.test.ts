import { check, squashContent } from '@org/migrate-autogenerate'
import { bigint, expression, integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const tableAndView: Recorded = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', integer())
    t.primaryKey(['id'])
  })
  op.createView('v', expression('SELECT id, a FROM t'))
}

describeOnDialects(
  ['postgres', 'postgres-next'],
  'a view that reads what a revision renames, and the next one gives another type',
  (createDatabase) => {
    it.each([
      {
        what: 'table',
        renamed: 'u.a',
        rename: ((op) => op.renameTable('t', 'u')) as Recorded,
        change: ((op) => op.alterColumn('u', 'a', { type: bigint() })) as Recorded,
      },
      {
        what: 'column',
        renamed: 't.aa',
        rename: ((op) => op.renameColumn('t', 'a', 'aa')) as Recorded,
        change: ((op) => op.alterColumn('t', 'aa', { type: bigint() })) as Recorded,
      },
    ])('a $what, at once and in steps, up and down', async ({ renamed, rename, change }) => {
      const [table, column] = renamed.split('.')
      const migrators = await Promise.all(
        [1, 2].map(async () => {
          const db = await createDatabase()
          const migrator = migratorOf(postgresDialect({ url: db.url }), line(tableAndView, rename, change))
          const shown = async () => [
            await db.sql("SELECT pg_get_viewdef('v'::regclass) AS v"),
            await db.sql(
              "SELECT attrelid::regclass::text AS t, attname, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relname IN ('t', 'u', 'v')) AND attnum > 0 ORDER BY 1, 2",
            ),
          ]
          return { db, migrator, shown }
        }),
      )
      const [once, steps] = migrators
      if (once === undefined || steps === undefined) throw new Error('two databases')
      await once.migrator.upgrade()
      for (const target of ['r1', 'r2', 'r3']) await steps.migrator.upgrade(target)
      for (const { db } of migrators) {
        await db.sql(`INSERT INTO ${table} (id, ${column}) VALUES (1, 4294967296)`)
        expect(await db.sql('SELECT a::text AS a FROM v')).toEqual([{ a: '4294967296' }])
        await db.sql(`UPDATE ${table} SET ${column} = 7`)
      }
      expect(await once.shown()).toEqual(await steps.shown())
      await once.migrator.downgrade('r1')
      for (const target of ['r2', 'r1']) await steps.migrator.downgrade(target)
      expect(await once.shown()).toEqual(await steps.shown())
      expect(await once.db.sql('SELECT id, a FROM t')).toEqual([{ id: 1, a: 7 }])
      await once.migrator.upgrade()
      expect(await once.db.sql('SELECT a::text AS a FROM v')).toEqual([{ a: '7' }])
    })

    const view = (text: string): Recorded => {
      return (op) => {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('a', integer())
          t.primaryKey(['id'])
        })
        op.createTable('other', (t) => t.column('b', integer()))
        op.createView('v', expression(text))
      }
    }
    const renameTable: Recorded = (op) => op.renameTable('t', 'u')
    const renameColumn: Recorded = (op) => op.renameColumn('t', 'a', 'aa')

    const sequence =
      (...all: readonly Recorded[]): Recorded =>
      (op) => {
        for (const each of all) each(op)
      }

    it.each([
      ['a table', 'select id, t.a from public.t, other where t.id = other.b', renameTable, 'v'],
      ['a table in a subquery', 'select b from other where b in (select t.id from only t)', renameTable, 'v'],
      ['a column', 'select a, t.id, a::text as c from t where a > 1 order by t.a desc', renameColumn, 'v'],
      [
        'a column and its table',
        'select x.a from t as x join other on other.b = x.a',
        sequence(renameColumn, renameTable),
        'v',
      ],
      ['a view', 'select id from t', (op) => op.renameView('v', 'w'), 'w'],
      [
        'a table that moves',
        'select id, t.a from other, t',
        sequence(
          (op) => op.createSchema('far'),
          (op) => op.setSchema('table', 't', 'far'),
        ),
        'v',
      ],
    ] as readonly (readonly [string, string, Recorded, string])[])(
      'after the rename of %s, check compares the view',
      async (_what, text, rename, name) => {
        const db = await createDatabase()
        const migrator = migratorOf(postgresDialect({ url: db.url }), line(view(text), rename))
        await migrator.upgrade()
        expect((await check(migrator)).findings).toEqual([])
        await db.sql(`DO $$ BEGIN
          EXECUTE 'CREATE OR REPLACE VIEW ${name} AS SELECT * FROM ('
            || rtrim(pg_get_viewdef('${name}'::regclass), ';') || ') changed LIMIT 1';
        END $$`)
        expect((await check(migrator)).findings.map(({ differences }) => differences)).toEqual([
          [expect.stringMatching(new RegExp(`^view ${name}: its SELECT is .*LIMIT 1.*, expected `, 's'))],
        ])
      },
    )

    it('a script and a squashed revision create the view with the new names', async () => {
      const migrator = migratorOf(
        postgresDialect({ url: 'postgres://nowhere/none' }),
        line(tableAndView, renameTable, (op) => op.alterColumn('u', 'a', { type: bigint() })),
      )
      const script = await migrator.script('head', { from: 'r2' })
      expect(script).toContain('CREATE VIEW "v" AS SELECT id, a FROM "u";')
      const range = { from: 'r1', to: 'r3', revisions: ['r1', 'r2', 'r3'], parents: [], branchLabels: [] }
      const { changes } = await squashContent(migrator, 'main', range, () => false)
      expect(changes).toMatchObject([
        { operation: { kind: 'createTable', table: { ref: { name: 'u' } } } },
        { operation: { kind: 'createView', view: { definition: 'SELECT id, a FROM "u"' } } },
      ])
    })

    it('of a view whose text is not certain after a rename, check compares that it exists, and names it', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(view('select * from t'), renameColumn))
      await migrator.upgrade()
      expect((await check(migrator)).findings).toMatchObject([
        {
          kind: 'schema note',
          level: 'information',
          what: 'The definition of view v was not compared: something that it reads was renamed after it was created. A revision that drops the view and creates it with its new text makes it comparable.',
        },
      ])
      await db.sql('DROP VIEW v')
      expect((await check(migrator)).findings.flatMap(({ differences = [] }) => differences)).toEqual([
        'view v is missing',
      ])
    })

    it('a script over a view whose text is not certain names the revision, and its advice works', async () => {
      const change: Recorded = (op) => op.alterColumn('t', 'aa', { type: bigint() })
      const recreate: Recorded = (op) => {
        op.dropView('v')
        op.createView('v', expression('select id, aa as a from t'))
      }
      const scriptOf = (...bodies: readonly Recorded[]): Promise<string> =>
        migratorOf(postgresDialect({ url: 'postgres://nowhere/none' }), line(...bodies)).script()
      const first = view('select * from t')
      const error = await errorOf(scriptOf(first, renameColumn, change))
      expect(error).toMatchObject({
        code: 'UNSUPPORTED',
        location: { revision: 'r3' },
        remedy:
          'After the rename and before this change, drop the view and create it with its new text (op.dropView(), op.createView()): in the same revision, or in one of its own.',
      })
      expect(error.message).toContain('create view v again: something that it reads was renamed')
      expect(await errorOf(scriptOf(first, sequence(renameColumn, change)))).toMatchObject({
        location: { revision: 'r2' },
      })
      for (const bodies of [
        [first, renameColumn, recreate, change],
        [first, renameColumn, sequence(recreate, change)],
        [first, sequence(renameColumn, recreate, change)],
      ])
        expect(await scriptOf(...bodies)).toContain('CREATE VIEW "v" AS select id, aa as a from t;')
    })
  },
)
