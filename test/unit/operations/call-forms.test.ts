import { expression, integer, text, varchar } from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'
import { callForm } from '../../../packages/core/src/operations/recorder/call-forms.ts'

type Kind = 'op' | 'alterTable' | 'createTable'

/** Runs a line of a revision as its author writes it. */
function run(kind: Kind, line: string, dialect: 'sqlite' | 'postgres' = 'postgres') {
  const names = { expression, integer, text, varchar }
  const code = new Function('op', 't', ...Object.keys(names), line)
  return record({
    revision: 'r',
    dialect,
    build: (op) => {
      const call = (t?: unknown): unknown => code(op, t, ...Object.values(names))
      if (kind === 'op') call()
      else if (kind === 'alterTable') op.alterTable('accounts', (t) => void call(t))
      else
        op.createTable('accounts', (t) => {
          for (const column of ['id', 'email', 'owner', 'locale'])
            if (!line.includes(`column('${column}'`)) t.column(column, text())
          call(t)
        })
    },
  })
}

/** The methods that a recorder has. */
function methodsOf(kind: Kind): readonly string[] {
  const found: string[] = []
  const collect = (recorder: object) => void found.push(...Object.keys(recorder))
  record({
    revision: 'r',
    dialect: 'postgres',
    build: (op) => {
      if (kind === 'op') collect(op)
      else if (kind === 'alterTable') op.alterTable('t', collect)
      else
        op.createTable('t', (t) => {
          t.column('id', integer())
          collect(t)
        })
    },
  })
  return found
}

describe.each<readonly [Kind, number]>([
  ['op', 51],
  ['alterTable', 22],
  ['createTable', 11],
])('how a method of %s is called', (kind, count) => {
  const methods = methodsOf(kind)

  test('is known of each method', () => expect(methods).toHaveLength(count))

  test.each(methods)('%s: what a message shows is recorded', (method) => {
    const form = callForm(kind, method)
    expect(form).toMatch(new RegExp(`^(op|t)\\.${method}\\(`))
    expect(() => run(kind, form.replaceAll('{ … }', '{}'))).not.toThrow()
  })
})

describe('an argument too many is refused, not passed over', () => {
  test.each<readonly [Kind, string, string]>([
    [
      'op',
      "op.run('fill', async () => {}, { down: 'none' })",
      "run: it takes 2 arguments at most, and was given 3; write it like op.run('fill locales', { up: async (db) => {",
    ],
    ['op', "op.run('fill', async () => {}, async () => {})", 'run: it takes 2 arguments at most, and was given 3;'],
    [
      'op',
      "op.addColumn('accounts', 'age', integer(), { nullable: false }, { default: 0 })",
      'addColumn: it takes 4 arguments at most, and was given 5; write it like op.addColumn(',
    ],
    [
      'op',
      "op.dropColumn('accounts', 'age', 'locale', 'owner')",
      'dropColumn: it takes 3 arguments at most, and was given 4;',
    ],
    ['op', "op.sql('SELECT 1', {}, 'SELECT 2')", 'sql: it takes 2 arguments at most, and was given 3;'],
    ['op', "op.dropEnum('mood', {}, 1)", 'dropEnum: it takes 2 arguments at most, and was given 3;'],
    ['alterTable', "t.renameColumn('a', 'b', {}, 'c')", 'renameColumn: it takes 3 arguments at most, and was given 4;'],
    [
      'createTable',
      "t.column('age', integer(), { nullable: false }, 0)",
      'column: it takes 3 arguments at most, and was given 4;',
    ],
    ['createTable', "t.comment('a', 'b')", 'comment: it takes 1 argument at most, and was given 2;'],
  ])('%s: %s', (kind, line, why) => {
    expect(() => run(kind, line)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPERATION', message: expect.stringContaining(why) }),
    )
  })

  test('what is undefined is none, and a method may be called for each of a list', () => {
    expect(() => run('op', "['a', 'b'].forEach(op.createSchema)")).not.toThrow()
    expect(() => run('op', "op.dropEnum('mood', {}, undefined)")).not.toThrow()
    expect(() => run('op', "op.sql('SELECT 1', undefined, undefined)")).not.toThrow()
  })
})

describe('what is written as for another tool', () => {
  test.each<readonly [Kind, string, string]>([
    ['createTable', "t.primaryKey('id')", "primaryKey: columns is no list; write it like t.primaryKey(['id'])"],
    [
      'createTable',
      "t.index('i', 'id')",
      "index: it was given something else than it takes; write it like t.index('accounts_email', ['email'], { unique: true })",
    ],
    ...(["'users', 'adult', expression('age > 17')", "'adult', 'users', expression('age > 17')"] as const).map(
      (given) =>
        [
          'op',
          `op.addCheck(${given})`,
          "addCheck: it was given something else than it takes; write it like op.addCheck('accounts', expression('age > 0'), { name: 'accounts_age' })",
        ] as const,
    ),
    [
      'alterTable',
      "t.addCheck('adult', expression('age > 17'))",
      "addCheck: it was given something else than it takes; write it like t.addCheck(expression('age > 0'), { name: 'accounts_age' })",
    ],
    [
      'createTable',
      "t.check('adult', 'age > 17')",
      "check: it was given something else than it takes; write it like t.check(expression('age > 0'), { name: 'accounts_age' })",
    ],
    [
      'op',
      "op.addUnique('accounts_email_key', 'accounts', ['email'])",
      "addUnique: it was given something else than it takes; write it like op.addUnique('accounts', ['email'], { name: 'accounts_email_key' })",
    ],
    [
      'op',
      "op.addForeignKey('fk', 'orders', 'accounts', ['owner'], ['id'])",
      "addForeignKey: it was given something else than it takes; write it like op.addForeignKey('accounts', { columns: ['owner'], references: { table: 'accounts', columns: ['id'] } })",
    ],
    ['createTable', "t.column({ name: 'id' })", 'The name of a column cannot be used: it is an object.'],
    ['createTable', "t.column('age')", 'column age: its type is missing: varchar(12), text()'],
    ['createTable', "t.column('age', 'integer')", 'column age: its type is a string; call it: varchar(12), text()'],
    [
      'createTable',
      "t.column('age', integer(), { primaryKey: true })",
      "column age: primaryKey is not known; use t.primaryKey(['age']), or t.addPrimaryKey(['age']) on a table that exists",
    ],
    ['alterTable', "t.alterColumn('age', { notNull: true })", 'column age: notNull is not known; use nullable: false'],
    [
      'alterTable',
      "t.alterColumn('age', text())",
      'column age: kind is not known; a new type is written as { type: varchar(12) }',
    ],
    [
      'alterTable',
      "t.renameColumn({ from: 'a', to: 'b' })",
      "renameColumn: column is no text; write it like t.renameColumn('locale', 'language')",
    ],
    [
      'op',
      "op.dropIndex('i')",
      "dropIndex: index is missing; write it like op.dropIndex('accounts', 'accounts_email')",
    ],
    [
      'op',
      'op.run(async () => {})',
      "run: it was given something else than it takes; write it like op.run('fill locales', { up: async (db) => { … }, down: 'none' })",
    ],
  ])('in a block of %s, %s is refused with the line to write', (kind, line, message) => {
    expect(() => run(kind, line, 'sqlite')).toThrow(message)
  })
})
