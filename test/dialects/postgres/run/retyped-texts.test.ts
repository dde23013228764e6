import { double, expression, integer, native } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const none = (): void => undefined
const numeric = native('postgres', 'numeric')
const retyped =
  (type: ReturnType<typeof native> | ReturnType<typeof double>): RevisionBody =>
  (op) =>
    op.alterColumn('t', 'm', { type })

/** Every kind of object that has an expression over `m`. */
const tables = `
  CREATE TABLE t (id integer PRIMARY KEY, m numeric, CONSTRAINT ck CHECK (m < 10.1), CONSTRAINT ex EXCLUDE USING btree ((m + 1) WITH =));
  CREATE UNIQUE INDEX ux ON t ((m * 1));
  CREATE INDEX px ON t (id) WHERE m > 0.1;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.m > 2.2) EXECUTE FUNCTION f();
  CREATE POLICY po ON t USING (m > 3.3)`
const texts = `
  SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname IN ('ck', 'ex')
  UNION ALL SELECT relname, pg_get_indexdef(oid) FROM pg_class WHERE relname IN ('ux', 'px')
  UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'tg'
  UNION ALL SELECT policyname, qual FROM pg_policies
  ORDER BY name`

describeOnDialects(['postgres', 'postgres-next'], 'expressions over columns of another type', (createDatabase) => {
  const open = async (...bodies: readonly RevisionBody[]) => {
    const db = await createDatabase()
    return { ...db, migrator: migratorOf(postgresDialect({ url: db.url }), line(...bodies)) }
  }
  const created: RevisionBody = (op) => {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('m', numeric)
      t.primaryKey(['id'])
      t.check(expression('m < 10.1'), { name: 'ck' })
    })
    op.createIndex('t', 'px', ['id'], { where: expression('m > 0') })
  }

  it('A derived downgrade of a type change restores every expression over the column', async () => {
    const { sql, migrator } = await open(none, retyped(double()))
    await migrator.upgrade('r1')
    await sql(tables)
    await migrator.upgrade()
    expect(await sql("SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'ck'")).toEqual([
      { text: 'CHECK ((m < (10.1)::double precision))' },
    ])
    const plan = await migrator.plan('r1', { direction: 'down' })
    expect(plan.steps.flatMap(({ notes }) => notes)).toEqual([])
    await migrator.downgrade('r1')
    expect(await sql(texts)).toEqual([
      { name: 'ck', text: 'CHECK ((m < 10.1))' },
      { name: 'ex', text: 'EXCLUDE USING btree (((m + (1)::numeric)) WITH =)' },
      { name: 'po', text: '(m > 3.3)' },
      { name: 'px', text: 'CREATE INDEX px ON public.t USING btree (id) WHERE (m > 0.1)' },
      {
        name: 'tg',
        text: 'CREATE TRIGGER tg BEFORE UPDATE ON public.t FOR EACH ROW WHEN ((new.m > 2.2)) EXECUTE FUNCTION f()',
      },
      { name: 'ux', text: 'CREATE UNIQUE INDEX ux ON public.t USING btree (((m * (1)::numeric)))' },
    ])
    // As a double precision this is 10.1.
    await sql('INSERT INTO t VALUES (1, 10.09999999999999999999)')
  })

  it.each([
    ['one run', ['r1']],
    ['a run for each revision', ['r2', 'r1']],
  ])('A downgrade in %s passes a type change and the revision that made the expressions', async (_what, targets) => {
    const { sql, migrator } = await open(none, created, retyped(double()), retyped(numeric))
    await migrator.upgrade()
    for (const target of targets) await migrator.downgrade(target)
    expect(await sql("SELECT to_regclass('t') AS found")).toEqual([{ found: null }])
  })

  it('The plan of a written downgrade names what keeps casts to the type that the column leaves', async () => {
    const { sql, migrator } = await open(none, {
      up: (op) => op.alterColumn('t', 'm', { type: double() }),
      down: (op) => op.alterColumn('t', 'm', { type: numeric }),
    })
    await migrator.upgrade('r1')
    await sql(`${tables}; CREATE STATISTICS st ON (m * 2) FROM t`)
    const up = await migrator.plan()
    await migrator.upgrade()
    const down = await migrator.plan('r1', { direction: 'down' })
    expect([up, down].map(({ steps }) => steps.flatMap(({ notes }) => notes))).toEqual([
      [
        "the server's text of constraint ex, index ux, statistics st keeps casts to numeric, which column t.m leaves: over double precision it may give other values",
      ],
      [
        "the server's text of constraint ex, constraint ck, index px, index ux, statistics st, trigger tg, policy po keeps casts to double precision, which column t.m leaves: over numeric it may give other values",
      ],
    ])
  })

  it('The casts that a written downgrade leaves are no drift of the revision that made the expressions', async () => {
    const { sql, migrator } = await open(none, created, {
      up: (op) => op.alterColumn('t', 'm', { type: double() }),
      down: (op) => op.alterColumn('t', 'm', { type: numeric }),
    })
    await migrator.upgrade()
    await migrator.downgrade('r2')
    expect(await sql("SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'ck'")).toEqual([
      { text: 'CHECK (((m)::double precision < (10.1)::double precision))' },
    ])
    await migrator.downgrade('r1')
    expect(await sql("SELECT to_regclass('t') AS found")).toEqual([{ found: null }])
  })

  it.each([
    ['another number', 'm < 10.2'],
    ['another operator', 'm <= 10.1'],
    ['another column', 'id < 10.1'],
    ['a cast that loses digits', 'm::integer < 10.1'],
  ])('A check that has %s since the type change is drift', async (_what, changed) => {
    const { sql, migrator } = await open(none, created, retyped(double()))
    await migrator.upgrade()
    await sql(`ALTER TABLE t DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (${changed})`)
    const error = await errorOf(migrator.downgrade('r1'))
    expect(error.code).toBe('DRIFT')
    expect(error.message).toContain('check ck')
  })
})
