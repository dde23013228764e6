import type { ColumnType, Operation, OperationOf } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { applied, statementTexts, world } from './kit.ts'

const t = { name: 't' }
const setup = 'CREATE TABLE t (b int, a int GENERATED ALWAYS AS (b) STORED); INSERT INTO t VALUES (2)'
const expression = (sql: string): OperationOf<'alterColumn'> => ({
  kind: 'alterColumn',
  table: t,
  column: 'a',
  change: { generated: { expression: sql, stored: true } },
})

describeOn('postgres', 'another expression of a generated column', () => {
  const on = world('postgres')
  it('recreates the column', async () => {
    expect(await statementTexts(on(), setup, expression('b * 10'))).toEqual([
      'ALTER TABLE "t" DROP COLUMN "a"',
      'ALTER TABLE "t" ADD COLUMN "a" integer GENERATED ALWAYS AS (b * 10) STORED',
    ])
    expect(await on().database.sql('SELECT a FROM t')).toEqual([{ a: 20 }])
  })

  it('gives the column back with its constraints, indexes, comment, views, and the keys of other tables', async () => {
    await applied(
      on(),
      `${setup};
      ALTER TABLE t ADD CONSTRAINT t_a UNIQUE (a), ADD CONSTRAINT positive CHECK (a > 0);
      CREATE INDEX t_i ON t (a DESC) WHERE a < 100;
      COMMENT ON COLUMN t.a IS 'ten times';
      CREATE TABLE o (x int CONSTRAINT o_x REFERENCES t (a) ON DELETE CASCADE);
      CREATE VIEW v AS SELECT a FROM t`,
      expression('b * 10'),
    )
    const { sql } = on().database
    expect(
      await sql(
        "SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid IN ('t'::regclass, 'o'::regclass) ORDER BY conname",
      ),
    ).toEqual([
      { conname: 'o_x', text: 'FOREIGN KEY (x) REFERENCES t(a) ON DELETE CASCADE' },
      { conname: 'positive', text: 'CHECK ((a > 0))' },
      { conname: 't_a', text: 'UNIQUE (a)' },
    ])
    expect(await sql("SELECT indexdef FROM pg_indexes WHERE indexname = 't_i'")).toEqual([
      { indexdef: 'CREATE INDEX t_i ON public.t USING btree (a DESC) WHERE (a < 100)' },
    ])
    expect(
      await sql(
        "SELECT col_description('t'::regclass, max(attnum)) AS c FROM pg_attribute WHERE attrelid = 't'::regclass",
      ),
    ).toEqual([{ c: 'ten times' }])
    expect(await sql('SELECT a FROM v')).toEqual([{ a: 20 }])
  })
})

describeOn('postgres-next', 'another expression of a generated column', () => {
  const on = world('postgres-next')
  it('is set', async () => {
    expect(await statementTexts(on(), setup, expression('b * 10'))).toEqual([
      'ALTER TABLE "t" ALTER COLUMN "a" SET EXPRESSION AS (b * 10)',
    ])
    expect(await on().database.sql('SELECT a FROM t')).toEqual([{ a: 20 }])
  })

  it('a virtual column is read as one, and stays where it cannot lose its values', async () => {
    const { dialect, session } = on()
    const generated = { expression: 'b + 1', stored: false }
    await applied(on(), 'CREATE TABLE t (b int)', {
      kind: 'addColumn',
      table: t,
      column: { name: 'a', type: { kind: 'integer', bits: 32 }, nullable: true, generated },
    })
    const introspected = await dialect.introspection.schema(session)
    expect(introspected.tables.get('t')?.columns[1]?.generated).toEqual(generated)
    const plain: Operation = { kind: 'alterColumn', table: t, column: 'a', change: { generated: null } }
    await expect(applied(on(), '', plain)).rejects.toThrow('a virtual column has no values that would stay')
  })

  it("NOT NULL is the column's, though the server has a row for it", async () => {
    const { database, dialect, session } = on()
    await database.sql('CREATE TABLE t (a int CONSTRAINT named NOT NULL)')
    const table = (await dialect.introspection.schema(session)).tables.get('t')
    expect([table?.constraints, table?.columns[0]?.nullable]).toEqual([[], false])
  })
})

describeOnEach(
  ['postgres', 'postgres-next'],
  'another expression and another type of a generated column',
  (_, server) => {
    const on = world(server)
    it('are computed together, to a text and from one', async () => {
      const change = (type: ColumnType, sql: string): Operation => ({
        ...expression(sql),
        change: { type, generated: { expression: sql, stored: true } },
      })
      const { sql } = on().database
      await applied(on(), setup, change({ kind: 'text' }, "b || '!'"))
      expect(await sql('SELECT a FROM t')).toEqual([{ a: '2!' }])
      await applied(on(), '', change({ kind: 'integer', bits: 32 }, 'b + 1'))
      expect(await sql('SELECT a FROM t')).toEqual([{ a: 3 }])
    })
  },
)
