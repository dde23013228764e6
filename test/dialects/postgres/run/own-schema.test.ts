import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const parent = { schema: 'public', name: 'parent' }
const child = { schema: 'public', name: 'child' }

const chain = [
  (op: OperationRecorder) => {
    op.createTable(parent, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable(child, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['parent'], references: { table: parent, columns: ['id'] } })
    })
  },
  (op: OperationRecorder) => {
    op.alterTable(child, (t) => t.addColumn('note', text()))
    op.createIndex(child, 'child_note', ['note'])
  },
].map((upgrade, at) => ({ revision: `r${at + 1}`, downRevision: at === 0 ? null : `r${at}`, upgrade }))

describeOnDialects(
  ['postgres', 'postgres-next'],
  'tables named with the schema that the session stands in',
  (createDatabase) => {
    it('go there and back in runs of their own, with their values', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), chain)
      await migrator.upgrade('r1')
      await migrator.upgrade()
      await db.sql(`INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 1, 'kept')`)
      expect((await migrator.downgrade('r1')).preserved).toBe(1)
      expect((await migrator.upgrade()).reports).toEqual([])
      expect(await db.sql('SELECT * FROM child')).toEqual([{ id: 2, parent: 1, note: 'kept' }])
      await migrator.downgrade('base')
      expect(await db.sql(`SELECT relname FROM pg_class WHERE relname IN ('parent', 'child')`)).toEqual([])
      await migrator.upgrade()
      expect(await db.sql('SELECT * FROM child')).toEqual([{ id: 2, parent: 1, note: 'kept' }])
    })
  },
)
