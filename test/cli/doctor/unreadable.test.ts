import { check, examine } from '@org/migrate-autogenerate'
import { integer, isMigrateError, type OperationRecorder } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { migratorAt } from '../../autogenerate/check/kit.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      }),
  },
]

describeOnEach(
  ['postgres', 'postgres-next', 'mariadb', 'mysql'],
  'a user who may not read our tables',
  (createDatabase, server) => {
    const isPostgres = familyOf(server) === 'postgres'

    test.each(['any of them', 'the history', 'anything'])('is told the right that is missing: %s', async (what) => {
      const { name, url, sql } = await createDatabase()
      await migratorAt(url, chain).upgrade()
      const user = `u_${name.slice(2, 10)}`
      const to = isPostgres ? user : `${user}@'%'`
      const on = (table: string): string => (isPostgres ? table : `${name}.${table}`)
      await sql(isPostgres ? `CREATE ROLE ${user} LOGIN` : `CREATE USER ${to}`)
      try {
        // MySQL and MariaDB show a user no table on which they have no right.
        if (isPostgres && what === 'anything') await sql('REVOKE USAGE ON SCHEMA public FROM PUBLIC')
        else await sql(`GRANT SELECT ON ${on('t')} TO ${to}`)
        if (what === 'the history') {
          await sql(`GRANT SELECT ON ${on('migrate_version')} TO ${to}; GRANT SELECT ON ${on('migrate_lock')} TO ${to}`)
          // With a right on the whole database they see the table, and none of its columns.
          if (!isPostgres) await sql(`GRANT CREATE ON ${name}.* TO ${to}`)
        }
        const own = new URL(url)
        own.username = user
        own.password = ''
        const migrator = migratorAt(own.href, chain)
        const table = what === 'the history' ? 'migrate_history' : 'migrate_'
        if (isPostgres && what === 'anything') {
          for (const work of [() => examine(migrator), () => migrator.status(), () => check(migrator)])
            await expect(work()).rejects.toMatchObject({
              code: 'DATABASE_UNREACHABLE',
              message: expect.stringContaining(`the role ${user} may not use the schema "public"`),
              remedy: `Grant it: GRANT USAGE ON SCHEMA "public" TO "${user}".`,
            })
          return
        }
        const lacks = /lacks SELECT on/
        const { ok, findings } = await examine(migrator)
        expect(ok).toBe(false)
        if (what !== 'the history' || !isPostgres)
          expect(findings).toContainEqual({
            level: 'problem',
            about: 'rights',
            what: expect.stringMatching(lacks),
            next: expect.stringMatching(/^(?:Give this user the right that it lacks|Let an administrator run `GRANT )/),
          })
        else
          expect(findings.map((each) => each.what)).toContainEqual(expect.stringMatching(/SELECT.* on migrate_history/))
        expect(findings.map((each) => each.what)).not.toContainEqual(expect.stringMatching(/nothing was migrated/))
        for (const work of [() => migrator.status(), () => check(migrator), () => migrator.history()]) {
          const error: unknown = await work().then(
            () => 'it was not refused',
            (thrown: unknown) => thrown,
          )
          expect(isMigrateError(error, 'STATEMENT_FAILED') && error.details.fault, String(error)).toBe('permission')
          expect(String(error)).toMatch(lacks)
          expect(String(error)).toContain(table)
        }
      } finally {
        await sql(isPostgres ? `DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}` : `DROP USER ${to}`)
      }
    })
  },
)
