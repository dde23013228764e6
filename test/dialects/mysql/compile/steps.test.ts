import {
  type ColumnModel,
  type ConstraintModel,
  type IndexModel,
  type Operation,
  type SchemaModel,
  type TableModel,
  tableDifferences,
} from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'
import { type Live, live } from './kit.ts'

const text = { kind: 'text' } as const
const big = { kind: 'integer', bits: 64 } as const
const string = (length: number) => ({ kind: 'varchar', length }) as const
const column = (name: string, type: ColumnModel['type'], more: Partial<ColumnModel> = {}): ColumnModel => ({
  name,
  type,
  nullable: true,
  ...more,
})
const table = (
  name: string,
  columns: readonly ColumnModel[],
  constraints: readonly ConstraintModel[] = [],
  indexes: readonly IndexModel[] = [],
  more: Partial<TableModel> = {},
): TableModel => ({ ref: { name }, columns, constraints, indexes, options: {}, ...more })
const primary = (...columns: string[]): ConstraintModel => ({ kind: 'primaryKey', columns })
const unique = (name: string, ...columns: string[]): ConstraintModel => ({ kind: 'unique', name, columns })
const key = (name: string, columns: string[], other: string, to: string[]): ConstraintModel => ({
  kind: 'foreignKey',
  name,
  columns,
  references: { table: { name: other }, columns: to },
})
const index = (name: string, ...elements: IndexModel['elements']): IndexModel => ({ name, unique: false, elements })
const create = (model: TableModel): Operation => ({ kind: 'createTable', table: model })
const t = { name: 't' }
const add = (constraint: ConstraintModel): Operation => ({ kind: 'addConstraint', table: t, constraint })
const drop = (name: string): Operation => ({ kind: 'dropConstraint', table: t, constraint: { name } })

const parent = table(
  'p',
  [column('id', text, { nullable: false }), column('n', big), column('s', string(20))],
  [primary('id'), unique('p_n', 'n')],
)

const names = ['t', 'p', 'q', 't2'] as const

/** The tables as the server shows them; how far a counter stands is data. */
async function tableTexts({ db, shown }: Live): Promise<readonly string[]> {
  const introspected = await db.sql(
    "SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1",
  )
  const all = await Promise.all(introspected.map(({ n }) => shown(String(n))))
  // A column that comes back comes last, and so do keys. Of two foreign keys over one column either may give its index a name.
  return all.map((one) =>
    one
      .replace(/ AUTO_INCREMENT=\d+/, '')
      .replace(/^ {2}KEY `k\d`/m, '  KEY')
      .split(/,?\n/)
      .sort()
      .join('\n'),
  )
}

/** After each operation the tables are what the model says; its inverse brings the server's own text back. */
async function follow(db: TestDatabase, operations: readonly Operation[]): Promise<void> {
  const at = await live(db)
  const { normalise } = at.dialect.model
  const agree = (model: SchemaModel, introspected: SchemaModel, what: string): void => {
    for (const [name, one] of introspected.tables) {
      const expected = model.tables.get(name) as TableModel
      expect(expected, `${what}: ${name}`).toBeDefined()
      expect(tableDifferences(normalise(expected), normalise(one)), what).toEqual([])
      expect(one.hiddenIndexes ?? [], what).toEqual(expected.hiddenIndexes ?? [])
    }
    expect([...model.tables.keys()].sort(), what).toEqual([...introspected.tables.keys()].sort())
  }
  for (const operation of operations) {
    const before = await tableTexts(at)
    const { statements, after, back } = await at.run(names, operation)
    const sql = statements.map((each) => each.sql)
    const what = `${JSON.stringify(operation)}\n${sql.join('\n')}`
    agree(after, await at.introspect(...names), what)
    const undone = await at.run(names, ...back)
    const undoing = undone.statements.map((each) => each.sql).join('\n')
    expect(await tableTexts(at), `${what}\nback:\n${undoing}`).toEqual(before)
    const second = await at.run(names, operation)
    agree(second.after, await at.introspect(...names), what)
  }
}

