import { integer, type OperationRecorder, revisions, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, familyOf } from '../../kit/own-sessions.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

const first = {
  revision: 'r1',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(40))
      t.primaryKey(['id'])
    })
    op.insertRows('t', [{ id: 1, name: `it's a "quoted" \\ naïve 漢字` }], { key: ['id'] })
  },
}

const second = (upgrade: (op: OperationRecorder) => void) =>
  revisions([first, { revision: 'r2', downRevision: 'r1', upgrade }])

const more = (op: OperationRecorder): void => {
  op.alterTable('t', (t) => t.addColumn('more', varchar(20), { default: `it's \\ "x"` }))
  op.run('reads', {
    up: async (db) => void (await db.execute('UPDATE "t" SET "name" = "name" WHERE "more" = ?', [`it's \\ "x"`])),
    down: 'none',
  })
}

describeOn('postgres', 'a role and a database with settings of their own', (createDatabase) => {
  it('rows 74 and 75: change neither where a run stands nor what its texts mean', async () => {
    const undisturbed = await createDatabase()
    expect((await upgradeAt(undisturbed.url, { revisions: second(more) })).error).toBeUndefined()
    const database = await createDatabase()
    for (const setting of [
      'standard_conforming_strings = off',
      "client_encoding = 'latin1'",
      "TimeZone = 'Asia/Kathmandu'",
      "DateStyle = 'German'",
      "bytea_output = 'escape'",
      'default_transaction_deferrable = on',
      "default_transaction_isolation = 'serializable'",
      'row_security = on',
      'quote_all_identifiers = on',
    ]) {
      await database.sql(`ALTER DATABASE "${database.name}" SET ${setting}`)
    }
    expect((await upgradeAt(database.url, { revisions: second(more) })).applied).toEqual(['main:r1', 'main:r2'])
    await database.sql(`ALTER DATABASE "${database.name}" RESET ALL`)
    expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
  })

  it('row 31: a limit of the role ends the statement, and the error says which', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET statement_timeout = '300ms'`)
    const slow = second((op) =>
      op.run('slow', { up: async (db) => void (await db.query('SELECT pg_sleep(30)::text')), down: 'none' }),
    )
    const { error } = await upgradeAt(database.url, { revisions: slow })
    expect(error?.location).toMatchObject({ revision: 'r2', operation: 'data step: slow' })
    expect(error?.message).toContain('statement timeout')
    const quick = second((op) =>
      op.run('slow', { up: async (db) => void (await db.query('SELECT pg_sleep(1)::text')), down: 'none' }),
    )
    // What the run says for itself stands before what the role says.
    expect((await upgradeAt(database.url, { revisions: quick, statementTimeoutMs: 60_000 })).error).toBeUndefined()
  })

  it('row 33: a limit for idle sessions does not end a data step that computes', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET idle_in_transaction_session_timeout = '200ms'`)
    await database.sql(`ALTER DATABASE "${database.name}" SET idle_session_timeout = '200ms'`)
    const computing = second((op) =>
      op.run('computes', {
        up: async (db) => {
          await db.execute('UPDATE "t" SET "name" = ?', ['before'])
          await new Promise((resolve) => setTimeout(resolve, 900))
          await db.execute('UPDATE "t" SET "name" = ?', ['after'])
        },
        down: 'none',
      }),
    )
    expect((await upgradeAt(database.url, { revisions: computing })).error).toBeUndefined()
    expect(await database.sql('SELECT name FROM t')).toEqual([{ name: 'after' }])
  })

  it('row 28: a database that takes no changes is refused before anything is done', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET default_transaction_read_only = on`)
    expect((await upgradeAt(database.url, { revisions: second(more) })).error).toMatchObject({
      code: 'DATABASE_READ_ONLY',
      remedy: expect.stringContaining('default_transaction_read_only'),
    })
    await database.sql(`START TRANSACTION READ WRITE; ALTER DATABASE "${database.name}" RESET ALL; COMMIT`)
    expect((await upgradeAt(database.url, { revisions: second(more) })).error).toBeUndefined()
  })

  it('row 77: a trigger that refuses our own rows is named, and nothing of the revision stays', async () => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    await database.sql(`CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END';
      CREATE TRIGGER no BEFORE INSERT ON migrate_history FOR EACH ROW EXECUTE FUNCTION no()`)
    const before = await pictureOf(database)
    const { error } = await upgradeAt(database.url, { revisions: second(more) })
    expect(error).toMatchObject({ message: expect.stringContaining('not today'), location: { revision: 'r2' } })
    expect(await pictureOf(database)).toEqual(before)
    await database.sql('DROP TRIGGER no ON migrate_history')
    expect((await upgradeAt(database.url, { revisions: second(more) })).error).toBeUndefined()
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'rights and triggers', (createDatabase, server) => {
  const postgres = familyOf(server) === 'postgres'

  it('row 76: a right that is revoked during a run is named; given back, the next run resumes', async () => {
    const undisturbed = await createDatabase()
    const database = await createDatabase()
    const user = `u_${database.name.slice(2, 10)}`
    const grants = postgres
      ? [`CREATE ROLE ${user} LOGIN`, `GRANT ALL ON SCHEMA public TO ${user}`]
      : [`CREATE USER ${user}@'%'`, `GRANT ALL ON ${database.name}.* TO ${user}@'%'`]
    for (const each of grants) await database.sql(each)
    const url = new URL(database.url)
    url.username = user
    url.password = ''
    let revoked = false
    const chain = second((op) => {
      op.run('first', {
        up: async (db) => {
          await db.execute('UPDATE "t" SET "id" = "id" + 1')
          if (revoked || !postgres) return
          revoked = true
          await database.sql(`REVOKE CREATE ON SCHEMA public FROM ${user}, public`)
        },
        down: 'none',
      })
      if (!postgres) op.createIndex('t', 't_name', ['name'])
      else op.createTable('u', (t) => t.column('id', integer()))
    })
    try {
      // What a session may do in its database MySQL asks when that is entered, and not again.
      expect((await upgradeAt(url.href, { revisions: chain, target: 'r1' })).error).toBeUndefined()
      if (!postgres) await database.sql(`REVOKE INDEX, ALTER ON ${database.name}.* FROM ${user}@'%'`)
      const { error } = await upgradeAt(url.href, { revisions: chain })
      expect(error).toMatchObject({
        code: 'STATEMENT_FAILED',
        details: { fault: 'permission' },
        location: { revision: 'r2', sql: expect.stringMatching(/t_name|CREATE TABLE/) },
      })
      await database.sql(
        postgres ? `GRANT ALL ON SCHEMA public TO ${user}` : `GRANT INDEX, ALTER ON ${database.name}.* TO ${user}@'%'`,
      )
      expect((await upgradeAt(url.href, { revisions: chain })).error).toBeUndefined()
      expect((await upgradeAt(undisturbed.url, { revisions: chain })).error).toBeUndefined()
      expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
    } finally {
      if (postgres) await database.sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
      else await database.sql(`DROP USER ${user}@'%'`)
    }
  })

  it('row 77: a trigger of a user’s table that refuses a row is told with its words', async () => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    await database.sql(
      postgres
        ? `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''hands off''; END';
           CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION no()`
        : "CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'hands off'",
    )
    const chain = second((op) =>
      op.run('touches', { up: async (db) => void (await db.execute('UPDATE "t" SET "name" = \'x\'')), down: 'none' }),
    )
    const { error } = await upgradeAt(database.url, { revisions: chain })
    expect(error).toMatchObject({
      message: expect.stringContaining('hands off'),
      location: { revision: 'r2', operation: 'data step: touches' },
    })
    await database.sql(postgres ? 'DROP TRIGGER no ON t' : 'DROP TRIGGER no')
    expect((await upgradeAt(database.url, { revisions: chain })).error).toBeUndefined()
  })
})
