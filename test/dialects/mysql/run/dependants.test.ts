import { expression, integer, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const world = [
  'CREATE TABLE users (id int PRIMARY KEY, n int, mail varchar(40))',
  'CREATE TABLE orders (id int PRIMARY KEY, user_id int, mail varchar(40))',
  'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(100))',
  // Another definer, security, algorithm and check option; a view on it; one that joins under aliases.
  'CREATE ALGORITHM=MERGE DEFINER=`app`@`%` SQL SECURITY INVOKER VIEW active AS SELECT id, mail FROM users WHERE n > 0 WITH LOCAL CHECK OPTION',
  'CREATE VIEW over_active AS SELECT a.mail, count(*) AS c FROM active a GROUP BY a.mail',
  "CREATE VIEW joined AS SELECT u.mail AS mail, o.mail AS other, concat('users.mail', u.n) AS x FROM orders AS o LEFT JOIN users AS u ON o.user_id = u.id WHERE EXISTS (SELECT 1 FROM users WHERE mail = o.mail) ORDER BY mail",
  // Two of one event, whose order counts; the second names the table of the first.
  'CREATE TRIGGER first_one BEFORE INSERT ON orders FOR EACH ROW SET NEW.mail = coalesce(NEW.mail, (SELECT mail FROM users WHERE users.id = NEW.user_id))',
  "CREATE TRIGGER second_one BEFORE INSERT ON orders FOR EACH ROW SET NEW.mail = concat(NEW.mail, '.')",
  "CREATE TRIGGER own AFTER UPDATE ON users FOR EACH ROW BEGIN IF NEW.mail <> OLD.mail THEN INSERT INTO log (what) VALUES (concat('users.mail ', OLD.mail, '/', NEW.mail)); UPDATE orders SET mail = NEW.mail WHERE user_id = NEW.id; END IF; END",
  "INSERT INTO users VALUES (1, 1, 'a@x'), (2, 0, 'b@x')",
]

async function createTables(createDatabase: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const db = await createDatabase()
  for (const text of world) await db.sql(text)
  // Under another mode, character set and collation than ours: names in double quotes.
  await db.sql(
    `SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT', character_set_client = 'latin1', collation_connection = 'latin1_general_cs'; CREATE TRIGGER quoted AFTER INSERT ON "orders" FOR EACH ROW INSERT INTO "log" ("what") SELECT 'users ' || "mail" FROM "users" WHERE "id" = NEW."user_id"`,
  )
  return db
}

/** What the application does; every write of it works or the test fails. */
async function used(db: TestDatabase, mail: string, users: string): Promise<readonly unknown[]> {
  await db.sql(`INSERT INTO orders (id, user_id) VALUES (1, 1)`)
  await db.sql(`UPDATE ${users} SET ${mail} = 'c@x' WHERE id = 1`)
  const rows = [
    ...(await db.sql('SELECT id, user_id, mail FROM orders')),
    ...(await db.sql('SELECT what FROM log ORDER BY id')),
    ...(await db.sql('SELECT mail FROM active')),
    ...(await db.sql('SELECT mail, c FROM over_active')),
    ...(await db.sql('SELECT mail, other, x FROM joined')),
  ]
  await db.sql(`TRUNCATE log; DELETE FROM orders; UPDATE ${users} SET ${mail} = 'a@x' WHERE id = 1; TRUNCATE log`)
  return rows
}

const expected = [
  { id: 1, user_id: 1, mail: 'c@x' },
  { what: 'users a@x' },
  { what: 'users.mail a@x/c@x' },
  { mail: 'c@x' },
  { mail: 'c@x', c: '1' },
]

describeOnDialects(['mysql', 'mariadb'], 'what names a thing that gets another name', (createDatabase, server) => {
  const joined = { mail: 'c@x', other: 'c@x', x: 'users.mail1' }

  it('follows it, there and back, and is afterwards what it was', async () => {
    const db = await createTables(createDatabase)
    const before = await objectsOf(db)
    expect(await used(db, 'mail', 'users')).toMatchObject([...expected, joined])
    const migrator = migratorOn(
      db,
      (op) => op.alterTable('users', (t) => t.renameColumn('mail', 'email')),
      (op) => op.renameTable('users', 'people'),
      (op) => op.renameView('active', 'live'),
      (op) => op.renameView('live', 'active'),
    )
    for (const [revision, mail, users] of [
      ['r1', 'email', 'users'],
      ['r2', 'email', 'people'],
      ['r4', 'email', 'people'],
    ] as const) {
      await migrator.upgrade(revision)
      expect(await used(db, mail, users), revision).toMatchObject([...expected, joined])
    }
    await migrator.downgrade('base')
    expect(await used(db, 'mail', 'users')).toMatchObject([...expected, joined])
    expect(await objectsOf(db)).toEqual(before)
  })

  it('is refused by name where something that is dropped is read, and nothing is changed', async () => {
    const db = await createTables(createDatabase)
    const before = await objectsOf(db)
    const all = ['view active', 'view joined', 'trigger first_one on orders', 'trigger quoted on orders']
    const attempts = [
      [(op) => op.dropTable('users'), all],
      [(op) => op.alterTable('users', (t) => t.dropColumn('mail')), [...all, 'trigger own on users']],
      [(op) => op.dropView('active'), ['view over_active']],
      [(op) => op.dropTable('log'), ['trigger own on users', 'trigger quoted on orders']],
    ] satisfies [Parameters<typeof migratorOn>[1], string[]][]
    for (const [upgrade, dependants] of attempts) {
      const migrator = migratorOn(db, upgrade)
      const refused = await migrator.upgrade().catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'DEPENDENT_OBJECTS' })
      const { details } = refused as { readonly details: { readonly dependants: readonly string[] } }
      expect([...details.dependants].sort()).toEqual([...dependants].sort())
      await expect(migrator.plan()).rejects.toMatchObject({ code: 'DEPENDENT_OBJECTS' })
    }
    expect(await objectsOf(db)).toEqual(before)
    // What the error advises works.
    const migrator = migratorOn(db, (op) => {
      op.dropView('over_active')
      op.dropView('active')
      op.dropView('joined')
      op.dropTrigger('orders', 'first_one')
      op.dropTrigger('orders', 'quoted')
      op.dropTrigger('users', 'own')
      op.alterTable('users', (t) => t.dropColumn('mail'))
      op.createView('active', expression('SELECT id FROM users WHERE n > 0'))
    })
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
  })

  it('is refused by name where it cannot be told what it means', async () => {
    const db = await createTables(createDatabase)
    await db.sql(
      'CREATE TRIGGER odd BEFORE DELETE ON orders FOR EACH ROW SET @x = (SELECT max(mail) FROM orders, users WHERE user_id = users.id)',
    )
    const migrator = migratorOn(db, (op) => op.alterTable('users', (t) => t.renameColumn('mail', 'email')))
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'column users.mail', dependants: ['trigger odd on orders'] },
    })
  })

  it('follows what earlier revisions of the same run made', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(
      db,
      (op) => {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('old', varchar(10))
          t.primaryKey(['id'])
        })
        op.createView('plain', expression('SELECT old, id FROM t WHERE old IS NOT NULL ORDER BY old'))
        op.createView('starred', expression('SELECT * FROM t'))
      },
      (op) => op.alterTable('t', (t) => t.renameColumn('old', 'new')),
      (op) => op.renameTable('t', 'u'),
    )
    await migrator.plan()
    await migrator.upgrade()
    await db.sql("INSERT INTO u VALUES (1, 'x')")
    expect(await db.sql('SELECT * FROM plain')).toEqual([{ old: 'x', id: 1 }])
    expect(await db.sql('SELECT * FROM starred')).toEqual([{ id: 1, old: 'x' }])
    await migrator.downgrade('r1')
    expect(await db.sql('SELECT * FROM starred')).toEqual([{ id: 1, old: 'x' }])
  })

  it('names the programs whose bodies name it in the plan and in the run, and leaves them', async () => {
    const db = await createTables(createDatabase)
    await db.sql(
      'CREATE PROCEDURE refill() UPDATE `users` SET n = 1; CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM users; CREATE FUNCTION most() RETURNS int READS SQL DATA RETURN (SELECT max(N) FROM Users); CREATE PROCEDURE recount() UPDATE users SET n = 0',
    )
    const recounted = (table: string) => `CREATE PROCEDURE recount() UPDATE ${table} SET n = 0`
    const migrator = migratorOn(db, (op) => {
      op.renameTable('users', 'people')
      op.renameColumn('people', 'n', 'num')
      op.sql('DROP PROCEDURE recount', { inverse: recounted('users') })
      op.sql(recounted('people').replace('n = 0', 'num = 0'), { inverse: 'DROP PROCEDURE recount' })
    })
    const why = 'in its body, which a rename or drop does not change: create it again in this revision if it uses it'
    const notes = [
      `event nightly names users ${why}`,
      `function most names users, users.n ${why.replace(/it$/, 'them')}`,
      `procedure refill names users, users.n ${why.replace(/it$/, 'them')}`,
    ]
    const plan = await migrator.plan()
    expect(plan.steps.map((step) => step.notes.filter((note) => note.includes(' in its body')))).toEqual([notes])
    const { warnings } = await migrator.upgrade()
    expect(warnings.filter((warning) => warning.includes(' in its body'))).toEqual(
      notes.map((note) => `main:r1: ${note}`),
    )
    expect(
      await db.sql(
        'SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1',
      ),
    ).toEqual([{ name: 'most' }, { name: 'recount' }, { name: 'refill' }])
  })

  it('is a script that makes the same of it', async () => {
    const db = await createTables(createDatabase)
    const migrator = migratorOn(db, (op) => op.alterTable('users', (t) => t.renameColumn('mail', 'email')))
    const text = driverText(await migrator.script('head', { from: 'current' }))
    expect(text).toMatch(/SET @migrate_sql_mode = @@sql_mode/)
    expect(text).toMatch(server === 'mysql' ? /CREATE TRIGGER `migrate_guard_/ : /CREATE OR REPLACE TRIGGER/)
    const other = await createTables(createDatabase)
    await other.sql(text)
    await migrator.upgrade()
    // A body that is the last of several statements keeps its semicolon on MySQL.
    const plain = (objects: unknown): string => JSON.stringify(objects).replaceAll(/;"/g, '"')
    expect(plain(await objectsOf(other))).toBe(plain(await objectsOf(db)))
  })
})
