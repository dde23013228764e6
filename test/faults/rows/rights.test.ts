import { integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

const table = (name: string) => (op: OperationRecorder) =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })
const first = { revision: 'r1', downRevision: null, upgrade: table('t') }
const second = (upgrade: (op: OperationRecorder) => void) =>
  revisions([first, { revision: 'r2', downRevision: 'r1', upgrade }])
const adding = second((op) => {
  table('u')(op)
  op.insertRows('u', [{ id: 1, n: 1 }], { key: ['id'] })
})

/** Makes a user of that database, who is gone after `body`; gives the URL to run with. */
async function asUser(
  database: TestDatabase,
  postgres: boolean,
  body: (user: string, url: string) => Promise<void>,
): Promise<void> {
  const user = `r_${database.name.slice(2, 10)}`
  await database.sql(postgres ? `CREATE ROLE ${user} LOGIN` : `CREATE USER ${user}@'%'`)
  const url = new URL(database.url)
  url.username = user
  url.password = ''
  try {
    await body(user, url.href)
  } finally {
    if (postgres) await database.sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
    else await database.sql(`DROP USER ${user}@'%'`)
  }
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'rights on our own tables', (createDatabase, server) => {
  const postgres = familyOf(server) === 'postgres'

  it('row 76: a history that may only be read is named; once it may be written the next run resumes', async () => {
    const undisturbed = await createDatabase()
    expect((await upgradeAt(undisturbed.url, { revisions: adding })).error).toBeUndefined()
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    await asUser(database, postgres, async (user, url) => {
      const own = ['migrate_version', 'migrate_lock', 'migrate_journal', 'migrate_preserved']
      const presentTables = (
        await database.sql(
          `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${postgres ? "'public'" : 'DATABASE()'}`,
        )
      ).map(({ name }) => String(name))
      const on = (name: string): string => (postgres ? name : `${database.name}.${name}`)
      const to = postgres ? user : `${user}@'%'`
      if (postgres) await database.sql(`GRANT ALL ON SCHEMA public TO ${user}`)
      else await database.sql(`GRANT CREATE, SELECT, ALTER, REFERENCES, INDEX ON ${database.name}.* TO ${to}`)
      if (!postgres) await database.sql(`GRANT ALL ON ${on('u')} TO ${to}`)
      for (const name of own.filter((each) => presentTables.includes(each)))
        await database.sql(`GRANT ALL ON ${on(name)} TO ${to}`)
      await database.sql(`GRANT SELECT ON ${on('migrate_history')} TO ${to}`)
      if (postgres) await database.sql(`GRANT ALL ON t TO ${to}`)
      const { error } = await upgradeAt(url, { revisions: adding })
      expect(error?.message).toContain('migrate_history')
      expect(error?.remedy).not.toBe('')
      expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
      await database.sql(`GRANT ALL ON ${on('migrate_history')} TO ${to}`)
      expect(await upgradeAt(url, { revisions: adding })).toEqual({ applied: ['main:r2'] })
      expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
    })
  })

  it('row 76: a user who may not refer to a table leaves the one that would have, or nothing', async () => {
    const referring = second((op) => {
      table('first_of_two')(op)
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
        t.foreignKey({ name: 'child_t', columns: ['id'], references: { table: 't', columns: ['id'] } })
      })
    })
    const undisturbed = await createDatabase()
    expect((await upgradeAt(undisturbed.url, { revisions: referring })).error).toBeUndefined()
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    await asUser(database, postgres, async (user, url) => {
      if (postgres) {
        await database.sql(`GRANT ALL ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`)
        await database.sql(`REVOKE REFERENCES ON t FROM ${user}`)
      } else {
        await database.sql(`GRANT ALL ON ${database.name}.* TO ${user}@'%'`)
        await database.sql(`REVOKE REFERENCES ON ${database.name}.* FROM ${user}@'%'`)
      }
      const { error } = await upgradeAt(url, { revisions: referring })
      // MariaDB has this right by name only: https://mariadb.com/kb/en/grant/
      if (server === 'mariadb') expect(error).toBeUndefined()
      else {
        expect(error).toMatchObject({
          code: 'STATEMENT_FAILED',
          details: { fault: 'permission' },
          location: { revision: 'r2', sql: expect.stringContaining('child') },
        })
        const left = await pictureOf(database)
        expect(JSON.stringify(left).includes('first_of_two')).toBe(!postgres)
        await database.sql(
          postgres ? `GRANT REFERENCES ON t TO ${user}` : `GRANT REFERENCES ON ${database.name}.* TO ${user}@'%'`,
        )
        expect(await upgradeAt(url, { revisions: referring })).toEqual({ applied: ['main:r2'] })
      }
      expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
    })
  })
})

describeOn('postgres', 'rights and what watches over them', (createDatabase) => {
  it('row 76: a table of another owner is not changed, nor anything else of the revision', async () => {
    const database = await createDatabase()
    const changing = second((op) => {
      table('u')(op)
      op.alterTable('t', (t) => t.addColumn('more', integer()))
    })
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    await asUser(database, true, async (user, url) => {
      await database.sql(`GRANT ALL ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`)
      const before = await pictureOf(database)
      const { error } = await upgradeAt(url, { revisions: changing })
      expect(error).toMatchObject({
        details: { fault: 'permission' },
        message: expect.stringContaining('must be owner'),
        location: { revision: 'r2', sql: expect.stringContaining('ALTER TABLE') },
      })
      expect(await pictureOf(database)).toEqual(before)
      await database.sql(`ALTER TABLE t OWNER TO ${user}`)
      expect(await upgradeAt(url, { revisions: changing })).toEqual({ applied: ['main:r2'] })
      await database.sql('ALTER TABLE t OWNER TO CURRENT_USER')
    })
  })

  it('row 77: an event trigger that refuses DDL is told with its words, and nothing of the revision stays', async () => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    const before = await pictureOf(database)
    await database.sql(`CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''change freeze until Monday''; END'`)
    await database.sql(
      `CREATE EVENT TRIGGER guard ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION guard()`,
    )
    const { error } = await upgradeAt(database.url, { revisions: adding })
    expect(error).toMatchObject({
      message: expect.stringContaining('change freeze until Monday'),
      location: { revision: 'r2', sql: expect.stringContaining('CREATE TABLE') },
    })
    expect(await pictureOf(database)).toEqual(before)
    await database.sql('DROP EVENT TRIGGER guard')
    expect(await upgradeAt(database.url, { revisions: adding })).toEqual({ applied: ['main:r2'] })
  })
})
