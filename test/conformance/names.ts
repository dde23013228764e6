import { expression, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { dialectOf, introspected, migratorOn, modelOf, on, type Recorded, rowsOf } from './chain.ts'
import { differsFromBefore, differsFromModel } from './compare.ts'
import type { Subject } from './subject.ts'

const unusualNamesList = [
  'select',
  'Group By',
  ' before',
  "it's",
  'a"b',
  '""',
  'back`tick',
  'back\\slash',
  '100%',
  '%s %d',
  'why?',
  '??',
  '$1',
  ':name',
  'a.b.c',
  'x; DROP TABLE item',
  '-- no comment',
  '/* none */',
  'ünïcödé',
  'Ελληνικά',
  '日本語',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'then',
  'toString',
  'toJSON',
  '[a]b]',
  '</script>',
  '*/ DROP',
  "'; DROP TABLE item; --",
  // Of Cyrillic letters, of full width, turned round, with what cannot be seen, with a letter of two characters.
  'раураl',
  'ｓｅｌｅｃｔ',
  'a\u202eb',
  'a\u200bb',
  'e\u0301',
]

/** A table in which everything that can be named has the name, or begins with it. */
const named =
  (name: string, suffix = true): Recorded =>
  (op) => {
    const of = (ending: string): string => (suffix ? `${name}${ending}` : name)
    op.createTable(of('t'), (t) => {
      t.column('id', integer(), { nullable: false })
      t.column(name, varchar(40), { nullable: false, default: name })
      t.primaryKey(['id'])
      t.unique([name], { name: of('u') })
      t.index(of('i'), [name, 'id'])
    })
    op.createTable(of('r'), (t) => {
      t.column('id', integer(), { nullable: false })
      t.column(name, varchar(40))
      t.primaryKey(['id'])
      t.foreignKey({ name: of('f'), columns: [name], references: { table: of('t'), columns: [name] } })
    })
    op.insertRows(
      of('t'),
      [
        Object.fromEntries([
          ['id', 1],
          [name, name],
        ]),
        Object.fromEntries([
          ['id', 2],
          [name, `${name} 2`],
        ]),
      ],
      { key: ['id'] },
    )
    op.insertRows(
      of('r'),
      [
        Object.fromEntries([
          ['id', 1],
          [name, name],
        ]),
      ],
      { key: ['id'] },
    )
  }

const changed =
  (name: string): Recorded =>
  (op) => {
    op.alterTable(`${name}r`, (t) => t.addColumn(`${name} more`, integer(), { default: 7 }))
    op.alterTable(`${name}r`, (t) => t.dropConstraint(`${name}f`))
    op.alterTable(`${name}t`, (t) => t.renameColumn(name, `${name} new`))
    op.alterTable(`${name}t`, (t) => t.renameIndex(`${name}i`, `${name}j`))
    op.renameTable(`${name}r`, `${name}s`)
  }

export function unusualNames(subject: Subject): void {
  const { fragments } = subject
  test.each(unusualNamesList)('%j names whatever has a name, there and back', async (name) => {
    await on(subject.open, async (database) => {
      const dialect = await dialectOf(database)
      const halves = [named(name), changed(name)] as const
      await migratorOn(database, halves[0]).upgrade()
      const before = await introspected(database)
      expect(differsFromModel(dialect, modelOf(dialect, halves[0]), before).join('\n')).toBe('')
      const all = `SELECT id, ${fragments.quoted(name)} AS called FROM ${fragments.quoted(`${name}t`)} ORDER BY id`
      const rows = [
        ['1', name],
        ['2', `${name} 2`],
      ]
      expect(await rowsOf(database, all)).toEqual(rows)
      await migratorOn(database, ...halves).upgrade()
      expect(differsFromModel(dialect, modelOf(dialect, ...halves), await introspected(database)).join('\n')).toBe('')
      await migratorOn(database, ...halves).downgrade('-1')
      expect(differsFromBefore(dialect, before, await introspected(database)).join('\n')).toBe('')
      expect(await rowsOf(database, all)).toEqual(rows)
      await migratorOn(database, ...halves).downgrade('base', { allowDataLoss: true })
      expect([...(await introspected(database)).tables.keys()]).toEqual([])
    })
  })

  test('a name with a character beyond U+FFFF is taken whole, or refused before anything runs', async () => {
    await on(subject.open, async (database) => {
      const build: Recorded = (op) => op.createTable('fox 🦊', (t) => t.column('id', integer()))
      const run = migratorOn(database, build).upgrade()
      if (fragments.astralNames) {
        await run
        expect([...(await introspected(database)).tables.keys()]).toEqual(['fox 🦊'])
      } else {
        await expect(run).rejects.toMatchObject({ code: 'INVALID_NAME' })
        expect((await introspected(database)).tables.size).toBe(0)
      }
    })
  })
}

const plain = (op: OperationRecorder): void =>
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20))
    t.primaryKey(['id'])
    t.unique(['name'], { name: 'item_name' })
    t.index('item_i', ['name', 'id'])
  })

