import { graphOf, integer, type OperationRecorder, revisions, type StepDatabase, varchar } from '@org/migrate-core'

/** The revisions of the databases in `test/kit/fixtures/formats`. They never change: their hashes are in the fixtures. */

async function upperCase(db: StepDatabase): Promise<void> {
  for (const { id, name } of await db.query('SELECT "id", "name" FROM "people" ORDER BY "id"')) {
    const written = String(name).toUpperCase()
    await db.preserve({ table: 'people', key: { id: id ?? null }, column: 'name', value: name ?? null, written })
    await db.execute('UPDATE "people" SET "name" = ? WHERE "id" = ?', [written, id ?? null])
  }
}

const people = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  branchLabels: ['people'],
  upgrade(op: OperationRecorder) {
    op.createTable('people', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(40))
      t.column('age', integer())
      t.primaryKey(['id'])
    })
    op.insertRows(
      'people',
      [
        { id: 1, name: 'Ada', age: 36 },
        { id: 2, name: 'Grace', age: 85 },
      ],
      { key: ['id'] },
    )
  },
}

const upper = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.run('names in capitals', { up: upperCase, down: 'restore' })
  },
}

const index = {
  revision: 'cccccccccccc',
  downRevision: 'bbbbbbbbbbbb',
  upgrade(op: OperationRecorder) {
    const text = 'CREATE INDEX people_age ON people (age)'
    const onTable = { text, inverse: 'DROP INDEX people_age ON people' }
    const plain = { text, inverse: 'DROP INDEX people_age' }
    const record = ({ text, inverse }: { readonly text: string; readonly inverse: string }) => {
      op.sql(text, { inverse, nonTransactional: true })
    }
    op.on({
      sqlite: () => record(plain),
      postgres: () => record(plain),
      mysql: () => record(onTable),
    })
  },
}

const nick = {
  revision: 'dddddddddddd',
  downRevision: 'cccccccccccc',
  upgrade(op: OperationRecorder) {
    op.alterTable('people', (t) => t.addColumn('nick', varchar(20)))
    op.run('first letters', {
      up: async (db) => void (await db.execute(`UPDATE "people" SET "nick" = 'new' WHERE "nick" IS NULL`)),
      down: 'none',
      from: [{ table: 'people', columns: ['name'] }],
      to: [{ table: 'people', columns: ['nick'] }],
    })
    op.createIndex('people', 'people_nick', ['nick'], { concurrently: true })
  },
}

export const tiers = () => [graphOf(revisions([people, upper, index, nick]))]
