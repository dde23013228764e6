import { integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { newUser } from '../../kit/new-user.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'

const changes: readonly Recorded[] = [
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    }),
  (op) => {
    op.addColumn('t', 'parent', integer())
    op.createIndex('t', 't_parent', ['parent'])
    op.addForeignKey('t', { name: 't_parent_fk', columns: ['parent'], references: { table: 't', columns: ['id'] } })
    op.insertRows('t', [{ id: 1 }], { key: ['id'] })
    op.renameColumn('t', 'parent', 'above')
  },
]

describeOnEach(
  ['postgres', 'postgres-next', 'mariadb', 'mysql'],
  'the rights that docs/guides/deployment.md names',
  (createDatabase, server) => {
    test('are enough for an upgrade and a downgrade', async () => {
      const database = await createDatabase()
      const isPostgres = familyOf(server) === 'postgres'
      const { user, url } = await newUser(database)
      await database.sql(
        isPostgres
          ? `GRANT USAGE, CREATE ON SCHEMA public TO ${user}`
          : `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON ${database.name}.* TO ${user}`,
      )
      const migrator = migratorOf(isPostgres ? postgresDialect({ url }) : mysqlDialect({ url }), line(...changes))
      expect((await migrator.upgrade()).applied).toHaveLength(2)
      expect((await migrator.downgrade('base', { allowDataLoss: true })).applied).toHaveLength(2)
    })
  },
)
