import { join } from 'node:path'
import { type Migrator, type OperationRecorder, type Revision, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn, describeOnDialects } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from '../run/kit.ts'

type Run = (text: string) => Promise<readonly Record<string, unknown>[]>

const first: Revision = { revision: 'r1', downRevision: null, upgrade: () => undefined }
const extra: Revision = {
  revision: 'r2',
  downRevision: 'r1',
  upgrade: (op: OperationRecorder) => op.alterTable('t', (t) => t.addColumn('extra', varchar(20))),
}
/** Preserves in the upgrade, and restores in the downgrade. */
const trimmed: Revision = {
  revision: 'r2',
  downRevision: 'r1',
  upgrade: (op: OperationRecorder) =>
    op.run('trim', {
      down: 'restore',
      up: async (db) => {
        await db.preserve({ table: 't', key: { id: 1n }, column: 'name', value: ' one ', written: 'one' })
        await db.execute("UPDATE t SET name = 'one' WHERE id = 1")
      },
    }),
}

/** Preserves in the upgrade what it drops, and restores it in the downgrade: with a derived downgrade, and with a written one. */
const takenAway: Revision = {
  revision: 'r3',
  downRevision: 'r2',
  upgrade: (op: OperationRecorder) => op.alterTable('t', (t) => t.dropColumn('extra', { preserve: true })),
}
const takenAwayAndWritten: Revision = {
  ...takenAway,
  downgrade: (op: OperationRecorder) => op.alterTable('t', (t) => t.addColumn('extra', varchar(20))),
}

const migratorOn = (dialect: UnloadedDialect, ...chain: readonly Revision[]): Migrator => migratorOf(dialect, chain)

const tables = `CREATE TABLE parent (id int PRIMARY KEY);
  INSERT INTO parent VALUES (1), (2);
  CREATE TABLE log (what varchar(40));
  CREATE TABLE t (id int PRIMARY KEY, name varchar(20), hits int DEFAULT 0, FILL_updated, parent int REFERENCES parent (id));
  INSERT INTO t (id, name, parent) VALUES (1, ' one ', 1), (2, 'two', 2);`

interface RestoreDatabase {
  readonly dialect: UnloadedDialect
  readonly run: Run
}

/** There and back with rows, by what core preserves and by what a step preserves: nothing but the restored values is another. */
async function comesBackQuietly(
  createDatabase: () => Promise<RestoreDatabase>,
  hang: string,
  states?: string,
): Promise<void> {
  for (const last of [extra, trimmed]) {
    const { dialect, run } = await createDatabase()
    const migrator = migratorOn(dialect, first, last)
    await migrator.upgrade()
    if (last === extra) await run("UPDATE t SET extra = 'value'")
    if (last === extra) await migrator.downgrade('r1')
    await run(hang)
    const before = await run('SELECT * FROM t ORDER BY id')
    const statesBefore = states === undefined ? [] : await run(states)
    expect((await (last === extra ? migrator.upgrade() : migrator.downgrade('r1'))).reports).toEqual([])
    const restored = (row: Record<string, unknown>): object =>
      last === extra ? { ...row, extra: 'value' } : { ...row, name: row.id === 1 ? ' one ' : row.name }
    expect(await run('SELECT * FROM t ORDER BY id')).toEqual(before.map(restored))
    expect(await run('SELECT * FROM log')).toEqual([])
    expect(await migrator.preserved.list()).toEqual([])
    if (states !== undefined) expect(await run(states)).toEqual(statesBefore)
  }
  for (const last of [takenAway, takenAwayAndWritten]) {
    const { dialect, run } = await createDatabase()
    const migrator = migratorOn(dialect, first, extra, last)
    await migrator.upgrade('r2')
    await run("UPDATE t SET extra = 'value'")
    await migrator.upgrade()
    await run(hang)
    const before = await run('SELECT * FROM t ORDER BY id')
    const statesBefore = states === undefined ? [] : await run(states)
    expect((await migrator.downgrade('r2')).reports).toEqual([])
    expect(await run('SELECT * FROM t ORDER BY id')).toEqual(before.map((row) => ({ ...row, extra: 'value' })))
    expect(await run('SELECT * FROM log')).toEqual([])
    expect(await migrator.preserved.list()).toEqual([])
    if (states !== undefined) expect(await run(states)).toEqual(statesBefore)
  }
}

const title = 'a restored value'

describe(`sqlite: ${title}`, () => {
  const folder = temporaryFolder()
  let count = 0
  const createDatabase = async (): Promise<RestoreDatabase> => {
    count += 1
    const file = join(folder.path, `app${count}.db`)
    const run: Run = async (text) => {
      if (/^select/i.test(text)) return rowsOf(file, text) as Record<string, unknown>[]
      executeIn(file, text)
      return []
    }
    executeIn(file, tables.replace('FILL_updated', 'updated_at text'))
    return { dialect: sqliteDialect({ url: `sqlite:${file}` }), run }
  }

  it('runs no trigger, and each trigger is there again, word for word', () =>
    comesBackQuietly(
      createDatabase,
      `CREATE  TRIGGER b_log AFTER UPDATE ON t BEGIN INSERT INTO log VALUES ('b;' /* ; */); END;
       CREATE TRIGGER IF NOT EXISTS main."a touch" AFTER update OF name ON T BEGIN UPDATE t SET hits = hits + 1 WHERE id = NEW.id; END`,
      "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid",
    ))

  it('is taken although a trigger ignores every change', () =>
    comesBackQuietly(createDatabase, 'CREATE TRIGGER never BEFORE UPDATE ON t BEGIN SELECT RAISE(IGNORE); END'))
})

