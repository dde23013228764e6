import { bytes, json, varchar } from '@org/migrate-core'
import type { Cases } from './case.ts'
import { allItems, insert, itemRows, keyed, lasting, of, plainItem, positive, rich } from './world.ts'

const newItem = { id: 4, name: 'new', n: 1 }
const more = { ...allItems, rows: [...itemRows, ['4', 'new', '1']] }

export const rowCases: Cases<'insertRows' | 'deleteRows' | 'expectNone' | 'sql' | 'run'> = {
  insertRows: [
    {
      title: 'with a key',
      given: plainItem,
      change: (op) => insert(op, 'item', newItem),
      after: more,
      back: allItems,
    },
    {
      title: 'without a key: no downgrade',
      given: plainItem,
      change: (op) => op.insertRows('item', [newItem]),
      after: more,
      irreversible: /key/,
    },
    {
      title: 'values of every kind',
      given: (op) =>
        keyed(op, 'item', (t) => {
          t.column('big', { kind: 'integer', bits: 64 })
          t.column('raw', bytes())
          t.column('doc', json())
          t.column('yes', { kind: 'boolean' })
          t.column('phrase', varchar(60))
        }),
      change: (op) =>
        insert(
          op,
          'item',
          { id: 1, big: -(2n ** 63n), raw: new Uint8Array([0, 39, 255]), doc: {}, yes: true, phrase: "it's \\ 50% ?" },
          { id: 2, big: 2n ** 63n - 1n, raw: new Uint8Array(), doc: [], yes: false, phrase: '' },
          { id: 3, big: null, raw: null, doc: null, yes: null, phrase: null },
        ),
      after: of(
        'id, big, raw, doc, yes, phrase',
        'item',
        ['1', '-9223372036854775808', '0027ff', '{}', '1', "it's \\ 50% ?"],
        ['2', '9223372036854775807', '', '[]', '0', ''],
        ['3', null, null, null, null, null],
      ),
      back: of('id', 'item'),
    },
  ],
  deleteRows: [
    {
      title: 'as the downgrade of insertRows',
      inverse: true,
      given: plainItem,
      change: (op) => insert(op, 'item', newItem),
      after: more,
      back: allItems,
    },
    {
      title: 'by a number in a column of text, and the rows with other texts stay',
      inverse: true,
      given: plainItem,
      change: (op) => op.insertRows('item', [{ id: 4, name: 0 }], { key: ['name'] }),
      after: { ...allItems, rows: [...itemRows, ['4', '0', null]] },
      back: allItems,
    },
  ],
  expectNone: [
    {
      title: 'of a query that gives no row',
      given: plainItem,
      change: (op) =>
        op.expectNone(
          'names that are there twice',
          'SELECT name, count(*) AS n FROM item GROUP BY name HAVING count(*) > 1;\n-- of all rows',
        ),
      ...lasting(allItems),
    },
    {
      title: 'with a text for each database',
      given: plainItem,
      change: (op) =>
        op.expectNone('rows with a negative number', {
          sqlite: 'SELECT id FROM item WHERE abs(n) = -n AND n < -5',
          postgres: "SELECT id FROM item WHERE n < -5 AND n::text LIKE '-%'",
          mysql: "SELECT `id` FROM `item` WHERE `n` < -5 # the backticks are MySQL's",
        }),
      ...lasting(allItems),
    },
  ],
  sql: [
    {
      title: 'with its inverse',
      given: plainItem,
      change: (op) =>
        op.sql('UPDATE item SET n = 0 WHERE id = 1', {
          inverse: 'UPDATE item SET n = 10 WHERE id = 1',
          effects: () => undefined,
        }),
      after: { ...allItems, rows: [['1', 'a', '0'], ...itemRows.slice(1)] },
      back: allItems,
    },
    {
      title: 'with what it does to the schema',
      given: plainItem,
      change: (op) =>
        op.sql('CREATE VIEW rich AS SELECT id, n FROM item WHERE n > 0', {
          inverse: 'DROP VIEW rich',
          effects: (inner) => inner.createView('rich', positive),
        }),
      after: rich,
      back: allItems,
    },
    {
      title: 'without an inverse',
      given: plainItem,
      change: (op) => op.sql('UPDATE item SET n = 0 WHERE id = 1', { effects: () => undefined }),
      after: { ...allItems, rows: [['1', 'a', '0'], ...itemRows.slice(1)] },
      irreversible: /inverse/,
    },
  ],
  run: [
    {
      title: 'there and back by functions',
      given: plainItem,
      change: (op) =>
        op.run('double', {
          up: async (db) => void (await db.execute('UPDATE "item" SET "n" = "n" * ? WHERE "n" IS NOT NULL', [2])),
          down: async (db) => void (await db.execute('UPDATE "item" SET "n" = "n" / ? WHERE "n" IS NOT NULL', [2])),
        }),
      after: of('id, name, n', 'item', ['1', 'a', '20'], ['2', 'B', null], ['3', '', '-10']),
      back: allItems,
    },
    {
      title: 'restored from what it preserved',
      given: plainItem,
      change: (op) =>
        op.run('trim', {
          up: async (db) => {
            await db.preserve({ table: 'item', key: { id: 1n }, column: 'name', value: 'a', written: 'A' })
            await db.execute('UPDATE "item" SET "name" = ? WHERE "id" = ?', ['A', 1n])
          },
          down: 'restore',
        }),
      after: { ...allItems, rows: [['1', 'A', '10'], ...itemRows.slice(1)] },
      back: allItems,
    },
    {
      title: 'without a downgrade',
      given: plainItem,
      change: (op) =>
        op.run('forget', async (db) => void (await db.execute('DELETE FROM "item" WHERE "id" = ?', [3n]))),
      after: { ...allItems, rows: itemRows.slice(0, 2) },
      irreversible: /./,
    },
  ],
}