/** Everything that is given a name, each alone. */
const namings: { readonly [what: string]: (op: OperationRecorder, name: string) => void } = {
  'a table': (op, name) => op.createTable(name, (t) => t.column('id', integer())),
  'a table renamed': (op, name) => op.renameTable('item', name),
  'a column': (op, name) => op.alterTable('item', (t) => t.addColumn(name, integer())),
  'a column of a new table': (op, name) => op.createTable('other', (t) => t.column(name, integer())),
  'a column renamed': (op, name) => op.alterTable('item', (t) => t.renameColumn('name', name)),
  'an index': (op, name) => op.createIndex('item', name, ['name']),
  'an index of a new table': (op, name) =>
    op.createTable('other', (t) => {
      t.column('id', integer())
      t.index(name, ['id'])
    }),
  'an index renamed': (op, name) => op.alterTable('item', (t) => t.renameIndex('item_i', name)),
  'a unique constraint': (op, name) => op.alterTable('item', (t) => t.addUnique(['id', 'name'], { name })),
  'a check': (op, name) => op.alterTable('item', (t) => t.addCheck(expression('id > 0'), { name })),
  'a foreign key': (op, name) =>
    op.createTable('other', (t) => {
      t.column('item_id', integer())
      t.foreignKey({ name, columns: ['item_id'], references: { table: 'item', columns: ['id'] } })
    }),
  'a constraint renamed': (op, name) => op.alterTable('item', (t) => t.renameConstraint('item_name', name)),
  'a view': (op, name) => op.createView(name, expression('SELECT id FROM item')),
}

/** Names at the limit of the server: ASCII, and characters of two bytes. */
function atLimit({
  length,
  unit,
}: {
  readonly length: number
  readonly unit: 'bytes' | 'characters'
}): readonly string[] {
  return unit === 'bytes'
    ? ['n'.repeat(length), `${'ä'.repeat(Math.floor(length / 2))}${length % 2 === 1 ? 'n' : ''}`]
    : ['n'.repeat(length), 'ä'.repeat(length)]
}

export function longNames(subject: Subject): void {
  const { nameLimit } = subject.fragments
  // A server without a limit takes a name that is longer than any other server's.
  const fitting = nameLimit === undefined ? ['n'.repeat(300)] : atLimit(nameLimit)
  describe.each(Object.keys(namings))('%s', (what) => {
    test('with a name of the greatest length is made with all of it', async () => {
      for (const name of fitting) {
        await on(subject.open, async (database) => {
          const dialect = await dialectOf(database)
          const named: Recorded = (op) => namings[what]?.(op, name)
          await migratorOn(database, plain, named).upgrade()
          expect(
            differsFromModel(dialect, modelOf(dialect, plain, named), await introspected(database)).join('\n'),
          ).toBe('')
        })
      }
    })

    if (nameLimit === undefined) return
    test('with one more is refused before anything runs', async () => {
      for (const name of fitting.map((fits) => `${fits}${fits.at(-1)}`)) {
        await on(subject.open, async (database) => {
          const named: Recorded = (op) => namings[what]?.(op, name)
          await expect(migratorOn(database, plain, named).upgrade()).rejects.toMatchObject({
            code: 'NAME_TOO_LONG',
            details: { name, limit: nameLimit.length },
          })
          expect((await introspected(database)).tables.size).toBe(0)
        })
      }
    })
  })
}
