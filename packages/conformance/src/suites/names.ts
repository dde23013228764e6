import { expression, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { equal, refusal } from '../assert.ts'
import { expectDeclared, expectUnchanged } from '../compare.ts'
import { migratorOn, on, type Recorded, rowsOf, tableNames, testOn } from '../database.ts'
import type { ConformanceTest, SqlFragments, Subject, SubjectDatabase } from '../subject.ts'

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
  (name: string): Recorded =>
  (op) => {
    const key = { key: ['id'] }
    // A literal key `__proto__` would set the prototype.
    const row = (id: number, value: string) =>
      Object.fromEntries([
        ['id', id],
        [name, value],
      ])
    op.createTable(`${name}t`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column(name, varchar(40), { nullable: false, default: name })
      t.primaryKey(['id'])
      t.unique([name], { name: `${name}u` })
      t.index(`${name}i`, [name, 'id'])
    })
    op.createTable(`${name}r`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column(name, varchar(40))
      t.primaryKey(['id'])
      t.foreignKey({ name: `${name}f`, columns: [name], references: { table: `${name}t`, columns: [name] } })
    })
    op.insertRows(`${name}t`, [row(1, name), row(2, `${name} 2`)], key)
    op.insertRows(`${name}r`, [row(1, name)], key)
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

/** Up, changed, back and down. */
async function thereAndBack(database: SubjectDatabase, name: string, { quoted }: SqlFragments): Promise<void> {
  const builds = [named(name), changed(name)] as const
  await migratorOn(database, builds[0]).upgrade()
  const before = await expectDeclared(database, [builds[0]])
  const all = `SELECT id, ${quoted(name)} AS called FROM ${quoted(`${name}t`)} ORDER BY id`
  const rows = [
    ['1', name],
    ['2', `${name} 2`],
  ]
  equal(await rowsOf(database, all), rows)
  const migrator = migratorOn(database, ...builds)
  await migrator.upgrade()
  await expectDeclared(database, builds)
  await migrator.downgrade('-1')
  await expectUnchanged(database, before)
  equal(await rowsOf(database, all), rows)
  await migrator.downgrade('base', { allowDataLoss: true })
  equal(await tableNames(database), [])
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

export function nameTests(subject: Subject): readonly ConformanceTest[] {
  const { open, fragments } = subject
  const { nameLimit, astralNames } = fragments
  const test = testOn(subject)
  const eachName = (
    title: string,
    names: readonly string[],
    body: (name: string, database: SubjectDatabase) => Promise<void>,
  ) => ({
    title,
    run: async () => {
      for (const name of names) await on(open, (database) => body(name, database))
    },
  })
  // A server without a limit takes a name that is longer than any other server's.
  const fitting = nameLimit === undefined ? ['n'.repeat(300)] : atLimit(nameLimit)
  return [
    ...unusualNamesList.map((name) =>
      test(`${JSON.stringify(name)} names whatever has a name, there and back`, (database) =>
        thereAndBack(database, name, fragments)),
    ),
    test('a name with a character beyond U+FFFF is taken whole, or refused before anything runs', async (database) => {
      const run = migratorOn(database, (op) => op.createTable('fox 🦊', (t) => t.column('id', integer()))).upgrade()
      if (astralNames) await run
      else await refusal(run, 'INVALID_NAME')
      equal(await tableNames(database), astralNames ? ['fox 🦊'] : [])
    }),
    ...Object.entries(namings).flatMap(([what, build]) => [
      eachName(`a name of the greatest length is taken whole: ${what}`, fitting, async (name, database) => {
        const builds: readonly Recorded[] = [plain, (op) => build(op, name)]
        await migratorOn(database, ...builds).upgrade()
        await expectDeclared(database, builds)
      }),
      ...(nameLimit === undefined
        ? []
        : [
            eachName(
              `a name with one more character is refused before anything runs: ${what}`,
              fitting.map((fits) => `${fits}${fits.at(-1)}`),
              async (name, database) => {
                const { details } = await refusal(
                  migratorOn(database, plain, (op) => build(op, name)).upgrade(),
                  'NAME_TOO_LONG',
                )
                equal([details.name, details.limit], [name, nameLimit.length])
                equal(await tableNames(database), [])
              },
            ),
          ]),
    ]),
  ]
}
