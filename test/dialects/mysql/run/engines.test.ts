import { integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createPool } from 'mysql2/promise'
import { expect, it, onTestFinished } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const none = (): void => undefined
const why = 'its engine, Aria, may refuse savepoints; ALTER TABLE … ENGINE=InnoDB changes the engine'
const aria =
  "CREATE TABLE t (id int PRIMARY KEY, a varchar(9)) ENGINE=Aria; INSERT INTO t VALUES (1, 'one'), (2, 'two')"

describeOnEach(['mariadb'], 'values in tables of Aria', (createDatabase) => {
  it('An upgrade that would preserve them is refused before its first statement', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, none, (op) => {
      op.addColumn('t', 'x', integer())
      op.dropColumn('t', 'a', { preserve: true })
    })
    await migrator.upgrade('r1')
    await db.sql(aria)
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { losses: [{ table: 'column t.a', rows: 2, why }] },
    })
    expect(await db.sql('SELECT * FROM t ORDER BY id')).toEqual([
      { id: 1, a: 'one' },
      { id: 2, a: 'two' },
    ])
    await db.sql('ALTER TABLE t ENGINE=InnoDB')
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await db.sql('SELECT id, a FROM t ORDER BY id')).toEqual([
      { id: 1, a: 'one' },
      { id: 2, a: 'two' },
    ])
  })

  it('So is a downgrade', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, none, (op) => op.addColumn('t', 'x', varchar(9)))
    await migrator.upgrade('r1')
    await db.sql(aria)
    await migrator.upgrade()
    await db.sql("UPDATE t SET x = 'x'")
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { losses: [{ table: 'column t.x', rows: 2, why }] },
    })
  })
})

describeOnEach(['mysql', 'mariadb'], 'a table of MyISAM that counts for each value of a column', (createDatabase) => {
  it('It is dropped with its rows, and comes back as it was', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, none, (op: OperationRecorder) => op.dropTable('t', { preserve: true }))
    await migrator.upgrade('r1')
    await db.sql(`CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, k int NOT NULL, a varchar(9), PRIMARY KEY (k, id)) ENGINE=MyISAM;
      INSERT INTO t (k, a) VALUES (1, 'one'), (1, 'two'), (2, 'three')`)
    const shown = await db.sql('SHOW CREATE TABLE t')
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await db.sql('SHOW CREATE TABLE t')).toEqual(shown)
    await db.sql("INSERT INTO t (k, a) VALUES (2, 'four')")
    expect(await db.sql('SELECT k, id, a FROM t ORDER BY 1, 2')).toEqual([
      { k: 1, id: 1, a: 'one' },
      { k: 1, id: 2, a: 'two' },
      { k: 2, id: 1, a: 'three' },
      { k: 2, id: 2, a: 'four' },
    ])
  })
})

describeOnEach(['mysql', 'mariadb'], 'a data step that fails over a table without transactions', (createDatabase) => {
  it('Its error tells that rows stayed, and neither that nothing changed nor that it may be run again', async () => {
    const db = await createDatabase()
    const run = (write: boolean): Migrator =>
      migratorOn(db, none, (op) =>
        op.run('fill', {
          up: async (session) => {
            if (write) await session.execute('INSERT INTO m VALUES (1)')
            throw new Error('refused')
          },
          down: 'none',
        }),
      )
    await run(true).upgrade('r1')
    await db.sql('CREATE TABLE m (id int PRIMARY KEY) ENGINE=MyISAM')
    await expect(run(true).upgrade()).rejects.toMatchObject({ code: 'DATA_STEP_FAILED', outcome: 'partial' })
    expect(await db.sql('SELECT id FROM m')).toEqual([{ id: 1 }])
    await expect(run(false).upgrade()).rejects.toMatchObject({ code: 'DATA_STEP_FAILED', outcome: 'unchanged' })
  })

  it('Its error tells so where the server stores no warnings by itself', async () => {
    const db = await createDatabase()
    const pool = createPool({ uri: db.url.replace(/^mariadb:/, 'mysql:'), connectionLimit: 1 })
    onTestFinished(() => pool.end())
    await pool.query('SET SESSION max_error_count = 0')
    const dialect = mysqlDialect({ driver: pool })
    const migrator = migratorOf(
      dialect,
      line(none, (op) =>
        op.run('fill', {
          up: async (session) => {
            await session.execute('INSERT INTO m VALUES (1)')
            throw new Error('refused')
          },
          down: 'none',
        }),
      ),
    )
    await migrator.upgrade('r1')
    await db.sql('CREATE TABLE m (id int PRIMARY KEY) ENGINE=MyISAM')
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'DATA_STEP_FAILED', outcome: 'partial' })
    expect((await pool.query('SELECT @@max_error_count AS n'))[0]).toEqual([{ n: 0 }])
  })

  it('A deadlock over it is not tried again, because its rows would be written twice', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, none, (op) => {
      op.sql('INSERT INTO m VALUES (1)')
      op.sql('UPDATE t SET a = 1')
    })
    await migrator.upgrade('r1')
    await db.sql(
      'CREATE TABLE m (id int) ENGINE=MyISAM; CREATE TABLE t (id int PRIMARY KEY, a int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 0)',
    )
    await db.sql(
      "CREATE TRIGGER t_refuse BEFORE UPDATE ON t FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'no lock'",
    )
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED', outcome: 'partial' })
    expect(await db.sql('SELECT id FROM m')).toEqual([{ id: 1 }])
  })
})
