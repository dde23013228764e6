import { bigint, expression, integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

const none = (): void => undefined
const partitions = `CREATE TABLE p (id int, k int, a int) PARTITION BY RANGE (k);
  CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p VALUES (1, 1, 1)`
const heirs = `CREATE TABLE p (id int, k int, a int); CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1, 1, 1)`
const runs = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`
const policy = 'CREATE POLICY own ON c USING (a > 0)'
const widen = (op: OperationRecorder) => op.alterColumn('p', 'a', { type: bigint() })
const drop = (op: OperationRecorder) => op.dropColumn('p', 'a')

const typeOfA = async (db: TestDatabase, table: string): Promise<unknown> =>
  (
    await db.sql(
      `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = 'a'`,
    )
  )[0]?.type

describeOnDialects(
  ['postgres', 'postgres-next'],
  'what reads the column of a partition or an heir',
  (createDatabase) => {
    const setUp = async (sql: string, ...changes: readonly Recorded[]) => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, ...changes))
      await migrator.upgrade('r1')
      await db.sql(sql)
      return { db, migrator }
    }

    const cases: readonly (readonly [string, string])[] = [
      ['policy own on table c', policy],
      [
        'trigger own on table c',
        `${runs}; CREATE TRIGGER own AFTER UPDATE OF a ON c FOR EACH ROW EXECUTE FUNCTION f()`,
      ],
      ['rule own on table c', 'CREATE RULE own AS ON UPDATE TO c WHERE NEW.a > 0 DO ALSO SELECT 1'],
    ]
    for (const [kind, tables] of [
      ['a partition', partitions],
      ['an heir', heirs],
    ] as const)
      for (const [dependant, sql] of cases)
        it.each([
          ['gets another type', widen],
          ['is dropped', drop],
        ])(`${dependant} of ${kind} is named before the column %s`, async (_, change) => {
          const { migrator } = await setUp(`${tables}; ${sql}`, change)
          const refusal = { code: 'DEPENDENT_OBJECTS', details: { object: 'column p.a', dependants: [dependant] } }
          await expect(migrator.plan()).rejects.toMatchObject(refusal)
        })

    it('A generated column of an heir is named', async () => {
      const { migrator } = await setUp(`${heirs}; ALTER TABLE c ADD g int GENERATED ALWAYS AS (a * 2) STORED`, widen)
      const refusal = { code: 'DEPENDENT_OBJECTS', details: { dependants: ['generated column g of table c'] } }
      await expect(migrator.plan()).rejects.toMatchObject(refusal)
    })

    it('It goes and comes by op.sql() around the change, as the advice has it', async () => {
      const { db, migrator } = await setUp(`${partitions}; CREATE VIEW v AS SELECT a FROM c; ${policy}`, (op) => {
        op.sql('DROP POLICY own ON c', { inverse: policy })
        widen(op)
        op.sql(policy, { inverse: 'DROP POLICY own ON c' })
      })
      await migrator.upgrade()
      expect(await Promise.all([typeOfA(db, 'c'), typeOfA(db, 'v')])).toEqual(['bigint', 'bigint'])
      await migrator.downgrade('r1')
      expect(await Promise.all([typeOfA(db, 'c'), typeOfA(db, 'v')])).toEqual(['integer', 'integer'])
    })

    it('A view of both tables goes and comes by itself, and so do the triggers of a partition that its table has', async () => {
      const { db, migrator } = await setUp(
        `${partitions}; CREATE VIEW v AS SELECT c.a, p.a AS b FROM c JOIN p USING (id);
          ${runs}; CREATE TRIGGER own AFTER UPDATE OF a ON p FOR EACH ROW EXECUTE FUNCTION f()`,
        widen,
      )
      await migrator.upgrade()
      expect(await Promise.all([typeOfA(db, 'c'), typeOfA(db, 'v')])).toEqual(['bigint', 'bigint'])
    })

    it('An heir that has the column by itself too keeps it and its view when the one of its parent is dropped', async () => {
      const { db, migrator } = await setUp(
        `CREATE TABLE p (id int, a int); CREATE TABLE c (id int, a int); ALTER TABLE c INHERIT p; CREATE VIEW v AS SELECT a FROM c`,
        drop,
      )
      await migrator.upgrade(undefined, { allowDataLoss: true })
      expect(await Promise.all(['p', 'c', 'v'].map((table) => typeOfA(db, table)))).toEqual([
        undefined,
        'integer',
        'integer',
      ])
    })
  },
)

describeOnDialects(['postgres', 'postgres-next'], 'what the server keeps a column for', (createDatabase) => {
  const refused = async (sql: string) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, drop))
    await migrator.upgrade('r1')
    await db.sql(`CREATE TABLE p (id int, a int); ${runs}; ${sql}`)
    return migrator.plan().then(
      () => undefined,
      (error: unknown) => (error as { message: string }).message,
    )
  }

  it.each([
    ['ALTER TABLE p ADD g int GENERATED ALWAYS AS (a * 2) STORED', 'generated column g'],
    ['CREATE TRIGGER own AFTER UPDATE OF id, a ON p FOR EACH ROW EXECUTE FUNCTION f()', 'trigger own'],
    ['CREATE TRIGGER own AFTER UPDATE ON p FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION f()', 'trigger own'],
  ])('is named before the column is dropped: %s', async (sql, dependant) => {
    expect(await refused(sql)).toBe(`column p.a is used by ${dependant}`)
  })

  it('is no trigger that has only a word of its name', async () => {
    const sql = 'CREATE TRIGGER a AFTER UPDATE OF id ON p FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION f()'
    expect(await refused(sql)).toBeUndefined()
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'a parent and its heirs in one revision', (createDatabase) => {
  const family = `CREATE TABLE p (id int, a int); CREATE TABLE c (b int) INHERITS (p); CREATE TABLE g () INHERITS (c); ${runs}`
  const add = (op: OperationRecorder): void => op.addColumn('p', 'x', integer(), { default: 1 })
  const columns = `SELECT attrelid::regclass::text || '.' || attname AS column, pg_get_expr(adbin, adrelid) AS fallback
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = ANY (ARRAY['c', 'g']::regclass[]) AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attnum`

  const setUp = async (change: Recorded) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
    await migrator.upgrade('r1')
    await db.sql(family)
    return { db, migrator }
  }

  it.each<readonly [string, Recorded]>([
    ['a CHECK', (op) => op.alterTable('c', (c) => c.addCheck(expression('x > 0'), { name: 'ck' }))],
    ['NOT NULL', (op) => op.alterColumn('g', 'x', { nullable: false })],
    ['an index', (op) => op.createIndex('c', 'cx', ['x'])],
    ['a view', (op) => op.createView('v', expression('SELECT x FROM c'))],
    ['a policy', (op) => op.createPolicy('c', 'own', { using: expression('x > 0') })],
    [
      'a trigger',
      (op) =>
        op.createTrigger(
          'c',
          'own',
          expression('CREATE TRIGGER own AFTER UPDATE OF x ON c FOR EACH ROW EXECUTE FUNCTION f()'),
        ),
    ],
    [
      'a generated column',
      (op) => op.addColumn('c', 'y', integer(), { generated: { as: expression('x * 2'), stored: true } }),
    ],
  ])('%s of an heir over the new column of its parent goes before it in the downgrade', async (_, change) => {
    const { db, migrator } = await setUp((op) => {
      add(op)
      change(op)
    })
    const before = await db.sql(columns)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await db.sql(columns)).toEqual(before)
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })

  it('gives the heirs the new column of a parent, which is changed there', async () => {
    const { db, migrator } = await setUp((op) => {
      add(op)
      op.alterColumn('g', 'x', { default: 7 })
    })
    await migrator.upgrade()
    expect(await db.sql(columns)).toEqual([
      { column: 'c.id', fallback: null },
      { column: 'c.a', fallback: null },
      { column: 'c.b', fallback: null },
      { column: 'c.x', fallback: '1' },
      { column: 'g.id', fallback: null },
      { column: 'g.a', fallback: null },
      { column: 'g.b', fallback: null },
      { column: 'g.x', fallback: '7' },
    ])
  })

  it('renames a parent and its column, and changes it further down than in an heir that is named', async () => {
    const { db, migrator } = await setUp((op) => {
      op.renameTable('p', 'p2')
      op.renameColumn('p2', 'a', 'a2')
      op.alterColumn('g', 'a2', { default: 9 })
    })
    const before = await db.sql(columns)
    await migrator.upgrade()
    expect(await db.sql(columns)).toContainEqual({ column: 'g.a2', fallback: '9' })
    await migrator.downgrade('r1')
    expect(await db.sql(columns)).toEqual(before)
  })
})
