import { bigint, enumeration, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn, describeOnDialects } from '../../../kit/servers.ts'

const none = (): void => undefined
const partitions = `CREATE TABLE p (id int, k int, a int, PRIMARY KEY (id, k)) PARTITION BY RANGE (k);
  CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p VALUES (1, 1, 1)`
const heirs = `CREATE TABLE p (id int PRIMARY KEY, k int, a int); CREATE TABLE c () INHERITS (p); INSERT INTO p VALUES (1, 1, 1)`
const dropColumn = (op: OperationRecorder) => op.dropColumn('p', 'a', { preserve: true })

describeOnDialects(
  ['postgres', 'postgres-next'],
  'what partitions and heirs have on a column by themselves',
  (createDatabase) => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['an index', 'CREATE INDEX ca ON c (a)', 'index ca of c'],
      ['an index of an expression', 'CREATE INDEX ca ON c ((a + 1))', 'index ca of c'],
      ['a key', 'ALTER TABLE c ADD CONSTRAINT ca UNIQUE (a, k)', 'constraint ca on table c'],
      ['a CHECK', 'ALTER TABLE c ADD CONSTRAINT ca CHECK (a < 100)', 'constraint ca on table c'],
      ['statistics', 'CREATE STATISTICS ca ON a, k FROM c', 'statistics object ca'],
      ['NOT NULL', 'ALTER TABLE c ALTER a SET NOT NULL', 'NOT NULL of column a of table c'],
      ['a sequence', 'CREATE SEQUENCE ca OWNED BY c.a', 'sequence ca of c'],
    ]
    for (const [what, sql, dependant] of cases)
      for (const [kind, tables] of [
        ['a partition', partitions],
        ['an heir', heirs],
      ] as const)
        it(`${what} of ${kind} is named before its column is dropped`, async () => {
          const db = await createDatabase()
          const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, dropColumn))
          await migrator.upgrade('r1')
          await db.sql(`${tables}; ${sql}`)
          const refusal = { code: 'DEPENDENT_OBJECTS', details: { dependants: [dependant] } }
          await expect(migrator.plan()).rejects.toMatchObject(refusal)
        })

    it('An index of a partition that is there since the upgrade is named by the downgrade of the column', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(
        postgresDialect({ url: db.url }),
        line(none, (op) => op.addColumn('p', 'b', text())),
      )
      await migrator.upgrade('r1')
      await db.sql(partitions)
      await migrator.upgrade()
      await db.sql('CREATE INDEX byapp ON c (b)')
      const refusal = { code: 'DEPENDENT_OBJECTS', details: { object: 'column p.b', dependants: ['index byapp of c'] } }
      await expect(migrator.downgrade('r1')).rejects.toMatchObject(refusal)
    })

    it('What has come from the parent, and a column that the heir has by itself, keep no column from being dropped', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(
        postgresDialect({ url: db.url }),
        line(none, (op) => {
          op.dropIndex('p', 'pa')
          op.dropConstraint('p', { name: 'small' })
          op.dropColumn('p', 'a')
          op.dropColumn('q', 'a')
        }),
      )
      await migrator.upgrade('r1')
      await db.sql(`${partitions}; CREATE INDEX pa ON p (a); ALTER TABLE p ADD CONSTRAINT small CHECK (a < 100);
        CREATE TABLE q (id int, a int); CREATE TABLE qc (a int UNIQUE) INHERITS (q)`)
      await migrator.upgrade(undefined, { allowDataLoss: true })
      expect(
        await db.sql(
          "SELECT attrelid::regclass::text AS of FROM pg_attribute WHERE attname = 'a' AND attrelid IN ('p'::regclass, 'q'::regclass, 'qc'::regclass)",
        ),
      ).toEqual([{ of: 'qc' }])
    })

    const facts = `SELECT pg_get_expr(adbin, adrelid) AS fallback, col_description('c'::regclass, attnum) AS comment, attstorage::text AS storage, attacl::text AS privileges, attnotnull AS filled
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'c'::regclass AND attname = 'a'`

    it('Its default, comment, storage and privileges come back with the column', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, dropColumn))
      await migrator.upgrade('r1')
      await db.sql(`CREATE TABLE p (id int PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE TABLE c PARTITION OF p DEFAULT;
        ALTER TABLE c ALTER a SET DEFAULT 'own'; COMMENT ON COLUMN c.a IS 'mine'; ALTER TABLE c ALTER a SET STORAGE EXTERNAL;
        GRANT SELECT (a) ON c TO PUBLIC`)
      await migrator.upgrade()
      await migrator.downgrade('r1')
      expect(await db.sql(facts)).toEqual([
        { fallback: "'own'::text", comment: 'mine', storage: 'e', privileges: '{=r/postgres}', filled: false },
      ])
    })

    const changes: readonly (readonly [string, string, string, (op: OperationRecorder) => void, string, boolean])[] = [
      [
        'type',
        'SET DEFAULT 7',
        'SET DEFAULT 42',
        (op) => op.alterColumn('p', 'a', { type: text(), usingBack: 'a::int' }),
        '42',
        false,
      ],
      ['default', 'SET DEFAULT 7', 'SET DEFAULT 42', (op) => op.alterColumn('p', 'a', { default: 8 }), '42', false],
      ['NOT NULL', 'DROP DEFAULT', 'SET NOT NULL', (op) => op.alterColumn('p', 'a', { nullable: false }), '', true],
    ]
    for (const [what, parent, own, change, fallback, filled] of changes)
      it(`A partition has its own default and NOT NULL after a change of the ${what} is taken back`, async () => {
        const db = await createDatabase()
        const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
        await migrator.upgrade('r1')
        await db.sql(`${partitions}; ALTER TABLE p ALTER a ${parent}; ALTER TABLE c ALTER a ${own}`)
        await migrator.upgrade()
        await migrator.downgrade('r1')
        expect(await db.sql(facts)).toMatchObject([{ fallback: fallback === '' ? null : fallback, filled }])
      })

    const trigger = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER t AFTER UPDATE OF a ON p FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION f();
      ALTER TABLE p DISABLE TRIGGER t; ALTER TABLE ONLY c ENABLE ALWAYS TRIGGER t; COMMENT ON TRIGGER t ON c IS 'mine'`
    const states = `SELECT tgrelid::regclass::text AS of, tgenabled::text AS state, obj_description(oid, 'pg_trigger') AS comment
      FROM pg_trigger WHERE tgname = 't' ORDER BY 1`
    it.each<readonly [string, (op: OperationRecorder) => void]>([
      ['the type of its column changes', (op) => op.alterColumn('p', 'a', { type: bigint() })],
      ['it is dropped', (op) => op.dropTrigger('p', 't')],
    ])('A trigger is on or off in a partition as before, where %s and that is taken back', async (_what, change) => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
      await migrator.upgrade('r1')
      await db.sql(`${partitions}; ${trigger}`)
      await migrator.upgrade()
      await migrator.downgrade('r1')
      expect(await db.sql(states)).toEqual([
        { of: 'c', state: 'A', comment: 'mine' },
        { of: 'p', state: 'D', comment: null },
      ])
    })
  },
)

describeOnDialects(['postgres', 'postgres-next'], 'partitions made by a service', (createDatabase) => {
  it('go with their table, so that its enum and its schema can be dropped after it', async () => {
    const db = await createDatabase()
    const created = (op: OperationRecorder): void => {
      op.createSchema('s')
      op.createEnum({ schema: 's', name: 'kind' }, ['a', 'b'])
      op.createTable({ schema: 's', name: 'events' }, (t) => {
        t.column('id', bigint(), { nullable: false })
        t.column('kind', enumeration(['a', 'b'], { name: 'kind' }))
        t.primaryKey(['id'])
        t.options({ partitionBy: 'RANGE (id)' })
      })
    }
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, created))
    await migrator.upgrade()
    await db.sql(`CREATE TABLE s.low PARTITION OF s.events FOR VALUES FROM (0) TO (10);
      CREATE TABLE s.rest PARTITION OF s.events DEFAULT PARTITION BY RANGE (id); CREATE TABLE s.all PARTITION OF s.rest DEFAULT`)
    await migrator.downgrade('r1')
    expect(await db.sql("SELECT FROM pg_namespace WHERE nspname = 's'")).toEqual([])
    await migrator.upgrade()
    expect(await db.sql('SELECT kind FROM s.events')).toEqual([])
  })
})

describeOn('postgres', 'heirs that take NULL where their parent does not', (createDatabase) => {
  const nulls = `SELECT attrelid::regclass::text AS of, attnotnull AS filled FROM pg_attribute
    WHERE attrelid IN ('p'::regclass, 'c'::regclass, 'f'::regclass) AND attname = 'a' ORDER BY 1`
  const tables = `CREATE TABLE c () INHERITS (p); CREATE TABLE f () INHERITS (p); ALTER TABLE c ALTER a DROP NOT NULL;
    INSERT INTO c VALUES (1, NULL)`
  const changes: readonly (readonly [string, string, (op: OperationRecorder) => void, string?])[] = [
    ['NOT NULL', 'id int PRIMARY KEY, a int NOT NULL', (op) => op.alterColumn('p', 'a', { nullable: true })],
    [
      'type and NOT NULL',
      'id int PRIMARY KEY, a int NOT NULL',
      (op) => op.alterColumn('p', 'a', { nullable: true, type: bigint(), usingBack: 'a::int' }),
    ],
    ['primary key', 'id int, a int PRIMARY KEY', (op) => op.dropConstraint('p', 'p_pkey')],
  ]
  for (const [what, columns, change] of changes) {
    const migrated = async () => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
      await migrator.upgrade('r1')
      await db.sql(`CREATE TABLE p (${columns}); ${tables}`)
      await migrator.upgrade()
      return { db, migrator }
    }

    it(`take it still after the ${what} of the parent has come back`, async () => {
      const { db, migrator } = await migrated()
      await migrator.downgrade('r1')
      expect(await db.sql(nulls)).toEqual([
        { of: 'c', filled: false },
        { of: 'f', filled: true },
        { of: 'p', filled: true },
      ])
      expect(await db.sql('SELECT * FROM ONLY c')).toEqual([{ id: 1, a: null }])
    })
  }

  it('take it still after a new primary key of the parent', async () => {
    const db = await createDatabase()
    const addKey = (op: OperationRecorder) => op.alterTable('p', (t) => t.addPrimaryKey(['a']))
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, addKey))
    await migrator.upgrade('r1')
    await db.sql(`CREATE TABLE p (id int, a int NOT NULL); ${tables}`)
    await migrator.upgrade()
    expect(await db.sql(nulls)).toContainEqual({ of: 'c', filled: false })
  })
})
