import { expression, isMigrateError, type OperationRecorder } from '@org/migrate-core'
import { apply, emptySchema, touches, describe as words } from '@org/migrate-core/dialect'
import { record } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'

/** A revision as JavaScript may write it: it was not compared with our types. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => void>>
const loosely = (build: (op: Loose) => void) =>
  record({ revision: 'r', dialect: 'sqlite', build: (op) => build(op as unknown as Loose) })

function failureOf(build: (op: Loose) => void): unknown {
  try {
    loosely(build)
  } catch (error) {
    return error
  }
  return 'it did not fail'
}

describe('what is misspelt, or something else', () => {
  const columns =
    (...args: readonly unknown[]) =>
    (op: Loose) =>
      op.createTable?.('t', (t: Loose) => t.column?.('a', ...args))
  const integer = { kind: 'integer', bits: 32 }

  test.each<readonly [string, (op: Loose) => void, RegExp]>([
    [
      'an option of an index',
      (op) => op.createIndex?.('t', 'i', ['a'], { uniqe: true }),
      /index i: uniqe is not known; .*unique/,
    ],
    ['an option of a column', columns(integer, { nulable: false }), /column a: nulable is not known; .*nullable/],
    [
      'a text for an object',
      columns(integer, { identity: 'always' }),
      /identity is no object; there are mode, start, increment, /,
    ],
    ['a type of a column', columns({ kind: 'integr' }), /columns\[0\]\.type\.kind is none of integer, /],
    ['a width of a type', columns({ kind: 'integer', bits: 31 }), /type\.bits is none of 16, 32, 64/],
    [
      'a condition that is a text',
      (op) => op.createIndex?.('t', 'i', ['a'], { where: 'a > 1' }),
      /where of index i: an expression is written as/,
    ],
    [
      'columns of a primary key that goes',
      (op) => op.dropConstraint?.('t', { kind: 'primaryKey', columns: ['id'] }),
      /constraint\.columns is not known; there is kind/,
    ],
    [
      'a text in the place of options',
      (op) => op.dropConstraint?.('t', { kind: 'foreignKey', columns: ['h'] }, 'h'),
      /a text or a list is given instead of an object of options; there are table, constraint, ifExists/,
    ],
    ['a guard', (op) => op.dropTable?.('t', { ifExist: true }), /ifExist is not known/],
    [
      'what is done with rows that refer to it',
      (op) =>
        op.alterTable?.('t', (t: Loose) =>
          t.addForeignKey?.({ columns: ['a'], references: { table: 'u', columns: ['id'] }, onDelete: 'CASCADE' }),
        ),
      /onDelete is none of noAction, .*cascade/,
    ],
    ['a view of a text', (op) => op.createView?.('v', 'SELECT 1'), /view\.definition is missing/],
    [
      'a change that changes nothing known',
      (op) => op.alterSequence?.('s', { increments: '2' }),
      /change\.increments is not known/,
    ],
    ['a name that is a number', (op) => op.createSchema?.(5), /schema is no text/],
    ['a table that is nothing', (op) => op.dropTable?.(undefined), /something else than it takes/],
    ['a callback that is none', (op) => op.alterTable?.('t', { add: 'column' }), /a function was to record/],
    [
      'values of an enum that are no list',
      (op) => op.createEnum?.('e', 'a,b'),
      /something else than it takes|is no list/,
    ],
  ])('%s is refused where it is recorded, by its place', (_what, build, reported) => {
    const failure = failureOf(build)
    expect(failure).toMatchObject({ code: 'INVALID_OPERATION', message: expect.stringMatching(reported) })
    expect(isMigrateError(failure) && failure.location.source).toMatch(/shapes\.test\.ts/)
  })

  test('what the author’s own code throws is told as it is', () => {
    const thrown = new TypeError('mine')
    expect(
      failureOf((op) =>
        op.alterTable?.('t', () => {
          throw thrown
        }),
      ),
    ).toBe(thrown)
  })
})

test('whatever a recorder is given, it refuses it with a code, or records what can be read again', () => {
  const given: readonly unknown[] = [
    ...[undefined, null, 0, 5, Number.NaN, 10n, true, '', 'x', '\u0000', Symbol('s'), () => undefined, new Date(0)],
    ...[
      [],
      {},
      [5],
      [null],
      ['a'],
      { a: 1 },
      { sql: 5 },
      { sql: 'x' },
      { name: 't' },
      { kind: 'text' },
      { ifExists: 1 },
    ],
  ]
  const methods: string[] = []
  loosely((op) => methods.push(...Object.keys(op)))
  expect(methods.length).toBeGreaterThan(25)
  let recorded = 0
  let refused = 0
  for (const name of methods) {
    for (const first of ['t', ...given]) {
      // What follows is read where the first is right.
      for (const second of first === 't' ? given : [undefined, 'x', 5, {}]) {
        for (const third of first === 't' ? [undefined, {}, ['a'], { zz: 1 }, 5] : [undefined]) {
          try {
            const { operations } = loosely((op) => op[name]?.(first, second, third))
            for (const { operation } of operations) {
              recorded += 1
              words(operation)
              touches(operation)
              apply(emptySchema, operation)
            }
          } catch (error) {
            refused += 1
            expect(isMigrateError(error), `${name}(${String(first)}, …): ${String(error)}`).toBe(true)
            expect((error as { code?: unknown }).code).not.toBe('INTERNAL')
          }
        }
      }
    }
  }
  expect(recorded).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(1_000)
})

test('what our own types allow is allowed: every member of a table at once', () => {
  const build = (op: OperationRecorder): void => {
    op.createTable('t', (t) => {
      t.column('a', { kind: 'timestamp', withTimezone: true, precision: 3 }, { nullable: false, comment: 'x' })
      t.column('b', { kind: 'enum', values: ['x', 'y'] }, { default: 'x', collation: 'NOCASE' })
      t.primaryKey(['a'])
      t.unique(['b'], { name: 't_b' })
      t.index('t_i', [{ column: 'b', order: 'desc' }], { where: expression('b IS NOT NULL') })
    })
  }
  expect(record({ revision: 'r', dialect: 'sqlite', build }).operations).toHaveLength(1)
})
