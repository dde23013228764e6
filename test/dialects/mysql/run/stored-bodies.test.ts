import { expect, it } from 'vitest'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const base = 'CREATE TABLE t (id int PRIMARY KEY, a varchar(200), b int)'

/** The catalog shows each of these bodies as another text than was written. */
const bodies: readonly (readonly [modes: string, trigger: string, view: string])[] = [
  [
    '',
    String.raw`SET NEW.a = CONCAT('it''s', "q\"x", 'b\\ s\'', '😀', _latin1'x', 'é?', _latin1 0xE9, "a""b")`,
    String.raw`SELECT CONCAT('it''s', "q\"x", 'b\\ s\'', '😀', _latin1'x', 'é?', "a""b") AS a, b FROM t`,
  ],
  ['', 'SET NEW.a = _latin1 0xE9', "SELECT id AS `x AS y`, '😀 AS b' AS a FROM t WHERE id > 0 WITH LOCAL CHECK OPTION"],
  [
    'ANSI_QUOTES',
    String.raw`SET NEW."a" = CONCAT('it''s', 'b\\ "😀', _latin1'x')`,
    String.raw`SELECT "id" AS "a""b", 'b\\ "😀' AS "a" FROM "t"`,
  ],
  [
    'NO_BACKSLASH_ESCAPES',
    String.raw`SET NEW.a = CONCAT('it''s \', "z\", '😀')`,
    String.raw`SELECT 'it''s \' AS a, "z\" AS z, '😀' AS c FROM t`,
  ],
]

async function create(db: TestDatabase, modes: string, trigger: string, view: string): Promise<void> {
  await db.sql(base)
  await db.sql(`SET NAMES utf8mb4, sql_mode = '${modes}'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW ${trigger}`)
  await db.sql(`SET NAMES utf8mb4, sql_mode = '${modes}'; CREATE VIEW v AS ${view}`)
}

async function texts(db: TestDatabase): Promise<readonly unknown[]> {
  const [{ 'SQL Original Statement': trigger, sql_mode: modes } = {}] = await db.sql('SHOW CREATE TRIGGER tr')
  const [{ 'Create View': view } = {}] = await db.sql('SHOW CREATE VIEW v')
  const value = await db.sql('DELETE FROM t; INSERT INTO t (id) VALUES (1); SELECT t.a, v.* FROM t, v; DELETE FROM t')
  const body = String(trigger).replace(/^.*?FOR EACH ROW\s+/is, '')
  return [body.replace(/;$/, ''), modes, view, value]
}

describeOnEach(['mysql', 'mariadb'], 'the body of a trigger and of a view', (createDatabase) => {
  it.each(bodies)('under the mode %j is what it was when it was dropped and comes back: %s', async (...body) => {
    const db = await createDatabase()
    await create(db, ...body)
    const before = await texts(db)
    const migrator = migratorOn(db, (op) => {
      op.dropTrigger('t', 'tr')
      op.dropView('v')
    })
    await migrator.upgrade()
    expect(
      await db.sql(
        "SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_NAME = 'tr' AND TRIGGER_SCHEMA = DATABASE()",
      ),
    ).toEqual([])
    const script = driverText(await migrator.script('base', { from: 'current', command: 'downgrade' }))
    await migrator.downgrade('base')
    expect(await texts(db)).toEqual(before)
    await migrator.upgrade()
    await db.sql(script)
    expect(await texts(db)).toEqual(before)
  })

  it('follows a renamed column with the rest of its text as it was', async () => {
    const db = await createDatabase()
    await create(db, ...(bodies[0] ?? ['', '', '']))
    const before = await texts(db)
    const migrator = migratorOn(db, (op) => op.renameColumn('t', 'b', 'c'))
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await texts(db)).toEqual(before)
  })
})
