import { openDatabase } from '@org/migrate-schema/database'
import { expect, it, onTestFinished } from 'vitest'
import { counted, failure, head, onDatabases, openService, patience, type ServiceDatabase } from './kit.ts'

const nothing = { state: 'atHead', revision: [head], applied: [], warnings: [] }
const names = async (database: ServiceDatabase): Promise<readonly unknown[]> =>
  (await database.sql('SELECT name FROM migratehistory ORDER BY name')).map(({ name }) => name)

onDatabases('openDatabase', (createDatabase, server) => {
  const off = ({ env }: ServiceDatabase) => ({ ...env, ENABLE_DB_MIGRATIONS: 'False' })

  it('looks and writes nothing with migrations off, and says what is pending', async () => {
    const database = await createDatabase()
    const notes: string[] = []
    let called = 0
    const service = await openService(off(database), {
      onNote: (note) => notes.push(note),
      afterHead: () => {
        called += 1
      },
    })
    expect(service.started).toMatchObject({ state: 'behind', revision: [], applied: [] })
    expect(notes.at(-1)).toMatch(
      /^ENABLE_DB_MIGRATIONS is off, and .* is behind: 39 pending \(legacy:001_initial_schema, /,
    )
    expect(service.notes).toEqual(notes)
    expect(await service.readiness()).toEqual({ state: 'empty', revision: [], pending: 39 })
    expect(called).toBe(0)
    expect(await database.tables()).toEqual([])
    expect(await failure(openDatabase(off(database), { requireHead: true }))).toMatchObject({
      code: 'NOT_AT_HEAD',
      details: { state: 'behind', pending: 39 },
    })
  })

  it(
    'takes an empty database to the head with four starts at once, each step once; later starts do nothing but what is missing',
    async () => {
      const database = await createDatabase()
      const observed: boolean[] = []
      const services = await Promise.all(
        Array.from({ length: 4 }, () =>
          openDatabase(database.env, {
            timeoutMs: patience,
            afterHead: ({ migrated }) => {
              observed.push(migrated)
            },
          }),
        ),
      )
      onTestFinished(async () => {
        await Promise.all(services.map((each) => each.close()))
      })
      const applied = services.flatMap((each) => each.started.applied)
      expect(new Set(applied).size).toBe(39)
      expect(applied).toHaveLength(39)
      expect(applied.filter((step) => step.startsWith('legacy:'))).toHaveLength(18)
      expect(observed.sort()).toEqual(services.map(({ started }) => started.applied.length > 0).sort())
      for (const each of services) {
        expect(each.started).toMatchObject({ state: 'atHead', revision: [head] })
        expect(each.dialect).toBe(server === 'mariadb' ? 'mysql' : server)
        expect(await each.readiness()).toEqual({ state: 'atHead', revision: [head], pending: 0 })
      }
      expect(await names(database)).toHaveLength(18)
      expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: head }])
      const history = await database.sql('SELECT * FROM migrate_history ORDER BY id')
      expect(history).toHaveLength(39)

      for (const env of [database.env, off(database)]) {
        expect((await openService(env, { requireHead: true })).started).toEqual(nothing)
      }
      expect(await database.sql('SELECT * FROM migrate_history ORDER BY id')).toEqual(history)

      const failing = openDatabase(database.env, {
        afterHead: async ({ database, migrated }) => {
          expect([migrated, (await database.readiness()).state]).toEqual([false, 'atHead'])
          throw new Error('no settings')
        },
      })
      expect(await failure(failing)).toEqual(new Error('no settings'))

      const [last] = await database.sql('SELECT MAX(id) AS id FROM migratehistory')
      await database.sql(`INSERT INTO migratehistory (id, name, migrated_at)
        VALUES (${Number(last?.id) + 1}, '019_of_a_fork', '2024-01-01 00:00:00')`)
      for (const env of [database.env, off(database)]) {
        const { started } = await openService(env)
        expect(started).toMatchObject({ state: 'atHead', applied: [] })
        expect(started.warnings.filter((line) => line.includes('019_of_a_fork'))).toHaveLength(1)
      }
      expect(await names(database)).toContain('019_of_a_fork')

      const user = server === 'mariadb' || server === 'mysql' ? '`user`' : '"user"'
      for (const column of ['settings', 'info']) await database.sql(`ALTER TABLE ${user} DROP COLUMN ${column}`)
      await database.sql(`DELETE FROM migratehistory WHERE name IN ('011_add_user_settings', '013_add_user_info')`)
      const { started } = await openService(database.env)
      expect(started.applied).toEqual(['legacy:011_add_user_settings', 'legacy:013_add_user_info'])
      expect(
        started.warnings.filter((line) =>
          line.includes('011_add_user_settings, 013_add_user_info is missing in the middle'),
        ),
      ).toHaveLength(1)
      expect(await names(database)).toHaveLength(19)
    },
    patience,
  )

  it(
    'does not start the graph when the sequential tier has failed; the error says what and where',
    async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE memory (strange INTEGER)')
      const error = await failure(openDatabase(database.env))
      expect(error).toMatchObject({ location: { tier: 'legacy', revision: '008_add_memory' } })
      expect(error.message).toMatch(/memory.*legacy.*008_add_memory/s)
      const tables = await database.tables()
      expect(tables.filter((table) => ['message', 'folder', 'knowledge'].includes(table))).toEqual([])
      await database.sql('DROP TABLE memory')
      const stop = new AbortController()
      const stopped = openDatabase(database.env, {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'stepFinished' && event.revision === '009_add_models') stop.abort()
        },
      })
      expect(await failure(stopped)).toMatchObject({ code: 'ABORTED' })
    },
    patience,
  )

  it('refuses a database of the original program, with migrations off too', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)')
    await database.sql(`INSERT INTO alembic_version VALUES ('${head}')`)
    for (const env of [database.env, off(database)]) {
      expect(await failure(openDatabase(env))).toMatchObject({ code: 'FOREIGN_HISTORY' })
    }
    expect(await database.tables()).toEqual(['alembic_version'])
    expect(await counted(database, 'alembic_version')).toBe(1)
  })
})
