import {
  type AlterTableRecorder,
  expression,
  integer,
  type OperationRecorder,
  type TableName,
  varchar,
} from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { tableOperations } from '../../../packages/core/src/operations/recorder/table-operations.ts'

const recorded = (build: (op: OperationRecorder) => void) =>
  record({ revision: 'r', dialect: 'sqlite', build }).operations.map(({ operation }) => operation)

type Forms = { readonly [M in keyof typeof tableOperations]: readonly [block: Build, short: Build] }
type Build = (op: OperationRecorder) => void

const users = { schema: 'app', name: 'users' }
const key = { columns: ['team'], references: { table: 'teams', columns: ['id'] } } as const
const policy = { using: expression('true') }

/** Each call twice: in the block, and by itself. */
const forms: Forms = {
  addColumn: [
    (op) => op.alterTable(users, (t) => t.addColumn('locale', varchar(12), { default: 'en' })),
    (op) => op.addColumn(users, 'locale', varchar(12), { default: 'en' }),
  ],
  dropColumn: [
    (op) => op.alterTable(users, (t) => t.dropColumn('locale', { ifExists: true })),
    (op) => op.dropColumn(users, 'locale', { ifExists: true }),
  ],
  alterColumn: [
    (op) => op.alterTable(users, (t) => t.alterColumn('locale', { nullable: false })),
    (op) => op.alterColumn(users, 'locale', { nullable: false }),
  ],
  renameColumn: [
    (op) => op.alterTable(users, (t) => t.renameColumn('mail', 'email')),
    (op) => op.renameColumn(users, 'mail', 'email'),
  ],
  addPrimaryKey: [
    (op) => op.alterTable(users, (t) => t.addPrimaryKey(['id'])),
    (op) => op.addPrimaryKey(users, ['id']),
  ],
  addUnique: [
    (op) => op.alterTable(users, (t) => t.addUnique(['email'], { name: 'users_email' })),
    (op) => op.addUnique(users, ['email'], { name: 'users_email' }),
  ],
  addCheck: [
    (op) => op.alterTable(users, (t) => t.addCheck(expression('age > 0'))),
    (op) => op.addCheck(users, expression('age > 0')),
  ],
  addForeignKey: [(op) => op.alterTable(users, (t) => t.addForeignKey(key)), (op) => op.addForeignKey(users, key)],
  addConstraint: [
    (op) => op.alterTable(users, (t) => t.addConstraint({ kind: 'unique', columns: ['email'] })),
    (op) => op.addConstraint(users, { kind: 'unique', columns: ['email'] }),
  ],
  dropConstraint: [
    (op) => op.alterTable(users, (t) => t.dropConstraint('users_email')),
    (op) => op.dropConstraint(users, 'users_email'),
  ],
  renameConstraint: [
    (op) => op.alterTable(users, (t) => t.renameConstraint('a', 'b')),
    (op) => op.renameConstraint(users, 'a', 'b'),
  ],
  createIndex: [
    (op) => op.alterTable(users, (t) => t.createIndex('i', ['email'], { unique: true })),
    (op) => op.createIndex(users, 'i', ['email'], { unique: true }),
  ],
  dropIndex: [(op) => op.alterTable(users, (t) => t.dropIndex('i')), (op) => op.dropIndex(users, 'i')],
  renameIndex: [(op) => op.alterTable(users, (t) => t.renameIndex('i', 'j')), (op) => op.renameIndex(users, 'i', 'j')],
  options: [
    (op) => op.alterTable(users, (t) => t.options({ strict: true })),
    (op) => op.options(users, { strict: true }),
  ],
  comment: [(op) => op.alterTable(users, (t) => t.comment('people')), (op) => op.comment(users, 'people')],
  columnComment: [
    (op) => op.alterTable(users, (t) => t.columnComment('email', null)),
    (op) => op.columnComment(users, 'email', null),
  ],
  indexComment: [
    (op) => op.alterTable(users, (t) => t.indexComment('i', 'why')),
    (op) => op.indexComment(users, 'i', 'why'),
  ],
  rowSecurity: [
    (op) => op.alterTable(users, (t) => t.rowSecurity({ enabled: true })),
    (op) => op.rowSecurity(users, { enabled: true }),
  ],
  createPolicy: [
    (op) => op.alterTable(users, (t) => t.createPolicy('p', policy)),
    (op) => op.createPolicy(users, 'p', policy),
  ],
  alterPolicy: [
    (op) => op.alterTable(users, (t) => t.alterPolicy('p', policy)),
    (op) => op.alterPolicy(users, 'p', policy),
  ],
  dropPolicy: [(op) => op.alterTable(users, (t) => t.dropPolicy('p')), (op) => op.dropPolicy(users, 'p')],
}

describe('op has everything that alterTable records, as a statement of its own', () => {
  test.each(Object.entries(forms))('op.%s records what the block records', (_name, [block, short]) => {
    const [operation, ...rest] = recorded(short)
    expect(rest).toEqual([])
    expect(operation).toBeDefined()
    expect([operation]).toEqual(recorded(block))
  })

  test('the block has no method that op has not', () => {
    const methods: { op: string[]; t: string[] } = { op: [], t: [] }
    recorded((op) => {
      methods.op = Object.keys(op)
      op.alterTable('users', (t) => {
        methods.t = Object.keys(t)
      })
    })
    expect(methods.t.sort()).toEqual(Object.keys(forms).sort())
    expect(methods.t.filter((name) => !methods.op.includes(name))).toEqual([])
  })

  test('a column is recorded as a literal says', () => {
    expect(recorded((op) => op.addColumn('users', 'age', integer(), { nullable: false, default: 0 }))).toEqual([
      {
        kind: 'addColumn',
        table: { name: 'users' },
        column: {
          name: 'age',
          type: { kind: 'integer', bits: 32 },
          nullable: false,
          default: { kind: 'literal', value: 0 },
        },
      },
    ])
  })

  test('a table whose name cannot be used is refused', () => {
    expect(() => recorded((op) => op.dropColumn('', 'age'))).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
  })
})

describe('the types of op', () => {
  type Short<M extends keyof AlterTableRecorder> = Parameters<OperationRecorder[M]>
  type Block<M extends keyof AlterTableRecorder> = Parameters<AlterTableRecorder[M]>

  test('are those of the block, with the table first', () => {
    expectTypeOf<Short<'addColumn'>>().toEqualTypeOf<[table: TableName, ...Block<'addColumn'>]>()
    expectTypeOf<Short<'dropConstraint'>>().toEqualTypeOf<[table: TableName, ...Block<'dropConstraint'>]>()
    expectTypeOf<keyof AlterTableRecorder>().toExtend<keyof OperationRecorder>()
  })

  test('refuse what the block refuses', () => {
    const build = (op: OperationRecorder): void => {
      // @ts-expect-error: the type of a column is called
      op.addColumn('users', 'age', integer)
      // @ts-expect-error: an option that there is not
      op.dropColumn('users', 'age', { ifNotExists: true })
      // @ts-expect-error: what alterColumn changes is missing
      op.alterColumn('users', 'age')
      // @ts-expect-error: the name that another tool has for it
      op.execute('SELECT 1')
    }
    expect(() => recorded(build)).toThrow(expect.objectContaining({ code: 'INVALID_OPERATION' }))
  })
})
