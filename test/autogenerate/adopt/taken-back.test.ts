import { survey } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

const circle = [
  'CREATE TABLE a (id int NOT NULL PRIMARY KEY, b_id int)',
  'CREATE TABLE b (id int NOT NULL PRIMARY KEY, a_id int, CONSTRAINT fk_b_a FOREIGN KEY (a_id) REFERENCES a (id))',
  'ALTER TABLE a ADD CONSTRAINT fk_a_b FOREIGN KEY (b_id) REFERENCES b (id) ON DELETE CASCADE',
]

const dialects = {
  postgres: { name: 'postgres', on: ({ url }: TestDatabase) => postgresDialect({ url }) },
  mariadb: { name: 'mysql', on: ({ url }: TestDatabase) => mysqlDialect({ url }) },
  mysql: { name: 'mysql', on: ({ url }: TestDatabase) => mysqlDialect({ url }) },
} as const

describeOnEach(['postgres', 'mariadb', 'mysql'], 'an adopted circle of foreign keys', (createDatabase, server) => {
  const write = revisionWriter()
  const { name, on } = dialects[server]

  it('is not touched by a downgrade of its baseline and the next upgrade, and what else is there is named', async () => {
    const db = await createDatabase()
    for (const statement of circle) await db.sql(statement)
    const { changes } = await survey(migratorOf(on(db), []))
    const chain = await write({ dialect: name, changes, downgrade: { isDerived: true, changes: [] } }, [])
    const migrator = migratorOf(on(db), chain)
    await migrator.stamp('head')
    await migrator.downgrade('base')
    await migrator.upgrade()
    expect(
      await db.sql(
        `SELECT constraint_name AS key_name FROM information_schema.table_constraints WHERE constraint_name LIKE 'fk%' AND table_schema = ${server === 'postgres' ? 'current_schema()' : 'DATABASE()'} ORDER BY 1`,
      ),
    ).toMatchObject([{ key_name: 'fk_a_b' }, { key_name: 'fk_b_a' }])
    await migrator.downgrade('base')
    await db.sql('ALTER TABLE b ADD CONSTRAINT fk_more FOREIGN KEY (id) REFERENCES a (id)')
    const error = await errorOf(migrator.upgrade())
    expect(error).toMatchObject({
      code: 'GUARD_MISMATCH',
      details: { object: 'table b', differences: ['foreign key fk_more (id) is not expected'] },
    })
  })
})

const sequences: { readonly [what: string]: readonly string[] } = {
  'with a start and an increment': [
    'CREATE TABLE t (id bigint NOT NULL PRIMARY KEY)',
    'CREATE SEQUENCE t_id_seq START WITH 100 INCREMENT BY 5',
    'ALTER SEQUENCE t_id_seq OWNED BY t.id',
    "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')",
  ],
  'with another name': ['CREATE TABLE t (id serial PRIMARY KEY)', 'ALTER SEQUENCE t_id_seq RENAME TO tseq'],
  'of a column that was renamed': [
    'CREATE TABLE t (id integer PRIMARY KEY, s smallserial)',
    'ALTER TABLE t RENAME COLUMN s TO ss',
  ],
}

const ownersSql = `SELECT s.relname AS sequence, a.attname AS owner FROM pg_class s LEFT JOIN pg_depend d
  ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE s.relkind = 'S' AND s.relname !~ '^migrate_' ORDER BY 1`

describeOnEach(['postgres'], 'an adopted sequence of a column', (createDatabase) => {
  const write = revisionWriter()
  const owners: { readonly [what: string]: readonly Record<string, string>[] } = {
    'with a start and an increment': [{ sequence: 't_id_seq', owner: 'id' }],
    'with another name': [{ sequence: 'tseq', owner: 'id' }],
    'of a column that was renamed': [{ sequence: 't_s_seq', owner: 'ss' }],
  }

  it.each(Object.entries(sequences))(
    '%s is not touched by a downgrade of its baseline and the next upgrade',
    async (what, existing) => {
      const db = await createDatabase()
      for (const statement of existing) await db.sql(statement)
      const { changes } = await survey(migratorOf(postgresDialect({ url: db.url }), []))
      const written: readonly Revision[] = await write(
        { dialect: 'postgres', changes, downgrade: { isDerived: true, changes: [] } },
        [],
      )
      const migrator = migratorOf(postgresDialect({ url: db.url }), written)
      await migrator.stamp('head')
      expect((await migrator.plan('base', { direction: 'down' })).steps.flatMap((step) => step.operations)).toEqual([])
      for (const move of ['downgrade', 'upgrade', 'downgrade'] as const) {
        await (move === 'upgrade' ? migrator.upgrade() : migrator.downgrade('base'))
        expect(await db.sql(ownersSql)).toEqual(owners[what])
      }
    },
  )
})
