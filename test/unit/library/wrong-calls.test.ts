import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, checkBranches, compare, examine, prove, survey } from '@org/migrate-autogenerate'
import {
  createMigrator,
  graphOf,
  integer,
  isMigrateError,
  type Migrator,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import { ensureVersion, readTierPosition } from '@org/migrate-core/internal'
import { graph, sequential } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'wrong-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'app.db')

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) => op.createTable('t', (t) => t.column('id', integer())),
  },
]
const tiers = [graphOf(revisions(chain))]
const dialect = sqliteDialect({ url: file })
const values: readonly unknown[] = [
  null,
  5,
  'x',
  '',
  true,
  [],
  [null],
  [5],
  {},
  () => {},
  Symbol('s'),
  new Date(),
  1n,
  Number.NaN,
]
const shown = (value: unknown): string => (typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value))

type Call = (...args: readonly unknown[]) => unknown

/** How a call ends; a value that a call takes is an answer too. */
async function ended(call: Call, ...args: readonly unknown[]): Promise<string> {
  try {
    const result = call(...args)
    const stream = result as AsyncIterable<unknown> | undefined
    if (stream !== null && typeof stream === 'object' && Symbol.asyncIterator in stream) for await (const _ of stream);
    else await result
    return 'done'
  } catch (error) {
    return isMigrateError(error) ? error.code : `raw: ${String(error)}`
  }
}

const full = { dialect, tiers }

describe('createMigrator', () => {
  const make = createMigrator as Call

  test.each(['version', 'history', 'preserved', 'journal', 'lock'])(
    'refuses a name of the %s table that the database could not have, before anything runs',
    (table) => {
      const onPostgres = postgresDialect({ url: 'postgres://u@127.0.0.1:1/x' })
      const call = (name: string, other: unknown = dialect) =>
        make({ ...full, dialect: other, tables: { [table]: name } })
      expect(() => call('a\u0007b')).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
      expect(() => call('')).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
      expect(() => call('x'.repeat(64), onPostgres)).toThrow(expect.objectContaining({ code: 'NAME_TOO_LONG' }))
    },
  )

  test('takes the usual name of a table whose option is undefined, as of any other option', async () => {
    const migrator = createMigrator({ ...full, tables: { version: undefined as unknown as string } })
    expect((await migrator.status()).revision).toEqual([])
  })

  test('refuses what is no object of options, and options that are missing', async () => {
    for (const value of [...values, undefined])
      expect([shown(value), await ended(make, value)]).toEqual([shown(value), 'INVALID_OPTION'])
    for (const part of [{ dialect }, { tiers }, { dialect, tiers: [] }])
      expect(await ended(make, part)).toBe('INVALID_OPTION')
  })

  test('refuses an option that there is none of, by its name', () => {
    for (const name of ['waitMS', 'tier', 'keep', '__proto__x', 'url']) {
      expect(() => make({ ...full, [name]: 1 })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option: name }) }),
      )
    }
    expect(() => make({ ...full, tables: { versions: 'x' } })).toThrow(/versions/)
    expect(() => make({ ...full, preserve: { rows: 5 } })).toThrow(/rows/)
    expect(() => make({ ...full, waitMs: undefined })).not.toThrow()
  })

  test('refuses a value of a wrong kind for every option', async () => {
    const right: Readonly<Record<string, (value: unknown) => boolean>> = {
      dialect: () => false,
      tiers: () => false,
      tables: (value) => typeof value === 'object' && JSON.stringify(value) === '{}',
      preserve: (value) => typeof value === 'object' && JSON.stringify(value) === '{}',
      recordedBy: (value) => typeof value === 'object' && JSON.stringify(value) === '{}',
      arguments: (value) => (typeof value === 'object' && JSON.stringify(value) === '{}') || value instanceof Date,
      transaction: () => false,
      heads: () => false,
      ignoreForeignHistory: (value) => Array.isArray(value) && value.length === 0,
      ...Object.fromEntries(
        [
          'waitMs',
          'lockWaitMs',
          'leaseMs',
          'lockTimeoutMs',
          'statementTimeoutMs',
          'lockRetries',
          'stepIdleMs',
          'hookTimeoutMs',
        ].map((name) => [name, (value: unknown) => value === 5]),
      ),
      ...Object.fromEntries(
        ['onEvent', 'beforeRevision', 'afterRevision', 'afterHead'].map((name) => [
          name,
          (value: unknown) => typeof value === 'function',
        ]),
      ),
    }
    for (const [name, fits] of Object.entries(right)) {
      for (const value of values) {
        if (fits(value) || value instanceof Date) continue
        const answer = await ended(make, { ...full, [name]: value })
        expect([name, shown(value), answer]).toEqual([name, shown(value), 'INVALID_OPTION'])
      }
    }
  })

  test('refuses tiers that are none', async () => {
    for (const tier of [
      ...values,
      { name: 'x' },
      { name: 'x', kind: 'graph' },
      { name: 'x', kind: 'tree', source: {} },
    ])
      expect([shown(tier), await ended(make, { dialect, tiers: [tier] })]).toEqual([shown(tier), 'INVALID_OPTION'])
  })
})

