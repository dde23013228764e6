import { graphOf, integer, type Revision, revisions } from '@org/migrate-core'
import { type UnloadedDialect, withDatabaseName } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { describeOn, describeOnEach } from '../../kit/own-sessions.ts'
import { expectEqual, stamped, templatedFleet, whole } from './template-kit.ts'

describeOn('postgres', 'members from a template', (createDatabase) => {
  it('A schema', async () => {
    const [{ url, sql }, other] = [await createDatabase(), await createDatabase()]
    const dialect = ({ url: own = url, schema = '' }: FleetMember): UnloadedDialect =>
      postgresDialect({ url: own, schema })
    await expectEqual(dialect, [
      { id: 'a', schema: 'Tenant "a"' },
      { id: 'b', schema: 'Tenant "a"', url: other.url },
    ])
    const more = await templatedFleet([], dialect).create({ id: 'c', schema: 'tenant_c' })
    expect(more).toEqual({ applied: [], loaded: stamped })
    expect(
      await sql(`SELECT n.nspname::text AS s, p.proname::text AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.proname = 'named' ORDER BY 1`),
    ).toEqual([
      { s: 'Tenant "a"', f: 'named' },
      { s: 'tenant_c', f: 'named' },
    ])
    expect(await sql("SELECT relname::text AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([])
    await sql(`INSERT INTO "Tenant ""a""".users VALUES (1, 1, 'LOUD')`)
    expect(await sql(`SELECT name FROM "Tenant ""a""".users`)).toEqual([{ name: 'loud' }])
  })

  it('A schema whose revisions make objects of another schema comes from the revisions', async () => {
    const { url } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => postgresDialect({ url, schema })
    const audited: Revision = {
      revision: 'r5',
      downRevision: 'r4',
      upgrade(op) {
        op.createSchema('audit', { ifNotExists: true })
        op.createTable({ schema: 'audit', name: 'entries' }, (t) => t.column('id', integer()), { ifNotExists: true })
        op.sql('GRANT SELECT ON users TO public')
      },
    }
    const created = await templatedFleet([], dialect, [...whole, audited]).create({ id: 'a', schema: 'a' })
    expect(created.applied).toEqual([...stamped, 'main:r5'])
    expect(created.withoutTemplate).toContain('what SQL of r5 does: GRANT SELECT ON users TO public')
    expect(created.withoutTemplate).toContain('audit.entries, which is in another schema')
  })

  it('A schema whose revisions refer to a table that all members share comes from the revisions', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE plans (id integer PRIMARY KEY); INSERT INTO plans VALUES (1)')
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => postgresDialect({ url, schema })
    const sharing: Revision = {
      revision: 'r5',
      downRevision: 'r4',
      upgrade: (op) =>
        op.createTable('accounts', (t) => {
          t.column('plan', integer())
          t.foreignKey({
            columns: ['plan'],
            references: { table: { schema: 'public', name: 'plans' }, columns: ['id'] },
          })
        }),
    }
    const fleet = templatedFleet([], dialect, [...whole, sharing])
    for (const schema of ['a', 'b']) {
      const created = await fleet.create({ id: schema, schema })
      expect(created.applied).toEqual([...stamped, 'main:r5'])
      expect(created.withoutTemplate).toContain('relation "public.plans" does not exist')
    }
    await sql('INSERT INTO a.accounts VALUES (1)')
    const wrong: Revision = {
      revision: 'r6',
      downRevision: 'r5',
      upgrade: (op) => op.sql('INSERT INTO nowhere VALUES (1)'),
    }
    await expect(
      templatedFleet([], dialect, [...whole, sharing, wrong]).create({ id: 'c', schema: 'c' }),
    ).rejects.toMatchObject({ code: 'STATEMENT_FAILED', location: { revision: 'r6' } })
  })

  it('Two processes create one schema: one makes it, and the other waits and finds it', async () => {
    const { url, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => postgresDialect({ url, schema })
    const member = { id: 'a', schema: 'a' }
    const results = await Promise.all([1, 2, 3].map(() => templatedFleet([], dialect).create(member)))
    const found = results.map(({ applied, loaded = [] }) => applied.length + loaded.length).toSorted()
    expect(found).toEqual([0, 0, 4])
    expect(await sql('SELECT count(*)::int AS n FROM a.migrate_history')).toEqual([{ n: 4 }])
    expect(await sql('SELECT name FROM a.roles ORDER BY id')).toEqual([{ name: 'reader' }, { name: 'writer' }])
  })

  it('A database', async () => {
    const { url, name, sql } = await createDatabase()
    const dialect = (member: FleetMember): UnloadedDialect => postgresDialect({ url: member.url ?? '' })
    const ids = [`${name}_a`, `${name}_b`] as const
    try {
      await expectEqual(dialect, [
        { id: 'a', url: withDatabaseName(url, ids[0]) },
        { id: 'b', url: withDatabaseName(url, ids[1]) },
      ])
    } finally {
      for (const id of ids) await sql(`DROP DATABASE IF EXISTS "${id}"`)
    }
  })
})

describeOnEach(['mariadb', 'mysql'], 'members from a template', (createDatabase) => {
  it('A creation that was interrupted is named by the next one and by an upgrade, and works once the database is dropped', async () => {
    const { url, name, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => mysqlDialect({ url, schema })
    const member = { id: 'a', schema: `${name}_a` }
    const options = { members: [member], dialect, tiers: [graphOf(revisions(whole))], template: true }
    // The rows of the history are one transaction, which it rolls back; what the template made stays, as after a kill.
    const stopped = createFleet({ ...options, afterRevision: () => Promise.reject(new Error('stopped')) })
    const remedy =
      'Run `migrate reset`, which drops what it made and upgrades; or drop the database, and load it, or create the member of the fleet, again.'
    const error = {
      code: 'NOT_AT_HEAD',
      message: expect.stringMatching(
        /_a is not complete\. A load of a snapshot, or of a fleet's template, began at 20\S+ and was interrupted: a part of the schema is there\. 4 revisions are pending\.$/,
      ),
    }
    try {
      await expect(stopped.create(member)).rejects.toMatchObject({ code: 'HOOK_FAILED', remedy })
      const fleet = createFleet(options)
      await expect(fleet.create(member)).rejects.toMatchObject({ ...error, remedy })
      await expect(fleet.ensure(member)).rejects.toMatchObject({ ...error, remedy })
      const reach = `A command without \`--url\` takes the configured database: for a it needs the URL of that member, schema ${member.schema}.`
      expect((await fleet.upgrade()).failures).toEqual([
        { code: 'NOT_AT_HEAD', count: 1, members: [{ id: 'a', ...error, remedy, reach }] },
      ])
      await sql(`DROP DATABASE \`${member.schema}\``)
      expect(await fleet.create(member)).toEqual({ applied: [], loaded: stamped })
      expect(await sql(`SELECT name FROM \`${member.schema}\`.roles ORDER BY id`)).toEqual([
        { name: 'reader' },
        { name: 'writer' },
      ])
      expect(await fleet.upgrade()).toMatchObject({ upToDate: 1, failed: 0 })
    } finally {
      await sql(`DROP DATABASE IF EXISTS \`${member.schema}\``)
    }
  })
})

describeOn('mariadb', 'members from a template', (createDatabase) => {
  it('A database', async () => {
    const { url, name, sql } = await createDatabase()
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect => mysqlDialect({ url, schema })
    const ids = [`${name}_a`, `${name}_b`] as const
    try {
      await expectEqual(dialect, [
        { id: 'a', schema: ids[0] },
        { id: 'b', schema: ids[1] },
      ])
    } finally {
      for (const id of ids) await sql(`DROP DATABASE IF EXISTS \`${id}\``)
    }
  })
})
