import { expression, integer, type Revision, text, varchar } from '@org/migrate-core'

/** DDL, data, a constraint that is checked at the end, an enum value used at once, an index built concurrently. */
export const mixed: readonly Revision[] = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade(op) {
      op.createEnum('mood', ['sad', 'ok'])
      op.createTable('parent', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.createTable('person', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', varchar(20), { nullable: false })
        t.column('mood', { kind: 'enum', name: 'mood', values: ['sad', 'ok'] })
        t.column('parent', integer())
        t.primaryKey(['id'])
        t.foreignKey({
          name: 'person_parent',
          columns: ['parent'],
          references: { table: 'parent', columns: ['id'] },
          deferrable: 'deferred',
        })
      })
      op.insertRows(
        'person',
        [
          { id: 1, name: 'Ada', mood: 'ok', parent: null },
          { id: 2, name: 'Bob', mood: 'sad', parent: null },
        ],
        { key: ['id'] },
      )
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade(op) {
      op.alterTable('person', (t) => t.addColumn('note', text()))
      op.run('children before their parents', {
        up: async (db) => {
          await db.execute('UPDATE "person" SET "parent" = COALESCE("parent", 0) + ?, "note" = ? WHERE "id" = ?', [
            7n,
            'child',
            1n,
          ])
          await db.execute('INSERT INTO "parent" ("id") VALUES (?)', [7n])
        },
        down: 'none',
      })
      op.alterTable('person', (t) => t.addColumn('age', integer()))
      op.alterEnum('mood', { add: [{ value: 'happy', after: 'ok' }] })
      op.run('happy people', {
        up: async (db) => {
          await db.execute('UPDATE "person" SET "mood" = ? WHERE "id" = ?', ['happy', 2n])
        },
        down: async (db) => {
          await db.execute('UPDATE "person" SET "mood" = ? WHERE "id" = ?', ['sad', 2n])
        },
      })
      op.alterTable('person', (t) => t.alterColumn('mood', { default: 'happy' }))
      op.createIndex('person', 'person_name', ['name'], { unique: true, concurrently: true })
      op.run('last words', {
        up: async (db) => {
          await db.execute(`UPDATE "person" SET "note" = COALESCE("note", '') || ?`, ['!'])
        },
        down: 'none',
      })
    },
  },
  {
    revision: 'cccccccccccc',
    downRevision: 'bbbbbbbbbbbb',
    upgrade(op) {
      op.createView('adults', expression('SELECT id, name FROM person WHERE age > 17'))
      op.createIndex('person', 'person_age', ['age'], { concurrently: true })
      op.run('ages', {
        up: async (db) => {
          await db.execute('UPDATE "person" SET "age" = COALESCE("age", 20) + "id"')
        },
        down: async (db) => {
          await db.execute('UPDATE "person" SET "age" = "age" - "id"')
        },
      })
      op.createIndex('person', 'person_parent_index', ['parent', 'age'], { concurrently: true })
    },
  },
]