describe('the methods of a migrator, and the functions that take one', () => {
  const migrator = createMigrator(full) as unknown as Record<keyof Migrator, Call>
  const functions = {
    check,
    checkBranches,
    compare,
    ensureVersion,
    examine,
    prove,
    readTierPosition,
    survey,
  } as unknown as Record<string, Call>
  const ofMigrator = Object.entries(functions).map(([name, call]): readonly [string, Call] => [
    name,
    (...args) => call(migrator, ...args),
  ])
  const calls: Readonly<Record<string, Call>> = { ...migrator, ...Object.fromEntries(ofMigrator) }
  const named = (name: string): Call => calls[name] ?? (() => expect.unreachable(name))
  const codes = /^(?:INVALID_OPTION|UNKNOWN_REVISION|TIER_UNKNOWN|INVALID_DOWNGRADE_TARGET)$/
  /** Each with the arguments before its options. */
  const withOptions: readonly (readonly [string, readonly unknown[]])[] = [
    ['plan', ['head']],
    ['upgrade', ['head']],
    ['downgrade', ['base']],
    ['resume', []],
    ['stamp', ['head']],
    ['script', ['head']],
    ['check', []],
    ['survey', []],
    ['prove', ['r1']],
    ['checkBranches', [[]]],
    ['ensure', []],
    ['status', []],
    ['compare', [{ schema: {} }]],
  ]

  test('refuse options that are no object, unknown ones and values of a wrong kind, and make no file', async () => {
    for (const [name, before] of withOptions) {
      for (const value of values) {
        if (typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'ensure') continue
        const answer = await ended(named(name), ...before, value)
        expect([name, shown(value), answer]).toEqual([name, shown(value), 'INVALID_OPTION'])
      }
      const mode = name === 'ensure' ? { mode: 'verify' } : {}
      for (const wrong of [{ allowDataLos: true }, { Signal: 5 }, { timeout: 5 }])
        expect([name, await ended(named(name), ...before, { ...mode, ...wrong })]).toEqual([name, 'INVALID_OPTION'])
    }
    for (const [option, wrongs] of Object.entries({
      tier: [5, null, []],
      signal: [5, {}, 'abort'],
      onEvent: [5, {}],
      allowDataLoss: ['yes', 1],
      acceptDrift: ['yes', 1],
      strict: [0],
      assume: [5, { part: 'x' }, { what: 1 }],
      backup: [5, true],
      lockWaitMs: ['5s'],
    })) {
      for (const wrong of wrongs)
        expect([option, await ended(migrator.upgrade, 'head', { [option]: wrong })]).toEqual([option, 'INVALID_OPTION'])
    }
    expect(await ended(migrator.stamp, 'head', { purge: true, acceptEdit: true })).toBe('INVALID_OPTION')
    expect(existsSync(file)).toBe(false)
  })

  test('refuse what is no migrator', async () => {
    for (const [name, call] of Object.entries(functions)) {
      for (const value of values) {
        const answer = await ended(call, value, { schema: {} })
        expect([name, shown(value), answer]).toEqual([name, shown(value), 'INVALID_OPTION'])
      }
    }
    await expect(check({} as Migrator)).rejects.toThrow(
      'check: `migrator`: a migrator is expected, as createMigrator gives it',
    )
  })

  test('refuse a target, a tier and a revision that are no text', async () => {
    for (const name of ['plan', 'upgrade', 'downgrade', 'stamp', 'script', 'prove', 'readTierPosition']) {
      for (const value of values) {
        const answer = await ended(named(name), value)
        if (value === 'x' || value === '' || (Array.isArray(value) && value.length === 0)) {
          expect([name, shown(value), answer]).toEqual([name, shown(value), expect.not.stringContaining('raw')])
        } else expect([name, shown(value), answer]).toEqual([name, shown(value), expect.stringMatching(codes)])
      }
    }
    for (const value of values) {
      const answer = await ended(migrator.run as Call, value)
      expect([shown(value), answer]).toEqual([shown(value), 'INVALID_OPTION'])
    }
    const { purge, restore } = migrator.preserved as unknown as { readonly purge: Call; readonly restore: Call }
    for (const value of [null, 5, [], {}, undefined]) {
      expect(await ended(purge, value)).toBe('INVALID_OPTION')
      expect(await ended(restore, value)).toBe('INVALID_OPTION')
    }
    // A selection that is read as none would restore everything.
    for (const value of [null, 5, 'users', { tabel: 'users' }, { table: 5 }, { column: ['name'] }])
      expect(await ended(restore, 'r1', value)).toBe('INVALID_OPTION')
    expect(existsSync(file)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('what makes dialects and tiers', () => {
  test.each([
    ['sqliteDialect', sqliteDialect, ':memory:'],
    ['postgresDialect', postgresDialect, 'postgres://localhost/x'],
    ['mysqlDialect', mysqlDialect, 'mysql://localhost/x'],
  ] as readonly (readonly [string, Call, string])[])(
    '%s refuses unknown options and values of a wrong kind',
    async (_name, make, url) => {
      expect(await ended(make, { url })).toBe('done')
      for (const value of [...values, undefined])
        expect([shown(value), await ended(make, value)]).toEqual([
          shown(value),
          expect.stringMatching(/^(?:INVALID_OPTION|NO_DATABASE)$/),
        ])
      for (const more of [{ URL: url }, { unknown: 1 }, { password: 'x' }])
        expect(await ended(make, { url, ...more })).toBe('INVALID_OPTION')
      for (const name of ['baseDirectory', 'key', 'schema', 'unansweredMs', 'busyTimeoutMs', 'lock', 'applicationName'])
        expect([name, await ended(make, { url, [name]: {} })]).toEqual([name, 'INVALID_OPTION'])
    },
  )

  test('graph, sequential, graphOf and revisions refuse what they do not take', async () => {
    for (const value of [null, 5, true, {}, [null], [5], () => {}, undefined]) {
      for (const make of [graph, sequential, graphOf, revisions] as readonly unknown[] as readonly Call[]) {
        const answer = await ended(make, value)
        expect([make.name, shown(value), answer]).toEqual([make.name, shown(value), 'INVALID_OPTION'])
      }
    }
    for (const options of [null, 5, 'x', { recursiv: true }, { name: 5 }]) {
      expect([shown(options), await ended(graph as Call, folder, options)]).toEqual([shown(options), 'INVALID_OPTION'])
      expect([shown(options), await ended(sequential as Call, folder, options)]).toEqual([
        shown(options),
        'INVALID_OPTION',
      ])
      expect([shown(options), await ended(graphOf as Call, revisions(chain), options)]).toEqual([
        shown(options),
        'INVALID_OPTION',
      ])
    }
  })
})
