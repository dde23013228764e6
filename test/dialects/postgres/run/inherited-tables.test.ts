import { createDriftReader } from '@org/migrate-autogenerate'
import { bigint, expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const none = (): void => undefined
const tables = `CREATE TABLE p (id int PRIMARY KEY, a text); CREATE TABLE c (x int, PRIMARY KEY (id)) INHERITS (p);
  INSERT INTO p VALUES (1, 'parent'); INSERT INTO c VALUES (1, 'child', 9)`
const rows = 'SELECT tableoid::regclass::text AS of, id, a FROM p ORDER BY 1 DESC'
const allRows = [
  { of: 'p', id: 1, a: 'parent' },
  { of: 'c', id: 1, a: 'child' },
]
const why = 'tables that inherit from it may have rows with its keys'

describeOn('postgres', 'a table that others inherit from has no key for all of its rows', (createDatabase) => {
  it.each([
    ['drops a column', (op: OperationRecorder) => op.dropColumn('p', 'a', { preserve: true })],
    [
      'changes a type',
      (op: OperationRecorder) =>
        op.alterColumn('p', 'a', { type: integer(), using: 'length(a)', usingBack: 'a::text', preserve: true }),
    ],
  ])('An upgrade that preserves its values and %s is refused', async (_what, second) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(none, second))
    await migrator.upgrade('r1')
    await sql(tables)
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { losses: [{ table: 'column p.a', rows: 2, why }] },
    })
    expect(await sql(rows)).toEqual(allRows)
  })

  it('A downgrade that drops a column of it is refused', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(none, (op) => op.addColumn('p', 'b', text()))
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade('r1')
    await sql(tables)
    await migrator.upgrade()
    await sql(`UPDATE p SET b = a`)
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { losses: [{ table: 'column p.b', rows: 2, why }] },
    })
  })

  it('A column that one of them has by itself is preserved and restored, and so is one of a partitioned table', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(none, (op) => {
      op.dropColumn('c', 'x', { preserve: true })
      op.dropColumn('q', 'a', { preserve: true })
    })
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade('r1')
    await sql(`${tables}; CREATE TABLE q (id int PRIMARY KEY, a text) PARTITION BY RANGE (id);
      CREATE TABLE q1 PARTITION OF q DEFAULT; INSERT INTO q VALUES (1, 'one')`)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await sql('SELECT c.id, x, q.a FROM c JOIN q USING (id)')).toEqual([{ id: 1, x: 9, a: 'one' }])
  })

  it('backfill() asks for a key of it', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(none, (op) =>
      op.run('pass', {
        up: async (db) => {
          await db.backfill({ table: 'p', columns: ['a'], step: async () => undefined })
        },
        down: 'none',
      }),
    )
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade('r1')
    await sql(tables)
    await expect(migrator.upgrade()).rejects.toThrow(`backfill() of p needs a unique key: ${why}.`)
  })

  it('A value comes back to no row where a table that came since has one with its key', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(
      (op) =>
        op.createTable('p', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
      (op) => op.addColumn('p', 'a', text()),
    )
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade()
    await sql(`INSERT INTO p VALUES (1, 'parent'), (2, 'other')`)
    await migrator.downgrade('r1')
    await sql('CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1)')
    const { reports } = await migrator.upgrade()
    expect(await sql(rows)).toEqual([
      { of: 'p', id: 1, a: null },
      { of: 'p', id: 2, a: 'other' },
      { of: 'c', id: 1, a: null },
    ])
    expect(reports.map(({ what }) => what)).toEqual([
      'p.a: cannot be restored (a trigger, a rule, row security, another type, a computed column or another row with its key keeps the table from taking it), so the old value stays preserved',
    ])
  })
})

const family = (op: OperationRecorder): void => {
  op.createTable('p', (t) => {
    t.column('a', text())
    t.column('g', integer())
    t.check(expression('g > 0'), { name: 'positive' })
  })
  for (const [name, parent] of [
    ['c', 'p'],
    ['d', 'public.c'],
  ] as const)
    op.createTable(name, (t) => {
      t.column('a', text())
      t.column('g', integer())
      t.check(expression('g > 0'), { name: 'positive' })
      t.options({ inherits: parent })
    })
}

