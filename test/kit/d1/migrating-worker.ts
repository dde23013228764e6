import { createMigrator, graphOf, integer, isMigrateError, revisions, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

// A Worker that migrates the database of its binding itself. It is bundled by the test that runs it.

type Binding = Extract<Parameters<typeof sqliteDialect>[0]['driver'], { batch: unknown }>

const chain = graphOf(
  revisions([
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) => {
        op.createTable('users', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', text())
          t.primaryKey(['id'])
        })
        op.sql("INSERT INTO users VALUES (1, 'a')")
      },
    },
    { revision: 'r2', downRevision: 'r1', upgrade: (op) => op.alterTable('users', (t) => t.addColumn('mail', text())) },
    {
      revision: 'r3',
      downRevision: 'r2',
      upgrade: (op) =>
        op.run('mails', async (db) => {
          for (const { id, name } of await db.query('SELECT id, name FROM users'))
            await db.execute('UPDATE users SET mail = ? WHERE id = ?', [`${name}@x`, id ?? null])
        }),
      downgrade: () => undefined,
    },
  ]),
)

function rowsOf(binding: { prepare(sql: string): unknown }): Promise<unknown> {
  return (binding.prepare('SELECT * FROM users') as { raw(): Promise<unknown> }).raw()
}

// biome-ignore lint/style/noDefaultExport: a Worker is its module's default export
export default {
  async fetch(request: Request, env: Readonly<Record<string, Binding>>): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const binding = env[`DB${searchParams.get('db')}`]
    if (binding === undefined) return Response.json({ code: 'NO_BINDING' })
    const migrator = createMigrator({ dialect: sqliteDialect({ driver: binding }), tiers: [chain], leaseMs: 60_000 })
    try {
      if (pathname === '/rows') return Response.json(await rowsOf(binding))
      if (pathname === '/status') return Response.json((await migrator.status()).state)
      const to = searchParams.get('to')
      const { applied } = await (to === null ? migrator.upgrade('head') : migrator.downgrade(to))
      return Response.json(applied)
    } catch (error) {
      return Response.json(isMigrateError(error) ? { code: error.code, message: error.message } : String(error))
    }
  },
}
