import { expression, type OperationRecorder } from '@org/migrate-core'
import { executeStatement } from '@org/migrate-core/internal'
import { expect, it } from 'vitest'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { open } from '../connection/kit.ts'
import { migratorOn } from './kit.ts'

const base =
  'CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, m varchar(20))'
const body = "INSERT INTO log (id, m) VALUES (0, 'x')"

function createPrograms(op: OperationRecorder): void {
  op.createTrigger('t', 'typed', expression(`CREATE TRIGGER typed BEFORE INSERT ON t FOR EACH ROW ${body}`))
  op.sql(`/* of the log */ create trigger written AFTER INSERT ON t FOR EACH ROW ${body}`)
  op.sql(`CREATE DEFINER=root@localhost TRIGGER defined BEFORE DELETE ON t FOR EACH ROW ${body}`)
  // As mysqldump writes one.
  op.sql(
    `/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`%\`*/ /*!50003 TRIGGER dumped AFTER DELETE ON t FOR EACH ROW ${body} */`,
    { nonTransactional: true },
  )
  op.sql(`CREATE DEFINER=CURRENT_USER() PROCEDURE p() BEGIN ${body}; END`)
  op.sql('CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 0')
  op.sql(`CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO ${body}`)
  op.sql(`ALTER EVENT e ON SCHEDULE EVERY 2 DAY`)
}

async function modesOf(db: TestDatabase): Promise<Readonly<Record<string, unknown>>> {
  const rows = await db.sql(
    `SELECT TRIGGER_NAME AS name, SQL_MODE AS mode FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
     UNION ALL SELECT ROUTINE_NAME, SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
     UNION ALL SELECT EVENT_NAME, SQL_MODE FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
  )
  return Object.fromEntries(rows.map(({ name, mode }) => [name, mode]))
}

async function serverModes(db: TestDatabase): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await db.sql('SELECT @@GLOBAL.sql_mode AS modes')
  const names = ['typed', 'written', 'defined', 'dumped', 'p', 'f', 'e']
  return Object.fromEntries(names.map((name) => [name, row?.modes]))
}

describeOnEach(['mysql', 'mariadb'], 'the sql_mode of a stored program', (createDatabase) => {
  it('is the one of any client of the server, however a revision creates it', async () => {
    const db = await createDatabase()
    await db.sql(base)
    await migratorOn(db, createPrograms).upgrade()
    expect(await modesOf(db)).toEqual(await serverModes(db))
    await db.sql("INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (2, 'b'); CALL p()")
    expect(await db.sql('SELECT id FROM log ORDER BY id')).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })))
  })

  it('is the same by a script, also by the second one of a client', async () => {
    const db = await createDatabase()
    await db.sql(base)
    const first = driverText(
      await migratorOn(db, (op) => op.sql('CREATE TABLE u (id int)')).script('head', { from: 'current' }),
    )
    const other = await createDatabase()
    await other.sql(base)
    const second = driverText(await migratorOn(other, createPrograms).script('head', { from: 'current' }))
    const [own] = await db.sql('SELECT DATABASE() AS name')
    const [target] = await other.sql('SELECT DATABASE() AS name')
    await db.sql(`SET sql_mode = DEFAULT; USE \`${own?.name}\`; ${first}\nUSE \`${target?.name}\`; ${second}`)
    expect(await modesOf(other)).toEqual(await serverModes(other))
  })

  it('is the one of the server by a script, whatever modes the client has set', async () => {
    const db = await createDatabase()
    await db.sql(base)
    const text = driverText(await migratorOn(db, createPrograms).script('head', { from: 'current' }))
    await db.sql(`SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'; ${text}`)
    expect(await modesOf(db)).toEqual(await serverModes(db))
  })

  it('is what a statement of the author has set, and the session has its own behind it', async () => {
    const db = await createDatabase()
    await db.sql(`${base}; CREATE TABLE seen (n int, mode varchar(999))`)
    await migratorOn(db, (op) => {
      op.sql("INSERT INTO seen VALUES (1, CONCAT(@@sql_mode, ''))")
      op.sql(`CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW ${body}`)
      op.sql("INSERT INTO seen VALUES (2, CONCAT(@@sql_mode, ''))")
      op.sql("/*!50003 SET sql_mode = 'ANSI_QUOTES' */")
      op.sql('CREATE TRIGGER two BEFORE INSERT ON "t" FOR EACH ROW SET NEW."a" = \'x\'')
    }).upgrade()
    const { one } = await serverModes(db).then(({ typed }) => ({ one: typed }))
    expect(await modesOf(db)).toEqual({ one, two: 'ANSI_QUOTES' })
    const [before, after] = await db.sql('SELECT mode FROM seen ORDER BY n')
    expect(after).toEqual(before)
    expect(String(after?.mode)).toContain('NO_AUTO_VALUE_ON_ZERO')
  })

  it('comes back with a trigger that was dropped, whichever it was', async () => {
    const db = await createDatabase()
    await db.sql(base)
    const own = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'
    await db.sql(`SET sql_mode = '${own}'; CREATE TRIGGER own BEFORE INSERT ON t FOR EACH ROW ${body}`)
    await db.sql(`SET sql_mode = DEFAULT; CREATE TRIGGER usual BEFORE INSERT ON t FOR EACH ROW ${body}`)
    const before = await modesOf(db)
    const migrator = migratorOn(db, (op) => {
      op.dropTrigger('t', 'own')
      op.dropTrigger('t', 'usual')
    })
    await migrator.upgrade()
    expect(await modesOf(db)).toEqual({})
    await migrator.downgrade('base')
    expect(await modesOf(db)).toEqual(before)
    expect(String(before.own).split(',').sort()).toEqual(own.split(',').sort())
  })

  it('does not stay in the session where one of the settings is refused', async () => {
    const session = await open(await createDatabase())
    const readMode = async () => (await session.query('SELECT @@sql_mode AS mode'))[0]?.mode
    const before = await readMode()
    const settings = {
      set: ["SET @migrate_sql_mode = @@sql_mode, sql_mode = 'ANSI'", "SET sql_mode = 'NO_SUCH_MODE'"],
      reset: ['SET sql_mode = @migrate_sql_mode'],
    }
    await expect(executeStatement(session, { sql: 'SELECT 1', settings })).rejects.toThrow('NO_SUCH_MODE')
    expect(await readMode()).toBe(before)
  })
})
