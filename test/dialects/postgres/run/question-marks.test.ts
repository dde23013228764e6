import { bigint, expression, integer, native, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

type Upgrade = (op: OperationRecorder) => void

const boolean = native('postgres', 'boolean')
const createT: Upgrade = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.column('j', native('postgres', 'jsonb'))
    t.primaryKey(['id'])
  })

/** What uses the operator of jsonb, by what it is called in; the operator is `?`, or `??`, which revisions had to say. */
const uses: Readonly<Record<string, (operator: string) => Upgrade>> = {
  'a check': (is) => (op) => op.alterTable('t', (t) => t.addCheck(expression(`j ${is} 'a'`), { name: 'c' })),
  'a default': (is) => (op) =>
    op.alterTable('t', (t) => t.addColumn('b', boolean, { default: expression(`'{}'::jsonb ${is} 'a'`) })),
  'the predicate of an index': (is) => (op) => op.createIndex('t', 'i', ['id'], { where: expression(`j ${is} 'a'`) }),
  'a generated column': (is) => (op) =>
    op.alterTable('t', (t) =>
      t.addColumn('b', boolean, { generated: { as: expression(`j ${is} 'a'`), stored: true } }),
    ),
  'a view': (is) => (op) => op.createView('v', expression(`SELECT id FROM t WHERE j ${is} 'a' OR j ${is}| array['b']`)),
  'a policy': (is) => (op) =>
    op.alterTable('t', (t) =>
      t.createPolicy('p', { as: 'permissive', for: 'select', to: 'public', using: expression(`j ${is} 'a'`) }),
    ),
  'SQL of its author': (is) => (op) =>
    op.sql(`CREATE INDEX i ON t ((j ${is} 'a'))`, { effects: () => {}, inverse: 'DROP INDEX i' }),
  'a condition for rows': (is) => (op) => op.expectNone('row has a', `SELECT id FROM t WHERE j ${is} 'a'`),
}

describeOnDialects(['postgres'], 'question marks', (createDatabase) => {
  const chainOf = (upgrade: Upgrade) => [
    { revision: 'r1', downRevision: null, upgrade: createT },
    { revision: 'r2', downRevision: 'r1', upgrade },
  ]

  it.each(
    Object.keys(uses).flatMap((name) => [
      [name, '?'],
      [name, '??'],
    ]),
  )('%s runs up and down with the operator %s', async (name, operator) => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      chainOf((uses[name] as (typeof uses)[string])(operator)),
    )
    expect((await migrator.upgrade()).applied).toHaveLength(2)
    expect((await migrator.downgrade('r1')).applied).toHaveLength(1)
    expect(await db.sql("SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 't'::regclass")).toEqual([{ n: 1 }])
  })

  it.each([
    ['a view', "CREATE VIEW v AS SELECT id, n FROM t WHERE j ? 'a'", 'SELECT count(*)::int AS n FROM v'],
    [
      'an index',
      "CREATE INDEX i ON t (n) WHERE j ? 'a'",
      "SELECT count(*)::int AS n FROM pg_class WHERE relname = 'i'",
    ],
    ['a policy', "CREATE POLICY p ON t USING (j ? 'a' AND n > 0)", 'SELECT count(*)::int AS n FROM pg_policy'],
  ])('%s that was made by hand with the operator comes back behind a change of a type', async (_, sql, found) => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      chainOf((op) => op.alterColumn('t', 'n', { type: bigint() })),
    )
    await migrator.upgrade('r1')
    await db.sql(sql)
    await db.sql(`INSERT INTO t VALUES (1, 1, '{"a": 1}')`)
    expect((await migrator.upgrade()).applied).toHaveLength(1)
    expect(await db.sql(found)).toEqual([{ n: 1 }])
  })
})
