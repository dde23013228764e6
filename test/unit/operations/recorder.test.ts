import {
  expression,
  integer,
  isMigrateError,
  now,
  type OperationRecorder,
  text,
  toFillIn,
  varchar,
} from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { describe, expect, it } from 'vitest'

const recording = (build: (op: OperationRecorder) => void, dialect: 'sqlite' | 'postgres' | 'mysql' = 'sqlite') =>
  record({ revision: 'r1', dialect, build })

const operations = (build: (op: OperationRecorder) => void, dialect: 'sqlite' | 'postgres' | 'mysql' = 'sqlite') =>
  recording(build, dialect).operations.map(({ operation }) => operation)

function failure(build: (op: OperationRecorder) => void, dialect: 'sqlite' | 'postgres' | 'mysql' = 'sqlite') {
  try {
    recording(build, dialect)
  } catch (error) {
    if (isMigrateError(error)) return error
    throw error
  }
  throw new Error('recording did not fail')
}

/** The line of this file that calls it. */
function line(offset = 0): string {
  const match = /recorder\.test\.ts:(\d+):/.exec(new Error('where').stack?.split('\n')[2] ?? '')
  return String(Number(match?.[1]) + offset)
}

describe('recording', () => {
  it('gives the operations of the design page as data', () => {
    const recorded = operations((op) => {
      op.alterTable('accounts', (t) => {
        t.addColumn('locale', varchar(12), { nullable: false, default: 'en' })
        t.alterColumn('seen', { default: now(), nullable: true, comment: null })
        t.dropConstraint('accounts_old')
      })
      op.run('fill locale', { up: async () => {}, down: 'restore' })
    })
    expect(recorded).toEqual([
      {
        kind: 'addColumn',
        table: { name: 'accounts' },
        column: {
          name: 'locale',
          type: { kind: 'varchar', length: 12 },
          nullable: false,
          default: { kind: 'literal', value: 'en' },
        },
      },
      {
        kind: 'alterColumn',
        table: { name: 'accounts' },
        column: 'seen',
        change: { default: { kind: 'now' }, nullable: true, comment: null },
      },
      { kind: 'dropConstraint', table: { name: 'accounts' }, constraint: { name: 'accounts_old' } },
      { kind: 'run', label: 'fill locale', down: 'restore', direction: 'up' },
    ])
  })

  it('describes a table with everything that a table can have', () => {
    const [created] = operations((op) =>
      op.createTable(
        { schema: 'app', name: 'users' },
        (t) => {
          t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          t.column('email', text(), { collation: 'NOCASE' })
          t.column('low', text(), { generated: { as: expression('lower(email)'), stored: true } })
          t.primaryKey(['id'], { name: 'users_pk' })
          t.unique(['email'], { nullsNotDistinct: true })
          t.check(expression('length(email) > 0'), { name: 'email_there' })
          t.foreignKey({ columns: ['id'], references: { table: 'people', columns: ['id'] }, onDelete: 'cascade' })
          t.index('users_low', [expression('upper(low)'), { column: 'id', order: 'desc' }, 'email'], {
            where: expression('id > 0'),
            unique: true,
          })
          t.options({ strict: true })
          t.comment('people')
        },
        { ifNotExists: true },
      ),
    )
    expect(created).toEqual({
      kind: 'createTable',
      ifNotExists: true,
      table: {
        ref: { schema: 'app', name: 'users' },
        columns: [
          { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false, identity: { mode: 'autoIncrement' } },
          { name: 'email', type: { kind: 'text' }, nullable: true, collation: 'NOCASE' },
          {
            name: 'low',
            type: { kind: 'text' },
            nullable: true,
            generated: { expression: 'lower(email)', stored: true },
          },
        ],
        constraints: [
          { kind: 'primaryKey', columns: ['id'], name: 'users_pk' },
          { kind: 'unique', columns: ['email'], nullsNotDistinct: true },
          { kind: 'check', expression: 'length(email) > 0', name: 'email_there' },
          {
            kind: 'foreignKey',
            columns: ['id'],
            references: { table: { name: 'people' }, columns: ['id'] },
            onDelete: 'cascade',
          },
        ],
        indexes: [
          {
            name: 'users_low',
            unique: true,
            elements: [{ expression: 'upper(low)' }, { column: 'id', order: 'desc' }, { column: 'email' }],
            where: 'id > 0',
          },
        ],
        options: { strict: true },
        comment: 'people',
      },
    })
  })

  it('has a word for everything that an operation can say', () => {
    const option = JSON.parse('{"__proto__": "x", "strict": true}') as { [option: string]: string | boolean }
    const users = { name: 'users' }
    expect(
      operations((op) => {
        op.createTable('users', (t) => {
          t.column('name', varchar())
          t.check(expression("name <> ''"), { name: 'named', notValid: true })
          t.options(option)
        })
        op.alterTable('users', (t) => {
          t.addCheck(expression('length(name) > 1'), { notValid: true })
          t.alterColumn('name', { default: { kind: 'literal', value: null } })
          t.indexComment('users_name', 'for the search')
          t.indexComment('users_name', null)
        })
        op.alterSequence('ids', { maxValue: null, ownedBy: null })
        op.deleteRows('users', [{ name: 'a' }, { name: 'b' }])
        op.insertRows('grid', [{ x: 'a', 2: 'b', 1: 'c' }], { columns: ['x', '2', '1'], key: ['2'] })
      }),
    ).toEqual([
      {
        kind: 'createTable',
        table: {
          ref: users,
          columns: [{ name: 'name', type: { kind: 'varchar' }, nullable: true }],
          constraints: [{ kind: 'check', expression: "name <> ''", name: 'named', notValid: true }],
          indexes: [],
          options: option,
        },
      },
      {
        kind: 'addConstraint',
        table: users,
        constraint: { kind: 'check', expression: 'length(name) > 1', notValid: true },
      },
      { kind: 'alterColumn', table: users, column: 'name', change: { default: { kind: 'literal', value: null } } },
      { kind: 'setComment', on: { table: users, index: 'users_name' }, comment: 'for the search' },
      { kind: 'setComment', on: { table: users, index: 'users_name' }, comment: null },
      { kind: 'alterSequence', sequence: { name: 'ids' }, change: { maxValue: null, ownedBy: null } },
      { kind: 'deleteRows', table: users, key: ['name'], rows: [['a'], ['b']] },
      { kind: 'insertRows', table: { name: 'grid' }, columns: ['x', '2', '1'], rows: [['a', 'b', 'c']], key: ['2'] },
    ])
  })

  it('points at the line of the revision, on operations and on errors', () => {
    const start = line()
    const { operations: recorded } = recording((op) => {
      op.createSchema('a')
      op.on({ otherwise: (inner) => inner.createSchema('b') })
      for (const name of ['c']) op.alterTable(name, (t) => t.dropColumn('x'))
    })
    expect(recorded.map(({ source }) => /([^/]+):(\d+):\d+$/.exec(source ?? '')?.slice(1, 3))).toEqual(
      [2, 3, 4].map((offset) => ['recorder.test.ts', String(Number(start) + offset)]),
    )
    const before = line()
    const error = failure((op) => {
      op.createTable('users', (t) => {
        t.column('id', integer())
        t.column('id', integer())
      })
    })
    expect(error.code).toBe('INVALID_OPERATION')
    expect(error.location.source).toMatch(new RegExp(`recorder\\.test\\.ts:${Number(before) + 4}:`))
    expect(error.location.revision).toBe('r1')
  })

  it('keeps the functions of data steps beside the data', () => {
    const up = async () => {}
    const down = async () => {}
    const { steps, operations: recorded } = recording((op) => {
      op.run('bare', up)
      op.run('both', { up, down })
      op.run('none', { up, down: 'none' })
    })
    expect([...steps.values()]).toEqual([
      { label: 'bare', up },
      { label: 'both', up, down },
      { label: 'none', up },
    ])
    expect(recorded.map(({ operation }) => 'down' in operation && operation.down)).toEqual([
      'missing',
      'function',
      'none',
    ])
  })
})

