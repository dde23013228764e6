import { integer, type OperationRecorder, type Revision, text, varchar } from '@org/migrate-core'

/** A table of people and their teams, with rows. */
function people(op: OperationRecorder): void {
  op.createTable('team', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20), { nullable: false })
    t.primaryKey(['id'])
  })
  op.createTable('person', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20), { nullable: false })
    t.column('team', integer())
    t.column('gone', text())
    t.primaryKey(['id'])
  })
  op.insertRows(
    'person',
    [
      { id: 1, name: 'Ada', team: null, gone: 'a' },
      { id: 2, name: 'Bob', team: null, gone: 'b' },
    ],
    { key: ['id'] },
  )
}

/** Neither is right twice. */
const counted = (label: string, sign: string) => (op: OperationRecorder) =>
  op.run(label, {
    up: async (db) => {
      await db.execute(`UPDATE "person" SET "team" = COALESCE("team", 0) + ? WHERE "name" <> ?`, [7n, sign])
    },
    down: async (db) => {
      await db.execute(`UPDATE "person" SET "team" = "team" - ? WHERE "name" <> ?`, [7n, sign])
    },
  })

/** Several changes of the schema, data steps between them, what is preserved in the downgrade, an operation of several statements. */
export const changes: readonly Revision[] = [
  { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: people },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade(op) {
      op.alterTable('person', (t) => t.addColumn('note', varchar(40), { default: 'new' }))
      op.insertRows('team', [{ id: 7, name: 'red' }], { key: ['id'] })
      counted('everybody is in a team', '!')(op)
      op.alterTable('person', (t) => {
        t.addForeignKey({ name: 'person_team', columns: ['team'], references: { table: 'team', columns: ['id'] } })
        t.alterColumn('name', { type: varchar(30) })
        t.renameColumn('note', 'remark')
        t.dropColumn('gone')
        t.createIndex('person_name', ['name'], { unique: true })
      })
      op.run('last words', {
        up: async (db) => {
          const rows = await db.query('SELECT "id", "remark" FROM "person" ORDER BY "id"')
          for (const { id = null, remark = null } of rows) {
            const written = `${String(remark)}?`
            await db.preserve({ table: 'person', key: { id }, column: 'remark', value: remark, written })
            await db.execute('UPDATE "person" SET "remark" = ? WHERE "id" = ?', [written, id])
          }
        },
        down: async (db) => {
          await db.restore({ table: 'person', column: 'remark' })
        },
      })
    },
  },
  {
    revision: 'cccccccccccc',
    downRevision: 'bbbbbbbbbbbb',
    upgrade(op) {
      op.createTable('entry', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('person', integer())
        t.primaryKey(['id'])
        t.foreignKey({
          name: 'entry_person',
          columns: ['person'],
          references: { table: 'person', columns: ['id'] },
          onDelete: 'cascade',
        })
      })
      op.insertRows(
        'entry',
        [
          { id: 1, person: 1 },
          { id: 2, person: 2 },
        ],
        { key: ['id'] },
      )
      op.renameTable('team', 'crew')
    },
  },
]

const many = Array.from({ length: 60 }, (_, at) => ({ id: at + 1, n: at, word: `w${at}` }))

/** Rows that are changed in batches, each of them once. */
export const backfills: readonly Revision[] = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade(op) {
      op.createTable('item', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.column('word', varchar(40))
        t.primaryKey(['id'])
      })
      op.insertRows('item', many, { key: ['id'] })
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade(op) {
      op.alterTable('item', (t) => t.addColumn('twice', integer()))
      op.run('in batches', {
        up: async (db) => {
          await db.backfill({
            table: 'item',
            columns: ['n', 'word'],
            batch: 7,
            step: async (rows) => {
              for (const { id = null, word = null } of rows) {
                const written = `${String(word)}+`
                await db.preserve({ table: 'item', key: { id }, column: 'word', value: word, written })
                await db.execute(
                  'UPDATE "item" SET "twice" = COALESCE("twice", 0) + 2 * "n", "word" = ? WHERE "id" = ?',
                  [written, id],
                )
              }
            },
          })
        },
        down: async (db) => {
          await db.restore({ table: 'item', column: 'word' })
        },
      })
      op.alterTable('item', (t) => t.alterColumn('word', { type: varchar(60) }))
    },
  },
]