describeOnDialects(['postgres', 'postgres-next'], title, (createDatabase) => {
  const createDatabaseWith =
    (setup: string): (() => Promise<RestoreDatabase>) =>
    async () => {
      const db = await createDatabase()
      await db.sql(setup)
      return { dialect: postgresDialect({ url: db.url }), run: db.sql }
    }

  it('runs no trigger, and each trigger has its state again', async () => {
    const states: readonly (readonly [string, string])[] = [
      ['o', 'ENABLE'],
      ['d', 'DISABLE'],
      ['r', 'ENABLE REPLICA'],
      ['a ""quoted""', 'ENABLE ALWAYS'],
    ]
    const createdStates = states.map(
      ([name, state]) =>
        `CREATE TRIGGER "${name}" BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t ${state} TRIGGER "${name}"`,
    )
    await comesBackQuietly(
      createDatabaseWith(`${tables.replace('FILL_updated', 'updated_at timestamptz')} CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.updated_at = now(); NEW.hits = coalesce(NEW.hits, 0) + 1; INSERT INTO log VALUES (TG_NAME); RETURN NEW; END $$`),
      createdStates.join('; '),
      "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 't'::regclass AND NOT tgisinternal ORDER BY 1",
    )
  })

  it('runs no rule, and each rule has its state again', () =>
    comesBackQuietly(
      createDatabaseWith(tables.replace('FILL_updated', 'updated_at timestamptz')),
      `CREATE RULE noted AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES ('noted');
       CREATE RULE "never ""1""" AS ON UPDATE TO t WHERE OLD.id = 1 DO INSTEAD NOTHING; ALTER TABLE t ENABLE ALWAYS RULE "never ""1""";
       CREATE RULE off AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES ('off'); ALTER TABLE t DISABLE RULE off`,
      "SELECT rulename, ev_enabled FROM pg_rewrite WHERE ev_class = 't'::regclass ORDER BY 1",
    ))

  const as14 = 'UPDATE pg_trigger SET tgisinternal = true WHERE tgparentid <> 0'
  it.each(['', as14])('runs no trigger of a partition (%s)', (stored) =>
    comesBackQuietly(
      createDatabaseWith(`CREATE TABLE log (what text); CREATE TABLE kinds (id int PRIMARY KEY); INSERT INTO kinds VALUES (1);
        CREATE TABLE t (id int PRIMARY KEY, name text, hits int DEFAULT 0, kind int DEFAULT 1 REFERENCES kinds) PARTITION BY RANGE (id);
        CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (2) TO (9);
        INSERT INTO t VALUES (1, ' one '), (2, 'two');
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.hits = 9; RETURN NEW; END $$`),
      `CREATE TRIGGER whole BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
       CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
       CREATE TRIGGER own BEFORE UPDATE ON t_low FOR EACH ROW EXECUTE FUNCTION touch();
       ALTER TABLE t_high ENABLE ALWAYS TRIGGER whole; ${stored}`,
      "SELECT tgrelid::regclass::text AS t, tgname, tgenabled FROM pg_trigger WHERE tgfoid::regproc::text !~ 'RI_' ORDER BY 1, 2",
    ),
  )

  it('keeps the foreign keys enforced: what refers to a row that is gone stays preserved, and is reported', async () => {
    const db = await createDatabase()
    await db.sql(tables.replace('FILL_updated', 'updated_at timestamptz'))
    const child: Revision = {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: (op: OperationRecorder) =>
        op.alterTable('t', (t) => {
          t.addColumn('other', { kind: 'integer', bits: 32 })
          t.addForeignKey({ columns: ['other'], references: { table: 'parent', columns: ['id'] } })
        }),
    }
    const migrator = migratorOn(postgresDialect({ url: db.url }), first, child)
    await migrator.upgrade()
    await db.sql('INSERT INTO parent VALUES (3); UPDATE t SET other = 3 WHERE id = 1')
    await migrator.downgrade('r1')
    await db.sql('DELETE FROM parent WHERE id = 3')
    const { reports } = await migrator.upgrade()
    expect(reports).toMatchObject([{ what: expect.stringContaining('stays preserved'), count: 1, firstKeys: ['1'] }])
    expect(await migrator.preserved.list()).toMatchObject([{ revision: 'r2', values: 1 }])
  })
})

