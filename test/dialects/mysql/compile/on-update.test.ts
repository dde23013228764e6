import {
  type ColumnModel,
  emptySchema,
  type Operation,
  type TableModel,
  tableDifferences,
} from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { newest } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { dialectOf, live, sqlOf } from './kit.ts'

const t = { name: 't' }
const stamp = (name: string, type: string, more: Partial<ColumnModel> = {}): ColumnModel => ({
  name,
  type: { kind: 'native', dialect: 'mysql', sql: type },
  nullable: true,
  ...more,
})
const table: Operation = {
  kind: 'createTable',
  table: {
    ref: t,
    columns: [
      { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false },
      stamp('a', 'timestamp', { nullable: false, default: { kind: 'now' }, onUpdate: 'now' }),
      stamp('b', 'timestamp(6)', { onUpdate: 'now' }),
      stamp('c', 'datetime(3)', { onUpdate: 'now' }),
    ],
    constraints: [{ kind: 'primaryKey', columns: ['id'] }],
    indexes: [],
    options: {},
  },
}

describeOnEach(['mysql', 'mariadb'], 'a column that an update sets to its time', (createDatabase) => {
  it('has the digits of its type, and is set', async () => {
    const db = await createDatabase()
    const { run, introspect, shown } = await live(db)
    await run(['t'], table)
    expect((await shown('t')).toLowerCase().match(/on update \S+(?=,)/g)).toEqual([
      expect.stringMatching(/^on update current_timestamp(\(\))?$/) as string,
      'on update current_timestamp(6)',
      'on update current_timestamp(3)',
    ])
    expect((await introspect('t')).tables.get('t')?.columns.map(({ name, onUpdate }) => [name, onUpdate])).toEqual([
      ['id', undefined],
      ['a', 'now'],
      ['b', 'now'],
      ['c', 'now'],
    ])
    await db.sql("INSERT INTO t VALUES (1, '2001-01-01', '2001-01-01', '2001-01-01')")
    await db.sql('UPDATE t SET id = 2')
    const set = await db.sql("SELECT id FROM t WHERE a > '2001-01-02' AND b > '2001-01-02' AND c > '2001-01-02'")
    expect(set).toHaveLength(1)
  })

  it('is changed where it is NOT NULL and has no default, for which MariaDB shows one', async () => {
    const { run, introspect, normalise } = await live(await createDatabase()).then((at) => ({
      ...at,
      normalise: at.dialect.model.normalise,
    }))
    const columns = [
      stamp('a', 'datetime(3)', { nullable: false, onUpdate: 'now' }),
      stamp('b', 'timestamp', { nullable: false, onUpdate: 'now' }),
    ]
    await run([], { kind: 'createTable', table: { ref: t, columns, constraints: [], indexes: [], options: {} } })
    for (const column of ['a', 'b']) {
      await run(['t'], { kind: 'alterColumn', table: t, column, change: { comment: 'said' } })
      await run(['t'], { kind: 'alterColumn', table: t, column, change: { onUpdate: null } })
    }
    const introspected = (await introspect('t')).tables.get('t') as TableModel
    const expected = columns.map(({ onUpdate: _, ...column }) => ({ ...column, comment: 'said' }))
    expect(tableDifferences(normalise({ ...introspected, columns: expected }), normalise(introspected))).toEqual([])
  })
})

it('a TIMESTAMP that would get a default of its own is refused by name, and one that is explicit is not', () => {
  const dialect = dialectOf({ ...newest.mariadb, version: [10, 6, 0], implicitTimestamps: true })
  const create = (column: ColumnModel): Operation => ({
    kind: 'createTable',
    table: { ref: t, columns: [column], constraints: [], indexes: [], options: {} },
  })
  expect(() => sqlOf(dialect, emptySchema, create(stamp('a', 'timestamp', { nullable: false })))).toThrow(
    /NOT NULL of the column a without a default.*explicit_defaults_for_timestamp is off/,
  )
  const explicit = stamp('a', 'timestamp', { nullable: false, default: { kind: 'now' } })
  expect(sqlOf(dialect, emptySchema, create(explicit))).toEqual([
    'CREATE TABLE `t` (\n  `a` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP\n) DEFAULT CHARSET=utf8mb4',
  ])
})
