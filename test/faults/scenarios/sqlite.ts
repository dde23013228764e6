import { expression, integer, type Revision, text, varchar } from '@org/migrate-core'

/** Tables that are copied: with children, triggers, views, themselves as parents. */
export const rebuilds: readonly Revision[] = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade(op) {
      op.createTable('parent', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', varchar(20))
        t.column('above', integer())
        t.column('old', text())
        t.primaryKey(['id'])
        t.foreignKey({ name: 'parent_above', columns: ['above'], references: { table: 'parent', columns: ['id'] } })
        t.index('parent_name', ['name'])
      })
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('parent', integer())
        t.primaryKey(['id'])
        t.foreignKey({
          name: 'child_parent',
          columns: ['parent'],
          references: { table: 'parent', columns: ['id'] },
          onDelete: 'cascade',
        })
      })
      op.createTable('log', (t) => {
        t.column('what', text())
      })
      op.insertRows(
        'parent',
        [
          { id: 1, name: 'a', above: null, old: 'x' },
          { id: 2, name: 'b', above: 1, old: 'y' },
        ],
        { key: ['id'] },
      )
      op.insertRows(
        'child',
        [
          { id: 1, parent: 1 },
          { id: 2, parent: 2 },
        ],
        { key: ['id'] },
      )
      op.createView('names', expression('SELECT id, name FROM parent'))
      op.createTrigger(
        'parent',
        'noted',
        expression('CREATE TRIGGER noted AFTER UPDATE ON parent BEGIN INSERT INTO log VALUES (NEW.name); END'),
      )
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade(op) {
      op.alterTable('parent', (t) => {
        t.alterColumn('name', { nullable: false, default: 'none' })
        t.dropColumn('old')
        t.addColumn('more', integer(), { default: 3 })
        t.addCheck(expression('"more" > 0'), { name: 'parent_more' })
      })
      op.run('in batches', {
        up: async (db) => {
          await db.backfill({
            table: 'parent',
            columns: ['more'],
            batch: 1,
            step: async (rows) => {
              for (const { id = null } of rows)
                await db.execute('UPDATE "parent" SET "more" = "more" + 1 WHERE "id" = ?', [id])
            },
          })
        },
        down: 'none',
      })
      op.alterTable('child', (t) => {
        t.dropConstraint('child_parent')
        t.addForeignKey({
          name: 'child_parent',
          columns: ['parent'],
          references: { table: 'parent', columns: ['id'] },
          onDelete: 'setNull',
        })
      })
      op.renameTable('child', 'kid')
    },
  },
]
