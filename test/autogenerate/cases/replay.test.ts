import { compare } from '@org/migrate-autogenerate'
import {
  column,
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  readDeclared,
  revisions,
  table,
} from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'

const parents = table('parents', { id: column(integer(), { nullable: false }) }, { primaryKey: ['id'] })
const children = table(
  'children',
  { id: column(integer(), { nullable: false }), parent: column(integer()) },
  {
    primaryKey: ['id'],
    foreignKeys: [
      { name: 'f', columns: ['parent'], references: { table: 'parents', columns: ['id'] }, onDelete: 'cascade' },
    ],
  },
)

const upgrade = (op: OperationRecorder) => {
  op.createTable('parents', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.createTable('children', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('parent', integer())
    t.primaryKey(['id'])
    t.foreignKey({
      name: 'f',
      columns: ['parent'],
      references: { table: 'parents', columns: ['id'] },
      onDelete: 'restrict',
    })
  })
}

// The server shows RESTRICT as NO ACTION, and the revision says RESTRICT.
for (const server of ['mysql', 'mariadb'] as const) {
  describeOn(server, 'a comparison with a replay', (createDatabase) => {
    test.each(['database', 'replay'] as const)(
      'a foreign key that was RESTRICT becomes CASCADE, from the %s',
      async (from) => {
        const { url, drop } = await createDatabase()
        const source = revisions([{ revision: 'r1', downRevision: null, upgrade }])
        const migrator = createMigrator({ dialect: mysqlDialect({ url }), tiers: [graphOf(source)] })
        await migrator.upgrade()
        const { changes } = await compare(migrator, readDeclared({ parents, children }), { from })
        expect(changes.map(({ describe: line }) => line).filter((line) => !line.startsWith('expect'))).toEqual([
          'drop foreign key f of children',
          'add foreign key f to children',
        ])
        await drop()
      },
    )
  })
}
