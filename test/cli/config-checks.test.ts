import { expect, test } from 'vitest'
import { isPlainlyValid } from '../../apps/cli/src/config-checks.ts'
import { configProblems } from '../../apps/cli/src/config-problems.ts'

// A configuration is looked at twice: without zod, which takes longer to load than most commands, and with it where that refused.

const values: readonly unknown[] = [
  ...[null, 0, -1, 5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', 'x', 'x.ts', true, false, 'all', 1n],
  ...[[], [''], ['x'], [null], [5], [{}], {}, () => undefined, Symbol('s'), new URL('file:///x/')],
  new URL('http://localhost/'),
]
const source = { headers: () => Promise.resolve([]), module: () => Promise.reject(new Error('none')) }
const tier = { name: 'main', kind: 'graph', source }
const hook = { name: 'h', exec: 'x', args: ['a'], cwd: '.' }
const pattern = { kind: 'table', schema: 's', name: 'n', table: 't' }
const fn = (): undefined => undefined

/** A right value of each option, with all of its parts. */
const right = {
  url: 'sqlite:x',
  migrationUrl: 'sqlite:x',
  lock: 'table',
  key: 'k',
  schema: 's',
  migrations: ['./migrations', new URL('file:///x/')],
  recursive: true,
  tables: { version: 'a', history: 'b', preserved: 'c', journal: 'd', lock: 'e' },
  newFiles: { name: '{{rev}}', timeZone: 'UTC', slugLength: 5, template: 't', hooks: [hook] },
  autogenerate: {
    schema: { sqlite: 'a.ts', postgres: ['b.ts'], mysql: 'c.ts' },
    dialects: ['sqlite'],
    casing: 'snake_case',
    include: ['x', fn, pattern],
    exclude: [pattern],
    renames: fn,
    fill: fn,
    allowDestructive: true,
    processOperations: fn,
    renderType: fn,
  },
  preserve: { maxRows: 5, maxBytes: 5, upgrades: true },
  heads: 'several',
  check: { edits: 'text' },
  transaction: 'run',
  ignoreForeignHistory: ['t'],
  notes: ['n'],
  waitMs: 5,
  lockWaitMs: 5,
  leaseMs: 5,
  lockTimeoutMs: 5,
  statementTimeoutMs: 5,
  lockRetries: 5,
  stepIdleMs: 5,
  recordedBy: { host: 'h', user: 'u' },
  arguments: { a: 'b' },
  onEvent: fn,
  beforeRevision: fn,
  afterRevision: fn,
  afterHead: fn,
  hookTimeoutMs: 5,
}

/** Every configuration that differs from a right one in one place, with the place. */
function* variants(value: unknown, at: string): Generator<readonly [at: string, value: unknown]> {
  for (const other of [...values, undefined]) yield [`${at} = ${typeof other} ${JSON.stringify(other, bigints)}`, other]
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) {
      for (const [where, other] of variants(part, `${at}[${index}]`)) yield [where, value.with(index, other)]
    }
  } else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    yield [`${at}.unknown`, { ...value, unknown: 1 }]
    for (const [name, part] of Object.entries(value)) {
      for (const [where, other] of variants(part, `${at}.${name}`)) yield [where, { ...value, [name]: other }]
    }
  }
}
const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

test('the fast check of a configuration and the one that explains agree over every option', () => {
  expect(configProblems(right)).toEqual([])
  expect(isPlainlyValid(right)).toBe(true)
  const { migrations: _migrations, ...otherSettings } = right
  const disagreeing = [...variants(right, 'config'), ...variants({ ...otherSettings, tiers: [tier] }, 'config')].filter(
    ([, config]) => isPlainlyValid(config) !== (configProblems(config).length === 0),
  )
  expect(disagreeing.map(([at]) => at)).toEqual([])
})

test('every option is tried, so that a new one cannot be known to one check alone', () => {
  const [unknown] = configProblems({ migrations: 'x', zzzzzzzz: 1 })
  const knownKeys = /known are (.*)$/.exec(unknown ?? '')?.[1]?.split(', ') ?? []
  expect([...Object.keys(right), 'tiers'].sort()).toEqual([...knownKeys].sort())
})
