import { expect, it } from 'vitest'
import { describeOnDialects } from '../../../kit/servers.ts'
import { applied, world } from '../compile/kit.ts'

describeOnDialects(['postgres', 'postgres-next'], 'a partitioned table', (_createDatabase, server) => {
  const on = world(server)
  const setup = `
    CREATE TABLE t (a int NOT NULL, d date NOT NULL, s text) PARTITION BY RANGE (d);
    CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE t2 PARTITION OF t DEFAULT;
    INSERT INTO t VALUES (1, '2020-02-02', 'x'), (2, '2030-01-01', 'y')`
  const t = { name: 't' }

  it('changes with all its partitions, and keeps its rows', async () => {
    await applied(
      on(),
      setup,
      {
        kind: 'addColumn',
        table: t,
        column: {
          name: 'n',
          type: { kind: 'integer', bits: 32 },
          nullable: false,
          default: { kind: 'literal', value: 5 },
        },
      },
      { kind: 'alterColumn', table: t, column: 'a', change: { type: { kind: 'integer', bits: 64 } } },
      { kind: 'createIndex', table: t, index: { name: 'i', unique: false, elements: [{ column: 'a' }] } },
      { kind: 'addConstraint', table: t, constraint: { kind: 'check', name: 'c', expression: 'a > 0' } },
      { kind: 'renameColumn', table: t, column: 's', to: 'z' },
      { kind: 'renameTable', table: t, to: 'u' },
    )
    const { sql } = on().database
    expect(await sql('SELECT tableoid::regclass::text AS part, a, z, n FROM u ORDER BY a')).toEqual([
      { part: 't1', a: '1', z: 'x', n: 5 },
      { part: 't2', a: '2', z: 'y', n: 5 },
    ])
    expect(await sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'u'::regclass")).toEqual([{ count: '2' }])
  })

  it('has partitions that no operation touches', async () => {
    const change = {
      kind: 'addColumn',
      table: { name: 't1' },
      column: { name: 'n', type: { kind: 'text' }, nullable: true },
    } as const
    await expect(applied(on(), setup, change)).rejects.toThrow('t1 is a partition table, which is never altered')
  })

  it('is declared by its option, and what is read of it is that', async () => {
    const { dialect, session } = on()
    const table = {
      ref: t,
      columns: [{ name: 'd', type: { kind: 'date' }, nullable: false }],
      constraints: [],
      indexes: [],
      options: { partitionBy: 'RANGE (d)' },
    } as const
    await applied(on(), '', { kind: 'createTable', table })
    expect((await dialect.introspection.schema(session)).tables.get('t')).toEqual(table)
  })
})