describe('recording refuses', () => {
  it('what is still to be filled in, at its line, however deep it stands', () => {
    const start = line()
    const top = failure((op) => {
      const locale = toFillIn('what users.locale becomes')
      op.run('fill', async (db) => void (await db.execute('UPDATE "users" SET "locale" = ?', [locale])))
    })
    const inside = failure((op) => {
      op.createSchema('a')
      op.alterTable('users', (t) => t.renameColumn('locale', toFillIn('its new name')))
    })
    expect(top).toMatchObject({
      code: 'REVISION_INCOMPLETE',
      details: { what: 'what users.locale becomes' },
      message: 'The revision is not complete. To fill in: what users.locale becomes',
    })
    const at = ({ location }: typeof top) => [location.revision, /:(\d+):\d+$/.exec(location.source ?? '')?.[1]]
    expect(at(top)).toEqual(['r1', String(Number(start) + 2)])
    expect(at(inside)).toEqual(['r1', String(Number(start) + 7)])
  })

  it('an async upgrade', async () => {
    const thrown = failure((async (op: OperationRecorder) => {
      await Promise.resolve()
      op.createSchema('late')
    }) as never)
    expect(thrown.code).toBe('RECORDING_NOT_SYNCHRONOUS')
    await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('a call after the end, of op and of t', () => {
    let escaped: OperationRecorder | undefined
    let addColumn: (() => void) | undefined
    recording((op) => {
      escaped = op
      op.alterTable('users', (t) => {
        addColumn = () => t.addColumn('x', text())
      })
      expect(addColumn).toThrowError(/addColumn was called after recording had ended/)
    })
    expect(() => escaped?.createSchema('x')).toThrowError(
      expect.objectContaining({
        code: 'RECORDING_NOT_SYNCHRONOUS',
        details: { revision: 'r1', operation: 'createSchema' },
      }),
    )
  })

  it.each<[string, string, (op: OperationRecorder) => void]>([
    ['INVALID_NAME', 'an empty name', (op) => op.createTable('', (t) => t.column('a', text()))],
    ['INVALID_NAME', 'a control character', (op) => op.renameTable('a', 'b\u007f')],
    [
      'INVALID_NAME',
      'a control character in a column',
      (op) => op.alterTable('a', (t) => t.addColumn('x\u0000', text())),
    ],
    ['INVALID_OPERATION', 'a table without columns', (op) => op.createTable('a', () => {})],
    [
      'INVALID_OPERATION',
      'a key over no column',
      (op) =>
        op.createTable('a', (t) => {
          t.column('a', text())
          t.primaryKey(['b'])
        }),
    ],
    [
      'INVALID_OPERATION',
      'a type that was not called',
      (op) => op.alterTable('a', (t) => t.addColumn('x', text as never)),
    ],
    ['INVALID_OPERATION', 'no change', (op) => op.alterTable('a', (t) => t.alterColumn('x', {}))],
    [
      'INVALID_OPERATION',
      'a default that JSON cannot say',
      (op) => op.alterTable('a', (t) => t.addColumn('x', text(), { default: Number.NaN })),
    ],
    [
      'INVALID_OPERATION',
      'columns that are not those of the rows',
      (op) => op.insertRows('a', [{ b: 1 }], { columns: ['b', 'c'] }),
    ],
    ['INVALID_OPERATION', 'keys that are none', (op) => op.deleteRows('a', [])],
    ['INVALID_OPERATION', 'an index without elements', (op) => op.createIndex('a', 'i', [])],
    [
      'INVALID_OPERATION',
      'keys of other length',
      (op) =>
        op.alterTable('a', (t) => t.addForeignKey({ columns: ['x'], references: { table: 'b', columns: ['y', 'z'] } })),
    ],
    ['INVALID_OPERATION', 'a date in a row', (op) => op.insertRows('a', [{ at: new Date(0) }])],
    ['INVALID_OPERATION', 'an undefined value', (op) => op.insertRows('a', [{ at: undefined as never }])],
    ['INVALID_OPERATION', 'rows of two shapes', (op) => op.insertRows('a', [{ a: 1 }, { a: 1, b: 2 }])],
    ['INVALID_OPERATION', 'a key that rows lack', (op) => op.insertRows('a', [{ a: 1 }], { key: ['b'] })],
    [
      'INVALID_OPERATION',
      'a data step as an effect',
      (op) => op.sql('x', { effects: (inner) => inner.run('y', async () => {}) }),
    ],
    [
      'INVALID_OPERATION',
      'effects that preserve: a plan would call values preserved that the SQL drops',
      (op) => op.sql('DROP TABLE t', { effects: (inner) => inner.dropTable('t', { preserve: true }) }),
    ],
    [
      'INVALID_OPERATION',
      'a policy whose expression is a text alone, which would be taken for none',
      (op) => op.alterTable('a', (t) => t.createPolicy('p', { using: 'x' as never })),
    ],
    [
      'INVALID_OPERATION',
      'a policy whose expression is empty',
      (op) => op.alterTable('a', (t) => t.createPolicy('p', { withCheck: '' as never })),
    ],
    [
      'INVALID_OPERATION',
      'a change of a policy whose expression is a text alone',
      (op) => op.alterTable('a', (t) => t.alterPolicy('p', { to: 'x', using: 'y' as never })),
    ],
    ['INVALID_OPERATION', 'effects that are a list', (op) => op.sql('x', { effects: [] as never })],
    ['INVALID_OPERATION', 'an empty text', (op) => op.sql({ sqlite: 'x', postgres: ' ', mysql: 'x' })],
    ['INVALID_OPERATION', 'an unknown dialect', (op) => op.on({ oracle: () => {}, otherwise: () => {} } as never)],
    [
      'INVALID_OPERATION',
      'two data steps of one label',
      (op) => {
        op.run('x', async () => {})
        op.run('x', async () => {})
      },
    ],
  ])('%s: %s', (code, _what, build) => {
    const error = failure(build)
    expect(error.code).toBe(code)
    expect(error.location.source).toMatch(/recorder\.test\.ts:\d+:\d+$/)
  })

  it('op.on without a dialect on every dialect, also where its own branch is there', () => {
    for (const dialect of ['sqlite', 'postgres', 'mysql'] as const) {
      const error = failure((op) => op.on({ sqlite: () => {}, postgres: () => {} }), dialect)
      expect(error.code).toBe('DIALECT_NOT_DECLARED')
      expect(error.details).toEqual({ dialect: 'mysql', declared: ['sqlite', 'postgres'] })
    }
  })
})

it('op.on takes the branch of the dialect, else otherwise', () => {
  const build = (op: OperationRecorder): void =>
    op.on({ mysql: (inner) => inner.createSchema('m'), otherwise: (inner) => inner.createSchema('o') })
  expect(operations(build, 'mysql')).toEqual([{ kind: 'createSchema', schema: 'm' }])
  expect(operations(build, 'postgres')).toEqual([{ kind: 'createSchema', schema: 'o' }])
})

it('effects that are no function are named, with how it is written without any', () => {
  for (const effects of [[], {}, 'x', 5, null]) {
    const error = failure((op) => op.sql('SELECT 1', { effects: effects as never }))
    expect(error.message).toMatch(/`effects` is a function that records.*\(\) => \{\}/)
  }
})
