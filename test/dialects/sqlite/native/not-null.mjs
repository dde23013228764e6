// A column is made NOT NULL by the SQLite of this Node: the statements of the plan, and what is stored then. Built packages.
import { createMigrator, graphOf, integer, revisions, text } from '../../../../packages/core/dist/index.js'
import { sqliteDialect } from '../../../../packages/dialect-sqlite/dist/index.js'

const chain = revisions([
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op) =>
      op.createTable('people', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', text())
        t.primaryKey(['id'])
      }),
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade: (op) => op.alterTable('people', (t) => t.alterColumn('name', { nullable: false })),
  },
])
const dialect = sqliteDialect({ url: `sqlite:${process.argv[2]}`, driver: 'node:sqlite' })
const migrator = createMigrator({ dialect, tiers: [graphOf(chain)] })
await migrator.upgrade('r1')
const plan = await migrator.plan()
const copies = plan.steps.flatMap(({ operations }) =>
  operations.flatMap(({ statements }) => statements.filter(({ copy }) => copy !== undefined)),
).length
await migrator.upgrade()
const session = await dialect.connection.connect({ purpose: 'inspect' })
const [row] = await session.query("SELECT sql FROM sqlite_schema WHERE name = 'people'")
await session.close()
console.log(JSON.stringify({ copies, foreignKeys: plan.steps[0]?.foreignKeys ?? 'on', text: row?.sql }))
