import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, compare, recogniseTools, withoutTools } from '@org/migrate-autogenerate'
import { readDeclared } from '@org/migrate-core'

import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'
import { type AdoptedDatabase, type Engine, folderOf, loadDump, onEachEngine, withInspection } from './kit.ts'

interface Expected {
  readonly tool: string
  readonly version?: string
  readonly records: string
  /** With the schema, on PostgreSQL. */
  readonly tables: (engine: Engine) => readonly object[]
  readonly names: (engine: Engine) => readonly string[]
  /** What the tool's user made: tables and views. */
  readonly createdTables: readonly string[]
}

interface Entry {
  readonly tag: string
  readonly when: number
}

function journal(engine: Engine): readonly Entry[] {
  const file = join(folderOf('drizzle-kit', engine), 'meta/_journal.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { entries: readonly Entry[] }).entries
}

const sumOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
const drizzleHashes = (engine: Engine): readonly string[] =>
  journal(engine).map(({ tag }) => sumOf(join(folderOf('drizzle-kit', engine), `${tag}.sql`)))

/** What the dumps hold, by folder of the fixtures. */
const tools: Readonly<Record<string, Expected>> = {
  alembic: {
    createdTables: ['book', 'loan', 'member', 'open_loan', 'publisher', 'review'],
    tool: 'Alembic',
    records: 'last',
    tables: () => [{ name: 'alembic_version' }],
    names: () => ['5a93c4e6fb71'],
  },
  'drizzle-kit': {
    createdTables: ['categories', 'customers', 'open_orders', 'orders', 'product_categories', 'products', 'returns'],
    tool: 'drizzle-kit',
    version: '0.x',
    records: 'mark',
    tables: (engine) => [{ ...(engine === 'postgres' ? { schema: 'drizzle' } : {}), name: '__drizzle_migrations' }],
    names: drizzleHashes,
  },
  knex: {
    createdTables: ['accounts', 'comments', 'open_tickets', 'teams', 'ticket_watchers', 'tickets'],
    tool: 'Knex',
    records: 'each',
    tables: () => [{ name: 'knex_migrations' }, { name: 'knex_migrations_lock' }],
    names: () => [
      '20210506070800_accounts.cjs',
      '20210601090000_tickets.cjs',
      '20210715120000_seats.cjs',
      '20210801080000_open_tickets.cjs',
    ],
  },
  kysely: {
    createdTables: ['booking', 'booking_guest', 'equipment', 'large_room', 'person', 'room'],
    tool: 'Kysely',
    records: 'each',
    tables: () => [{ name: 'kysely_migration' }, { name: 'kysely_migration_lock' }],
    names: () => ['2021_05_06_people', '2021_06_01_bookings', '2021_07_15_equipment'],
  },
  umzug: {
    createdTables: ['Memberships', 'OpenProjects', 'Projects', 'Tasks', 'Users'],
    tool: 'Sequelize/Umzug',
    records: 'each',
    tables: () => [{ name: 'SequelizeMeta' }],
    names: () => [
      '20210506070800-create-users.cjs',
      '20210601090000-create-projects.cjs',
      '20210715120000-create-tasks.cjs',
      '20210801080000-open-projects.cjs',
    ],
  },
  dbmate: {
    createdTables: ['authors', 'long_works', 'works'],
    tool: 'dbmate',
    records: 'each',
    tables: () => [{ name: 'schema_migrations' }],
    names: (engine) => [
      '20210506070800',
      '20210601090000',
      '20210715120000',
      ...(engine === 'postgres' ? ['20210801080000'] : []),
    ],
  },
}

const recognise = (db: AdoptedDatabase, tables?: Readonly<Record<string, string>>) =>
  withInspection(db, (dialect, session) => recogniseTools(dialect, session, tables === undefined ? {} : { tables }))

onEachEngine('a database of another tool', (empty, engine) => {
  it.each(Object.entries(tools))(
    '%s is recognised by what it left, and nothing is written',
    async (folder, expected) => {
      const db = await empty()
      await loadDump(db, folder, engine)
      const before = await db.hash()
      const [only, ...otherTools] = await recognise(db)
      expect(await db.hash()).toBe(before)
      expect(otherTools).toEqual([])
      expect(only).toMatchObject({
        tool: expected.tool,
        records: expected.records,
        tables: expected.tables(engine),
        problems: [],
      })
      expect(only?.version).toBe(expected.version)
      expect(only?.applied.map(({ name }) => name)).toEqual(expected.names(engine))
    },
  )

  it.each(Object.entries(tools))(
    'of %s is without the tables of the tool what its user made',
    async (folder, expected) => {
      const db = await empty()
      await loadDump(db, folder, engine)
      const own = await withInspection(db, async (dialect, session) =>
        withoutTools(await dialect.introspection.schema(session), await recogniseTools(dialect, session)),
      )
      const objects = [...own.tables.values(), ...own.views.values()]
      expect(
        objects
          .filter(({ ref }) => ref.schema === undefined)
          .map(({ ref }) => ref.name)
          .sort(),
      ).toEqual(expected.createdTables)
      const inAudit = objects.filter(({ ref }) => ref.schema !== undefined).map(({ ref }) => ref)
      const elsewhere = folder === 'drizzle-kit' && engine === 'postgres'
      expect(inAudit).toEqual(elsewhere ? [{ schema: 'audit', name: 'events' }] : [])
      const schemas = engine === 'postgres' ? ['public'] : []
      expect(own.schemas).toEqual(elsewhere ? ['audit', ...schemas] : schemas)
      expect(
        [...own.sequences.values()].map(({ ref }) => ref.name).filter((name) => /migration|lock|Meta/.test(name)),
      ).toEqual([])
    },
  )

  it.each(Object.entries(tools))(
    'of %s is to be adopted: check, and a comparison with a declaration, say so until it is',
    async (folder, { tool, tables, createdTables }) => {
      const db = await empty()
      await loadDump(db, folder, engine)
      const [{ name } = { name: '' }] = tables(engine) as readonly { readonly name: string }[]
      const what = `${tool} has migrated this database (table ${name}), and no revision is recorded in it.`
      const next = 'Take the database over with `migrate adopt`.'
      const empties = migratorOf(db.dialect, [])
      expect((await check(empties)).findings).toContainEqual({
        kind: 'not adopted',
        level: 'problem',
        revisions: [],
        what,
        next,
      })
      const compared = { server: false, exclude: createdTables }
      expect((await compare(empties, readDeclared({}), compared)).notes).toContain(`${what} ${next}`)
      const behind = migratorOf(
        db.dialect,
        line(() => {}),
      )
      const refused = await errorOf(compare(behind, readDeclared({}), { server: false }))
      expect(refused).toMatchObject({ code: 'NOT_AT_HEAD', remedy: next })
      // As adopting it ends.
      await behind.stamp('head')
      expect((await check(behind)).findings.filter(({ kind }) => kind === 'not adopted')).toEqual([])
      expect((await compare(behind, readDeclared({}), compared)).notes).not.toContain(`${what} ${next}`)
    },
  )

  // There the server refuses the drop.
  if (engine !== 'postgres')
    it('is to be adopted before what stands in the way of a comparison is looked at', async () => {
      const db = await empty()
      await loadDump(db, 'knex', engine)
      const blocked = 'tickets cannot be dropped: view open_tickets reads it'
      const error = await errorOf(compare(migratorOf(db.dialect, []), readDeclared({}), { server: false }))
      expect(error.message).toMatch(
        new RegExp(`^Knex has migrated this database .*, and no revision is recorded in it\\. ${blocked}`),
      )
      expect(error.remedy).toBe('Take the database over with `migrate adopt`.')
      const behind = migratorOf(
        db.dialect,
        line(() => {}),
      )
      await behind.stamp('head')
      const adopted = await errorOf(compare(behind, readDeclared({}), { server: false }))
      expect(adopted.message).toMatch(new RegExp(`^${blocked}`))
    })

  it('with tables, and no tool, is to be adopted as well', async () => {
    const db = await empty()
    await db.sql('CREATE TABLE t (id integer)')
    const { findings } = await check(migratorOf(db.dialect, []))
    expect(findings).toMatchObject([
      {
        kind: 'not adopted',
        level: 'problem',
        what: 'This database has tables, and no revision is recorded in it.',
        next: 'Take the database over with `migrate adopt`.',
      },
    ])
  })

  it('what is written would be seen', async () => {
    const db = await empty()
    await loadDump(db, 'kysely', engine)
    const before = await db.hash()
    await db.sql("UPDATE room SET name = 'Elsewhere'")
    expect(await db.hash()).not.toBe(before)
  })

  it('drizzle-kit has the hashes of its files, and the times of its journal', async () => {
    const db = await empty()
    await loadDump(db, 'drizzle-kit', engine)
    const [only] = await recognise(db)
    expect(only?.applied.map(({ hash }) => hash)).toEqual(drizzleHashes(engine))
    expect(only?.applied.map(({ at }) => at)).toEqual(journal(engine).map(({ when }) => new Date(when).toISOString()))
  })

  it('a lock that is still held is a problem, by its name', async () => {
    const db = await empty()
    await loadDump(db, 'knex', engine)
    await db.sql('UPDATE knex_migrations_lock SET is_locked = 1')
    expect((await recognise(db))[0]?.problems).toEqual([
      'knex_migrations_lock says that a run of Knex is under way, or was stopped: `knex migrate:unlock` frees it.',
    ])
    const other = await empty()
    await loadDump(other, 'kysely', engine)
    await other.sql('UPDATE kysely_migration_lock SET is_locked = 1')
    expect((await recognise(other))[0]?.problems).toEqual([
      'kysely_migration_lock says that a run of Kysely is under way, or was stopped.',
    ])
  })

  it('tables with names of their own are found by these; the lock follows', async () => {
    const db = await empty()
    await loadDump(db, 'knex', engine)
    await db.sql('ALTER TABLE knex_migrations RENAME TO steps')
    await db.sql('ALTER TABLE knex_migrations_lock RENAME TO steps_lock')
    expect(await recognise(db)).toEqual([])
    const [only] = await recognise(db, { knex_migrations: 'steps' })
    expect(only).toMatchObject({ tool: 'Knex', tables: [{ name: 'steps' }, { name: 'steps_lock' }] })
    expect(only?.applied).toHaveLength(4)
    await expect(recognise(db, { knex_migrations: 'stepz' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: '`tables`: there is no table stepz, which is to be knex_migrations',
    })
    await expect(recognise(db, { knex_migrations: 'teams' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: '`tables`: the table teams has not the columns of knex_migrations',
    })
    await expect(recognise(db, { knex: 'steps' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

onEachEngine(
  'a database in which every write fails',
  (empty, engine) => {
    it('is recognised', async () => {
      const db = await empty()
      await loadDump(db, 'drizzle-kit', engine)
      await db.sql(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
      )
      await expect(db.sql('DELETE FROM drizzle.__drizzle_migrations')).rejects.toThrow(/read-only/)
      expect((await recognise(db))[0]?.applied).toHaveLength(5)
    })

    it('drizzle-kit is found in the schema of the connection too', async () => {
      const db = await empty()
      await loadDump(db, 'drizzle-kit', engine)
      await db.sql('ALTER TABLE drizzle.__drizzle_migrations SET SCHEMA public')
      expect(await recognise(db)).toMatchObject([{ tool: 'drizzle-kit', tables: [{ name: '__drizzle_migrations' }] }])
      await db.sql('CREATE SCHEMA tools; ALTER TABLE public.__drizzle_migrations SET SCHEMA tools')
      expect(await recognise(db)).toEqual([])
      expect(await recognise(db, { __drizzle_migrations: 'tools.__drizzle_migrations' })).toMatchObject([
        { tables: [{ schema: 'tools', name: '__drizzle_migrations' }] },
      ])
    })
  },
  ['postgres'],
)
