import { enumeration, expression, integer, native, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

const migratorOn = (db: TestDatabase, ...changes: readonly RevisionBody[]) =>
  migratorOf(postgresDialect({ url: db.url }), line(...changes))

const tables = (op: OperationRecorder): void => {
  op.createEnum('mood', ['low', 'ok', 'sad', 'meh'])
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('mood', enumeration(['low', 'ok', 'sad', 'meh'], { name: 'mood' }))
    t.column('moods', native('postgres', 'mood[]'))
    t.primaryKey(['id'])
  })
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('word', text())
    t.primaryKey(['id'])
  })
  op.insertRows('t', [
    { id: 1, mood: 'ok', moods: '{ok}' },
    { id: 2, mood: 'sad', moods: '{low,sad}' },
  ])
  op.insertRows('notes', [
    { id: 1, word: 'sad' },
    { id: 2, word: 'unhappy' },
  ])
}

const rename = (op: OperationRecorder): void => op.alterEnum('mood', { rename: [{ value: 'sad', to: 'unhappy' }] })
const rebuild = (op: OperationRecorder): void => op.alterEnum('mood', { drop: [{ value: 'meh', replaceBy: 'ok' }] })

describeOnDialects(['postgres', 'postgres-next'], 'a text that compares a column with an enum value', (create) => {
  it.each([
    ["mood = 'sad'", [2]],
    ["'sad' <> t.mood", [1]],
    ["t.mood NOT IN ('low', 'sad')", [1]],
    [`"mood" IS NOT DISTINCT FROM 'sad'`, [2]],
    ["'sad' = ANY (moods)", [2]],
    ["CASE mood WHEN 'sad' THEN true ELSE false END", [2]],
    ["coalesce(mood, 'sad') = mood AND nullif(t.mood, 'sad') IS NULL", [2]],
    // Another column: its text is no value of the enum.
    ["mood = 'sad' AND EXISTS (SELECT 1 FROM notes WHERE word = 'sad')", [2]],
  ])('follows the new name of the value: %s', async (where, ids) => {
    const db = await create()
    const view = (op: OperationRecorder) => op.createView('v', expression(`SELECT id, mood FROM t WHERE ${where}`))
    // One run on an empty database: no revision sees what the server wrote for those before it.
    await migratorOn(db, tables, view, rename, rebuild).upgrade()
    expect(await db.sql('SELECT id FROM v ORDER BY id')).toEqual(ids.map((id) => ({ id })))
  })

  it('follows it in a check, an index, a policy and a trigger', async () => {
    const db = await create()
    const readers = (op: OperationRecorder): void => {
      op.addCheck('t', expression("mood <> 'sad' OR id > 1"), { name: 'c' })
      op.createIndex('t', 'i', ['id'], { where: expression("mood = 'sad'") })
      op.alterTable('t', (t) => t.createPolicy('p', { for: 'select', using: expression("mood <> 'sad'") }))
      op.sql('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$', {
        inverse: 'DROP FUNCTION f()',
        effects: () => {},
      })
      op.createTrigger(
        't',
        'g',
        expression("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.mood = 'sad') EXECUTE FUNCTION f()"),
      )
    }
    await migratorOn(db, tables, readers, rename, rebuild).upgrade()
    const [found] = await db.sql(`SELECT pg_get_constraintdef((SELECT oid FROM pg_constraint WHERE conname = 'c')) AS c,
      pg_get_indexdef('i'::regclass) AS i, (SELECT qual FROM pg_policies WHERE policyname = 'p') AS p,
      pg_get_triggerdef((SELECT oid FROM pg_trigger WHERE tgname = 'g')) AS g`)
    for (const part of ['c', 'i', 'p', 'g']) expect(found?.[part]).toContain("'unhappy'::mood")
  })

  it('comes back with the old name in a derived downgrade', async () => {
    const db = await create()
    const view = (op: OperationRecorder) => op.createView('v', expression("SELECT id, mood FROM t WHERE mood <> 'sad'"))
    const change = (op: OperationRecorder): void => {
      rename(op)
      op.dropView('v')
      op.createView('v', expression("SELECT id, mood FROM t WHERE mood <> 'unhappy' AND id > 0"))
    }
    const migrator = migratorOn(db, tables, view, change)
    await migrator.upgrade()
    await migrator.downgrade('-1')
    expect(await db.sql('SELECT id, mood::text AS mood FROM v')).toEqual([{ id: 1, mood: 'ok' }])
  })
})
