import { isMigrateError, type MigrateError } from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'

/** Revisions in JavaScript: any name may be called. */
type Loose = { [name: string]: (...args: readonly unknown[]) => { [name: string]: () => void } }

const recorded = (build: (op: Loose) => void) =>
  record({ revision: 'r', dialect: 'sqlite', build: (op) => build(op as unknown as Loose) }).operations

function refusal(build: (op: Loose) => void): MigrateError {
  try {
    recorded(build)
  } catch (error) {
    if (isMigrateError(error, 'INVALID_OPERATION')) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const calls =
  (name: string) =>
  (op: Loose): void => {
    new Function('op', `op.${name}('users')`)(op)
  }

const inBlock = (block: 'alterTable' | 'createTable', name: string) => (op: Loose) => {
  op[block]?.('users', new Function('t', `t.${name}('users')`))
}

describe('a method that op has not answers with the one that is meant', () => {
  test.each([
    // Alembic
    ['execute', 'op.sql()'],
    ['add_column', 'op.addColumn()'],
    ['drop_column', 'op.dropColumn()'],
    ['alter_column', 'op.alterColumn()'],
    ['create_table', 'op.createTable()'],
    ['create_foreign_key', 'op.addForeignKey()'],
    ['create_unique_constraint', 'op.addUnique()'],
    ['create_check_constraint', 'op.addCheck()'],
    ['create_primary_key', 'op.addPrimaryKey()'],
    ['drop_constraint', 'op.dropConstraint()'],
    ['create_table_comment', 'op.comment()'],
    ['batch_alter_table', 'op.alterTable()'],
    ['bulk_insert', 'op.insertRows()'],
    ['get_bind', 'op.run()'],
    // Rails
    ['remove_column', 'op.dropColumn()'],
    ['change_column_null', 'op.alterColumn()'],
    ['add_reference', 'op.addForeignKey()'],
    ['enable_extension', 'op.createExtension()'],
    // Knex
    ['raw', 'op.sql()'],
    ['dropTableIfExists', 'op.dropTable()'],
    // Sequelize
    ['changeColumn', 'op.alterColumn()'],
    ['removeConstraint', 'op.dropConstraint()'],
    ['bulkDelete', 'op.deleteRows()'],
    // TypeORM
    ['query', 'op.sql()'],
    ['createForeignKey', 'op.addForeignKey()'],
    ['dropForeignKey', 'op.dropConstraint()'],
    // Kysely
    ['createType', 'op.createEnum()'],
    ['insertInto', 'op.insertRows()'],
    ['updateTable', 'op.run()'],
    // Blocks of our own
    ['column', 'op.addColumn()'],
    ['foreignKey', 'op.addForeignKey()'],
    ['string', "op.addColumn('<table>', '<column>', varchar(255))"],
  ])('op.%s: %s', (name, meant) => {
    const { message, details, cause } = refusal(calls(name))
    expect(message).toBe(`op.${name}: there is no such method: use ${meant}`)
    expect(details).toMatchObject({ operation: `op.${name}` })
    expect(cause).toBeInstanceOf(TypeError)
  })

  test('the line of the revision that called it is named', () => {
    const { location } = refusal((op) => {
      ;(op as unknown as { execute: (sql: string) => void }).execute('SELECT 1')
    })
    expect(location.source).toMatch(/other-tools\.test\.ts:\d+:\d+$/)
    expect(location.revision).toBe('r')
  })

  test('knex.schema and the like are op itself', () => {
    const { message } = refusal((op) => new Function('knex', "knex.schema.createTable('users')")(op))
    expect(message).toBe(
      'op.schema: there is no such method: its methods are methods of `op`: op.createTable(), op.alterTable()',
    )
  })

  test('what asks the database leads to the guards', () => {
    expect(refusal(calls('hasTable')).message).toContain('use the guards `ifExists` and `ifNotExists`')
  })

  test('a misspelt method names the near ones', () => {
    expect(refusal(calls('dropColum')).message).toBe(
      'op.dropColum: there is no such method: did you mean op.dropColumn()?',
    )
  })

  test('an unknown one lists what there is', () => {
    const { message } = refusal(calls('frobnicate'))
    expect(message).toMatch(/there are addCheck, addColumn, addConstraint, .*sql$/)
  })
})

describe('a method that a block has not answers with the one that is meant', () => {
  test.each([
    ['createTable', 'string', "t.column('<column>', varchar(255))"],
    ['createTable', 'jsonb', "t.column('<column>', json())"],
    [
      'createTable',
      'increments',
      "t.column('<column>', integer(), { nullable: false, identity: { mode: 'byDefault' } })",
    ],
    ['createTable', 'addColumn', 't.column()'],
    ['createTable', 'add_column', 't.column()'],
    ['createTable', 'primary', 't.primaryKey()'],
    ['createTable', 'foreign', 't.foreignKey()'],
    ['createTable', 'createIndex', 't.index()'],
    ['createTable', 'dropColumn', 'op.dropColumn() outside of the block'],
    ['createTable', 'execute', 'op.sql() outside of the block'],
    ['alterTable', 'string', "t.addColumn('<column>', varchar(255))"],
    ['alterTable', 'column', 't.addColumn()'],
    ['alterTable', 'add_column', 't.addColumn()'],
    ['alterTable', 'removeColumn', 't.dropColumn()'],
    ['alterTable', 'unique', 't.addUnique()'],
    ['alterTable', 'index', 't.createIndex()'],
    ['alterTable', 'dropForeign', 't.dropConstraint()'],
    ['alterTable', 'renameTable', 'op.renameTable() outside of the block'],
  ] as const)('in %s: t.%s: %s', (block, name, meant) => {
    expect(refusal(inBlock(block, name)).message).toBe(`t.${name}: there is no such method: use ${meant}`)
  })

  test('in a block within op.limits as well, by the recorder that it was called on', () => {
    const build = (op: Loose): void => {
      op.limits?.({ lockMs: 5 }, (inner: Loose) => inBlock('alterTable', 'string')(inner))
    }
    expect(refusal(build).message).toContain('t.string: ')
    const outer = (op: Loose): void => {
      op.alterTable?.('users', () => new Function('op', "op.execute('x')")(op))
    }
    expect(refusal(outer).message).toContain('op.execute: there is no such method: use op.sql()')
  })
})

describe('asking what a recorder has is harmless', () => {
  test('an unknown name is undefined, and in no list', () => {
    const answers: unknown[] = []
    recorded((op) => {
      answers.push(typeof op.execute, 'execute' in op, 'sql' in op, Object.keys(op).includes('execute'))
      op.execute?.('never called')
      answers.push(op.then, String(op), op instanceof Object)
    })
    expect(answers).toEqual(['undefined', false, true, false, undefined, '[object Object]', true])
  })

  test('an async function that gives it back is refused as async, not as a thenable', () => {
    expect(() => record({ revision: 'r', dialect: 'sqlite', build: (async (op: unknown) => op) as never })).toThrow(
      expect.objectContaining({ code: 'RECORDING_NOT_SYNCHRONOUS' }),
    )
  })

  test.each([
    ['another error', () => new TypeError('mine')],
    ['an error of that name', () => new RangeError('execute')],
  ])('%s after it stays what it is', (_what, make) => {
    const error = make()
    expect(() =>
      recorded((op) => {
        if (typeof op.execute === 'function') throw new Error('it is there')
        throw error
      }),
    ).toThrow(error)
  })

  test('what fails after another method was called is not blamed on a name that was asked for', () => {
    const error = new TypeError('value.execute is not a function')
    expect(() =>
      recorded((op) => {
        op.execute?.()
        op.sql?.('SELECT 1')
        throw error
      }),
    ).toThrow(error)
  })
})
