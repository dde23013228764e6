import { examine } from '@org/migrate-autogenerate'
import { bigint, integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const create = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('note', text())
    t.primaryKey(['id'])
  })
const change = (op: OperationRecorder): void => {
  op.alterColumn('t', 'id', { type: bigint() })
  op.dropColumn('t', 'note', { preserve: true })
}

describeOn('postgres', 'a role and a schema whose names have to be quoted', (createDatabase) => {
  // Users of identity providers have such names: their address.
  it.each(['svc@project.example', 'MyApp', 'a "quoted" role'])(
    'change tables, and are examined: %s',
    async (suffix) => {
      const db = await createDatabase()
      const role = `${db.name} ${suffix}`
      const quoted = `"${role.replaceAll('"', '""')}"`
      await db.sql(
        `CREATE ROLE ${quoted} LOGIN PASSWORD 'role-secret'; GRANT CREATE ON DATABASE "${db.name}" TO ${quoted}`,
      )
      try {
        const url = new URL(db.url)
        url.username = encodeURIComponent(role)
        url.password = 'role-secret'
        const dialect = postgresDialect({ url: url.href, schema: 'The "App"' })
        const migrator = migratorOf(dialect, line(create, change))
        await migrator.upgrade('r1')
        await db.sql(`INSERT INTO "The ""App""".t VALUES (1, 'a note')`)
        await migrator.upgrade()
        await migrator.downgrade('r1')
        expect(await db.sql('SELECT note FROM "The ""App""".t')).toEqual([{ note: 'a note' }])
        const { findings } = await examine(migrator)
        expect(findings.filter(({ about }) => about === 'rights')).toEqual([
          expect.objectContaining({ level: 'ok', what: `${role} may create tables in The "App".` }),
        ])
      } finally {
        await db.sql(`DROP OWNED BY ${quoted} CASCADE; DROP ROLE ${quoted}`)
      }
    },
  )
})
