import { setTimeout as sleep } from 'node:timers/promises'
import { bigint, enumeration, expression, graphOf, integer, native, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { observedSessions } from '../../kit/observed-sessions.ts'
import { describeOn, type TestDatabase } from '../../kit/own-sessions.ts'
import { chain } from './kit.ts'

/** The numbers of all views, types, policies and sequences of schemas: one that is created again has another. */
const numbersOf = (sql: TestDatabase['sql'], schemas: readonly string[]) => {
  const names = schemas.map((name) => `'${name}'`).join(', ')
  return sql(`SELECT kind, number::int FROM (
    SELECT relkind::text AS kind, oid AS number, relnamespace AS owner FROM pg_class
    UNION ALL SELECT 'type', oid, typnamespace FROM pg_type
    UNION ALL SELECT 'policy', p.oid, c.relnamespace FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  ) x JOIN pg_namespace n ON n.oid = x.owner WHERE n.nspname IN (${names}) ORDER BY 1, 2`)
}

describeOn('postgres', 'a new schema among many', (createDatabase) => {
  it.each([
    ['the revisions', false],
    ['a template', true],
  ])('Is made without reading what the others hold: from %s', async (_, template) => {
    const { url, sql } = await createDatabase()
    let read = 0
    const answered = (rows: readonly object[]): void => {
      read += rows.length
    }
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect =>
      observedSessions(postgresDialect({ url, schema }), { answered })
    const fleet = createFleet({ members: [], dialect, tiers: [graphOf(revisions(chain))], template })
    /** How many rows the making of one more takes. */
    const rowsOf = async (schema: string): Promise<number> => {
      const before = read
      await fleet.create({ id: schema, schema })
      return read - before
    }
    // The first one makes the template, the second one a plan that is shared.
    for (const schema of ['first', 'second']) await rowsOf(schema)
    const few = await rowsOf('third')
    expect(few).toBeGreaterThan(0)
    for (const schema of ['a', 'b', 'c', 'd', 'e', 'f'])
      await sql(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.own (id integer PRIMARY KEY, name text)`)
    expect(await rowsOf('fourth')).toBe(few)
  })
})

/** A schema with every kind of object, and changes for which what depends on a column or a type is created again. */
const changed = line(
  (op) => {
    op.createEnum('mood', ['sad', 'calm'])
    op.createTable('notes', (t) => {
      t.column('id', native('postgres', 'serial'), { nullable: false })
      t.column('length', integer())
      t.column('mood', enumeration(['sad', 'calm'], { name: 'mood' }))
      t.column('moods', native('postgres', 'mood[]'))
      t.primaryKey(['id'])
    })
    op.createTable('replies', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('note', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['note'], references: { table: 'notes', columns: ['id'] } })
    })
    op.createView('long_notes', expression("SELECT id, length FROM notes WHERE length > 9 AND mood = 'sad'"))
    op.alterTable('notes', (t) => {
      t.rowSecurity({ enabled: true })
      t.createPolicy('calm_only', { using: expression("mood = 'calm'::mood") })
    })
  },
  (op) => op.alterTable('notes', (t) => t.alterColumn('length', { type: bigint() })),
  (op) => op.alterEnum('mood', { order: ['calm', 'sad'] }),
  (op) => op.renameTable('notes', 'remarks'),
)

describeOn('postgres', 'a schema among many that hold the same', (createDatabase) => {
  const fleetOf = (ids: readonly string[], dialect: (member: FleetMember) => UnloadedDialect) =>
    createFleet({ members: ids.map((id) => ({ id, schema: id })), dialect, tiers: [graphOf(revisions(changed))] })

  it('Is changed with what depends on it, and nothing of the other schemas is created again', async () => {
    const { url, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => postgresDialect({ url, schema })
    const ids = ['a', 'b', 'c']
    for (const id of ids) await sql(`CREATE SCHEMA ${id}`)
    await fleetOf(ids, dialect).upgrade('r1')
    // A view of another schema reads two of them.
    await sql(
      'CREATE SCHEMA report; CREATE VIEW report.all_notes AS SELECT length FROM a.notes UNION ALL SELECT length FROM b.notes',
    )
    const remaining = await numbersOf(sql, ['b', 'c'])
    expect(remaining.length).toBeGreaterThan(20)
    const report = await numbersOf(sql, ['report'])
    expect(await fleetOf(['a'], dialect).upgrade('head')).toMatchObject({ migrated: 1, failed: 0 })
    expect(await numbersOf(sql, ['b', 'c'])).toEqual(remaining)
    expect(await numbersOf(sql, ['report'])).not.toEqual(report)
    const [row] =
      await sql(`SELECT pg_get_viewdef('report.all_notes'::regclass) AS text, format_type(atttypid, -1) AS type
      FROM pg_attribute WHERE attrelid = 'a.remarks'::regclass AND attname = 'length'`)
    expect(row).toMatchObject({ text: expect.stringContaining('a.remarks'), type: 'bigint' })
  })

  it('Is migrated by the plan of the first, and what is read of it does not grow with the others', async () => {
    const { url, sql } = await createDatabase()
    let read = 0
    const answered = (rows: readonly object[]): void => {
      read += rows.length
    }
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect =>
      observedSessions(postgresDialect({ url, schema }), { answered })
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const id of ids) await sql(`CREATE SCHEMA ${id}`)
    /** How many rows the change of one takes. */
    const rowsOf = async (id: string): Promise<number> => {
      const before = read
      await fleetOf([id], dialect).upgrade('head')
      return read - before
    }
    await fleetOf(['a', 'b'], dialect).upgrade('r1')
    const few = await rowsOf('a')
    expect(await fleetOf(ids.slice(2), dialect).upgrade('r1')).toMatchObject({ failed: 0 })
    expect(await rowsOf('b')).toBe(few)
    expect(await fleetOf(ids.slice(2), dialect).upgrade('head')).toMatchObject({ migrated: 4, plans: 1 })
  })

  it('Records of SQL what that did in its own schema, whatever others do meanwhile', async () => {
    const { url, sql } = await createDatabase()
    for (const id of ['a', 'b']) await sql(`CREATE SCHEMA ${id}; CREATE TABLE ${id}.notes (id integer)`)
    const waiting = line((op) =>
      op.sql('DO $$ BEGIN PERFORM pg_sleep(1); ALTER TABLE notes ADD COLUMN x integer; END $$'),
    )
    const migrator = migratorOf(postgresDialect({ url, schema: 'a' }), waiting)
    const running = migrator.upgrade()
    const isWaiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    while ((await sql(isWaiting)).length === 0) await sleep(20)
    await sql('ALTER TABLE b.notes ADD COLUMN y integer')
    await running
    expect(await sql('SELECT columns_after AS columns FROM a.migrate_history')).toEqual([
      { columns: '[["notes",["id","x"]]]' },
    ])
    // What another history had, and no longer has, is not missing here.
    await sql('DROP SCHEMA b CASCADE')
    expect(await migrator.ensure({ mode: 'verify' })).toMatchObject({ warnings: [] })
  })
})