describeOnDialects(['mariadb', 'mysql'], title, (createDatabase) => {
  it('leaves what ON UPDATE CURRENT_TIMESTAMP has set', async () => {
    const db = await createDatabase()
    const stamp = "updated_at timestamp(6) DEFAULT '2020-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP(6)"
    await db.sql(tables.replace('FILL_updated', stamp))
    const dialect = mysqlDialect({ url: db.url })
    const migrator = migratorOn(dialect, first, extra)
    await migrator.upgrade()
    await db.sql("UPDATE t SET extra = 'value', updated_at = updated_at")
    const before = await db.sql('SELECT * FROM t ORDER BY id')
    expect(before.map((row) => row.updated_at)).toEqual(['2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000'])
    await migrator.downgrade('r1')
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await db.sql('SELECT * FROM t ORDER BY id')).toEqual(before)
    for (const last of [takenAway, takenAwayAndWritten]) {
      const taking = migratorOn(dialect, first, extra, last)
      await taking.upgrade()
      await taking.downgrade('r2')
      expect(await db.sql('SELECT * FROM t ORDER BY id')).toEqual(before)
    }
  })

  it('runs triggers, which the plan names', async () => {
    const db = await createDatabase()
    await db.sql(tables.replace('FILL_updated', 'updated_at timestamp(6) NULL'))
    await db.sql("CREATE TRIGGER t_log AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES ('ran')")
    const migrator = migratorOn(mysqlDialect({ url: db.url }), first, extra)
    await migrator.upgrade()
    await db.sql("UPDATE t SET extra = 'value' WHERE id = 1; DELETE FROM log")
    await migrator.downgrade('r1')
    expect((await migrator.plan()).steps[0]?.notes).toContain('restoring values of t runs its triggers: t_log')
    await migrator.upgrade()
    expect(await db.sql('SELECT * FROM log')).toHaveLength(1)
    const down = migratorOn(mysqlDialect({ url: db.url }), first, trimmed)
    await migrator.downgrade('r1')
    await down.upgrade()
    expect((await down.plan('r1', { direction: 'down' })).steps[0]?.notes).toContain(
      'restoring values of t runs its triggers: t_log',
    )
    await down.downgrade('r1')
    await db.sql('DROP TRIGGER t_log')
    for (const last of [takenAway, takenAwayAndWritten]) {
      const taking = migratorOn(mysqlDialect({ url: db.url }), first, extra, last)
      await taking.upgrade('r2')
      await db.sql("UPDATE t SET extra = 'value' WHERE id = 1")
      await taking.upgrade()
      await db.sql("CREATE TRIGGER t_log AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES ('ran')")
      const plan = await taking.plan('r2', { direction: 'down' })
      expect(plan.steps[0]?.notes).toContain('restoring values of t runs its triggers: t_log')
      await taking.downgrade('r2')
      await db.sql('DROP TRIGGER t_log')
    }
  })

  it('that a trigger changes on its way is not forgotten', async () => {
    for (const chain of [
      [first, extra],
      [first, trimmed],
    ]) {
      const db = await createDatabase()
      await db.sql(tables.replace('FILL_updated', 'updated_at timestamp(6) NULL'))
      const migrator = migratorOn(mysqlDialect({ url: db.url }), ...chain)
      await migrator.upgrade()
      if (chain.includes(extra)) await db.sql("UPDATE t SET extra = 'value' WHERE id = 1")
      if (chain.includes(extra)) await migrator.downgrade('r1')
      const name = `CREATE TRIGGER other BEFORE UPDATE ON t FOR EACH ROW SET NEW.hits = 7`
      await db.sql(
        chain.includes(extra) ? name : `CREATE TRIGGER other BEFORE UPDATE ON t FOR EACH ROW SET NEW.name = 'x'`,
      )
      const { reports } = chain.includes(extra) ? await migrator.upgrade() : await migrator.downgrade('r1')
      // Another column that the trigger sets is what the plan has announced.
      if (chain.includes(extra)) expect(reports).toEqual([])
      if (chain.includes(extra)) continue
      expect(reports).toMatchObject([{ count: 1, firstKeys: ['1'] }])
      expect(await migrator.preserved.list()).toMatchObject([{ revision: 'r2', table: 't', values: 1 }])
      expect(await db.sql('SELECT name, hits FROM t WHERE id = 1')).toEqual([{ name: 'one', hits: 0 }])
    }
  })
})

describeOn('postgres', 'values that a data step restores', (createDatabase) => {
  it('leave the triggers as they were where the step catches the error', async () => {
    const db = await createDatabase()
    await db.sql(tables.replace('FILL_updated', 'updated_at timestamptz'))
    await db.sql(`CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('ran'); RETURN NEW; END $$;
      CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t ADD CHECK (name <> ' one ') NOT VALID`)
    const caught: Revision = {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: (op: OperationRecorder) =>
        op.run('trim', {
          up: async (db) => {
            await db.preserve({ table: 't', key: { id: 1n }, column: 'name', value: ' one ', written: 'one' })
            await db.execute("UPDATE t SET name = 'one' WHERE id = 1")
          },
          down: async (db) => {
            await expect(db.restore({ table: 't', column: 'name' })).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
          },
        }),
    }
    const migrator = migratorOn(postgresDialect({ url: db.url }), first, caught)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await db.sql("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'")).toEqual([{ tgenabled: 'O' }])
    expect(await migrator.preserved.list()).toMatchObject([{ revision: 'r2', values: 1 }])
  })
})