describeOnDialects(
  ['mysql', 'mariadb'],
  'an operation leaves what the model says, and its inverse what was',
  (createDatabase, flavour) => {
    it('keys over texts', async () => {
      await follow(await createDatabase(), [
        create(parent),
        create(
          table('t', [
            column('a', text),
            column('b', text, { nullable: false }),
            column('c', string(30)),
            column('n', big),
            column('d', { kind: 'bytes' }),
          ]),
        ),
        add(unique('t_a', 'a')),
        add(key('t_b', ['b'], 'p', ['id'])),
        { kind: 'createIndex', table: t, index: { ...index('t_c', { column: 'c' }), unique: true } },
        { kind: 'createIndex', table: t, index: { ...index('t_d', { column: 'd', prefixLength: 10 }), unique: true } },
        { kind: 'dropIndex', table: t, index: 't_d' },
        add(unique('t_d', 'd')),
        drop('t_a'),
        { kind: 'alterColumn', table: t, column: 'a', change: { type: text } },
        { kind: 'createIndex', table: t, index: index('t_a_plain', { column: 'a' }) },
        { kind: 'dropConstraint', table: t, constraint: { kind: 'unique', columns: ['c'] } },
        { kind: 'alterColumn', table: t, column: 'c', change: { collation: null } },
        add(primary('c')),
        { kind: 'dropConstraint', table: t, constraint: { kind: 'primaryKey' } },
      ])
    })

    it('foreign keys and the indexes that they need', async () => {
      await follow(await createDatabase(), [
        create(parent),
        create(table('t', [column('x', big), column('y', big)], [key('k1', ['x'], 'p', ['n'])])),
        { kind: 'createIndex', table: t, index: index('xy', { column: 'x' }, { column: 'y' }) },
        { kind: 'dropIndex', table: t, index: 'xy' },
        { kind: 'createIndex', table: t, index: index('k1', { column: 'x' }) },
      ])
      await follow(await createDatabase(), [
        create(parent),
        create(table('t', [column('x', big), column('y', big)], [key('k1', ['x'], 'p', ['n'])])),
        add(key('k2', ['x'], 'p', ['n'])),
        drop('k1'),
        { kind: 'renameConstraint', table: t, constraint: 'k2', to: 'k3' },
        add(unique('u', 'x')),
        drop('u'),
        { kind: 'renameColumn', table: t, column: 'x', to: 'xx' },
        { kind: 'renameTable', table: t, to: 'q' },
        { kind: 'dropTable', table: { name: 'p' }, cascade: true },
      ])
    })

    it('columns', async () => {
      await follow(await createDatabase(), [
        create(
          table(
            't',
            [column('id', big, { nullable: false, identity: { mode: 'byDefault' } }), column('a', big)],
            [primary('id')],
          ),
        ),
        {
          kind: 'addColumn',
          table: t,
          column: column('b', string(10), {
            nullable: false,
            default: { kind: 'literal', value: "it's \\ ?" },
            comment: "a 'b' \\ c",
          }),
        },
        {
          kind: 'addColumn',
          table: t,
          column: column('w', { kind: 'timestamp', withTimezone: true }, { default: { kind: 'now' } }),
        },
        {
          kind: 'addColumn',
          table: t,
          column: column('j', { kind: 'json' }, { nullable: false, default: { kind: 'literal', value: '{}' } }),
        },
        {
          kind: 'addColumn',
          table: t,
          column: column('seen', { kind: 'timestamp', withTimezone: false, precision: 3 }, { onUpdate: 'now' }),
        },
        { kind: 'alterColumn', table: t, column: 'w', change: { onUpdate: 'now' } },
        { kind: 'alterColumn', table: t, column: 'w', change: { comment: 'ö' } },
        {
          kind: 'alterColumn',
          table: t,
          column: 'w',
          change: { type: { kind: 'timestamp', withTimezone: true, precision: 2 } },
        },
        { kind: 'alterColumn', table: t, column: 'w', change: { default: null } },
        { kind: 'alterColumn', table: t, column: 'w', change: { onUpdate: null } },
        { kind: 'alterColumn', table: t, column: 'seen', change: { type: { kind: 'date' } } },
        { kind: 'addColumn', table: t, column: column('u', { kind: 'uuid' }) },
        {
          kind: 'addColumn',
          table: t,
          column: column('g', big, { generated: { expression: 'a + 1', stored: false } }),
        },
        { kind: 'addColumn', table: t, column: column('s', big, { generated: { expression: 'a + 2', stored: true } }) },
        {
          kind: 'addColumn',
          table: t,
          column: column('m', { kind: 'decimal' }, { default: { kind: 'literal', value: 1.5 } }),
        },
        {
          kind: 'addColumn',
          table: t,
          column: column('o', { kind: 'boolean' }, { nullable: false, default: { kind: 'literal', value: true } }),
        },
        {
          kind: 'addColumn',
          table: t,
          column: column(
            'e',
            { kind: 'enum', values: ['x', "y'"] },
            { nullable: false, default: { kind: 'literal', value: "y'" } },
          ),
        },
        { kind: 'addColumn', table: t, column: column('z', text, { default: { kind: 'literal', value: '-' } }) },
        { kind: 'alterColumn', table: t, column: 'g', change: { generated: { expression: 'a + 3', stored: true } } },
        { kind: 'alterColumn', table: t, column: 's', change: { generated: null } },
        { kind: 'alterColumn', table: t, column: 'b', change: { type: text, default: null } },
        {
          kind: 'alterColumn',
          table: t,
          column: 'w',
          change: { type: { kind: 'timestamp', withTimezone: false, precision: 3 }, nullable: false },
        },
        { kind: 'alterColumn', table: t, column: 'j', change: { type: text } },
        { kind: 'alterColumn', table: t, column: 'o', change: { type: big, default: { kind: 'literal', value: 3 } } },
        { kind: 'alterColumn', table: t, column: 'id', change: { identity: null } },
        { kind: 'setComment', on: { table: t, column: 'a' }, comment: 'ä ? `' },
        { kind: 'setComment', on: { table: t }, comment: "t's" },
        { kind: 'renameColumn', table: t, column: 'z', to: 'y y' },
        { kind: 'dropColumn', table: t, column: 'j' },
        { kind: 'alterTableOptions', table: t, options: { charset: 'latin1' } },
        { kind: 'addColumn', table: t, column: column('l', string(5)) },
        { kind: 'alterTableOptions', table: t, options: { charset: null, row_format: 'COMPRESSED' } },
      ])
    })

    it('checks, indexes, names', async () => {
      const many = 'ß'.repeat(64)
      await follow(await createDatabase(), [
        create(
          table(
            't',
            [
              column('id', { kind: 'integer', bits: 32 }, { nullable: false }),
              column('a', big),
              column('b', string(40)),
              column('c', text),
            ],
            [
              primary('id'),
              { kind: 'check', expression: "a > 0 and b <> 'x''y'" },
              { kind: 'check', name: 'named', expression: 'a < 10' },
            ],
            [
              index('ib', { column: 'b', order: 'desc' }, { column: 'a' }),
              index('ic', { column: 'c' }),
              index('pre', { column: 'b', prefixLength: 5 }),
            ],
            { comment: 'about it' },
          ),
        ),
        { kind: 'renameConstraint', table: t, constraint: 'named', to: many },
        drop(many),
        add({ kind: 'check', name: 'a`b"c', expression: '`a` <> 5' }),
        { kind: 'renameColumn', table: t, column: 'a', to: 'select' },
        { kind: 'createIndex', table: t, index: { ...index('full', { column: 'c' }), method: 'fulltext' } },
        { kind: 'createIndex', table: t, index: { ...index('with comment', { column: 'b' }), comment: "it's" } },
        { kind: 'setComment', on: { table: t, index: 'with comment' }, comment: 'other' },
        { kind: 'renameIndex', table: t, index: 'full', to: many },
        {
          kind: 'addColumn',
          table: t,
          column: column(
            'place',
            { kind: 'native', dialect: 'mysql', sql: 'point' },
            { nullable: false, default: { kind: 'expression', sql: 'point(1,1)' } },
          ),
        },
        { kind: 'createIndex', table: t, index: { ...index('place', { column: 'place' }), method: 'spatial' } },
        { kind: 'dropIndex', table: t, index: 'ic' },
        { kind: 'renameTable', table: t, to: 't2' },
        { kind: 'dropTable', table: { name: 't2' } },
      ])
    })

    it(`what is only there on ${flavour}`, async () => {
      const db = await createDatabase()
      await db.sql(
        flavour === 'mysql'
          ? `CREATE TABLE t (id int PRIMARY KEY, a int INVISIBLE, ts timestamp NULL ON UPDATE CURRENT_TIMESTAMP,
            v varchar(10) COLLATE utf8mb4_bin, KEY ka (a) INVISIBLE, u varchar(9), KEY f ((lower(u)), a DESC), CHECK (a > 1)) PARTITION BY HASH (id) PARTITIONS 3`
          : `CREATE TABLE t (id int PRIMARY KEY, a int INVISIBLE CHECK (a > 1), ts timestamp NULL ON UPDATE CURRENT_TIMESTAMP,
            v varchar(10) COLLATE utf8mb4_bin, KEY ka (a) IGNORED, j json, CHECK (v <> '')) PARTITION BY HASH (id) PARTITIONS 3`,
      )
      await follow(db, [
        { kind: 'alterColumn', table: t, column: 'ts', change: { comment: 'x' } },
        { kind: 'alterColumn', table: t, column: 'v', change: { type: string(20) } },
        { kind: 'renameColumn', table: t, column: 'v', to: 'w' },
        { kind: 'addColumn', table: t, column: column('n', big) },
        { kind: 'dropIndex', table: t, index: 'ka' },
        { kind: 'renameTable', table: t, to: 'q' },
        { kind: 'dropTable', table: { name: 'q' } },
      ])
    })
  },
)