describeOn('postgres', 'tables that inherit follow their parent in the model too', (createDatabase) => {
  it.each<readonly [string, (op: OperationRecorder) => void]>([
    ['a column is renamed', (op) => op.renameColumn('p', 'a', 'b')],
    ['a column gets another type', (op) => op.alterColumn('p', 'g', { type: bigint() })],
    ['a column gets a default', (op) => op.alterColumn('p', 'a', { default: 'x' })],
    ['a check is renamed', (op) => op.renameConstraint('p', 'positive', 'above')],
    ['the parent is renamed', (op) => op.renameTable('p', 'q')],
    [
      'the parent moves',
      (op) => {
        op.createSchema('other')
        op.setSchema('table', 'p', 'other')
      },
    ],
    [
      'all of this is in one revision with a change of the table itself',
      (op) => {
        op.renameTable('p', 'Q')
        op.renameColumn('Q', 'a', 'b')
        op.renameConstraint('Q', 'positive', 'above')
        op.createIndex('c', 'ci', ['b'])
      },
    ],
  ])('There is no drift after %s, up, down and up', async (_what, second) => {
    const { url } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(family, second))
    await migrator.upgrade()
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
    await migrator.downgrade('r1')
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
    await migrator.upgrade()
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
  })

  it('A key of the parent that is renamed is nothing to a check of an heir with its name', async () => {
    const { url } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(
        (op) => {
          op.createTable('p', (t) => {
            t.column('id', integer(), { nullable: false })
            t.primaryKey(['id'], { name: 'k' })
          })
          op.createTable('c', (t) => {
            t.column('id', integer(), { nullable: false })
            t.check(expression('id > 0'), { name: 'k' })
            t.options({ inherits: 'p' })
          })
        },
        (op) => op.renameConstraint('p', 'k', 'key'),
      ),
    )
    await migrator.upgrade()
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
  })

  it('What comes back with the operations is no loss, and what an heir has by inheritance only is one', async () => {
    const { url, sql } = await createDatabase()
    const chain = line(none, family, (op) => {
      op.dropTable('d')
      op.dropTable('c')
      op.dropTable('p')
    })
    const migrator = migratorOf(postgresDialect({ url }), chain)
    await migrator.upgrade('r2')
    const down = await migrator.plan('r1', { direction: 'down' })
    expect(down.steps.flatMap(({ notes }) => notes)).toEqual([])
    await migrator.upgrade()
    await migrator.downgrade('r2')
    expect(await sql('SELECT inhrelid::regclass::text AS of FROM pg_inherits ORDER BY 1')).toEqual([
      { of: 'c' },
      { of: 'd' },
    ])
    await sql('ALTER TABLE p ADD n int; ALTER TABLE p ADD CONSTRAINT few CHECK (n < 9)')
    const { steps } = await migrator.plan()
    expect(steps.flatMap(({ notes }) => notes).filter((note) => note.includes('table d'))).toEqual([
      'no downgrade can be derived: drop table d: table d cannot be created again as it is: columns n by inheritance only; few by inheritance only',
    ])
  })

  const lineage: Recorded = (op) => {
    op.createTable('p', (t) => {
      t.column('id', integer(), { nullable: false, default: 7 })
      t.column('g', integer())
      t.check(expression('g > 0'), { name: 'positive' })
    })
    const heir = (name: string, inherits: string) =>
      op.createTable(name, (t) => {
        t.column('own', integer())
        t.options({ inherits })
      })
    heir('c', 'p')
    heir('d', 'c')
  }
  const makeE: Recorded = (op) => {
    op.createTable('e', (t) => {
      t.column('own', integer())
      t.options({ inherits: 'd' })
    })
    op.createIndex('e', 'ei', ['a'])
  }
  const requiredInMiddle: Recorded = (op) => op.alterColumn('c', 'g', { nullable: false })

  it.each<readonly [string, readonly Recorded[]]>([
    ['in one revision', [lineage]],
    ['and has an index on one', [lineage, (op) => op.createIndex('d', 'di', ['g'])]],
    ['and is made after its parent', [family, (op) => makeE(op)]],
    ['and has one that is NOT NULL in the middle', [lineage, (op) => op.addColumn('p', 'b', text()), requiredInMiddle]],
    [
      'and gets its own one after that of the parent is dropped',
      [
        (op) => {
          lineage(op)
          op.dropConstraint('p', 'positive')
          op.dropColumn('p', 'g')
          op.addColumn('d', 'g', text())
        },
      ],
    ],
  ])('A table that declares no column of its parent %s goes down to nothing, and up', async (_what, bodies) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(...bodies))
    await migrator.upgrade()
    const columns = `SELECT attrelid::regclass::text AS of, attname, attislocal, attinhcount FROM pg_attribute
      WHERE attrelid IN (SELECT inhrelid FROM pg_inherits) AND attnum > 0 ORDER BY 1, 2`
    const before = await sql(columns)
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
    await migrator.downgrade('base')
    expect(await sql('SELECT FROM pg_inherits')).toEqual([])
    await migrator.upgrade()
    expect(await sql(columns)).toEqual(before)
  })

  it('A column of the heir itself may have the name of one that its parent has just lost', async () => {
    const { url, sql } = await createDatabase()
    const change: Recorded = (op) => {
      op.dropColumn('p', 'a')
      op.addColumn('c', 'a', integer())
    }
    const migrator = migratorOf(postgresDialect({ url }), line(none, change))
    await migrator.upgrade('r1')
    await sql('CREATE TABLE p (id int, a text); CREATE TABLE c (x int) INHERITS (p)')
    const columns = `SELECT attrelid::regclass::text AS of, atttypid::regtype::text AS type, attislocal FROM pg_attribute
      WHERE attname = 'a' AND attrelid IN ('p'::regclass, 'c'::regclass) ORDER BY 1`
    await migrator.upgrade()
    expect(await sql(columns)).toEqual([{ of: 'c', type: 'integer', attislocal: true }])
    await migrator.downgrade('r1')
    expect(await sql(columns)).toEqual([
      { of: 'c', type: 'text', attislocal: false },
      { of: 'p', type: 'text', attislocal: true },
    ])
  })
})
