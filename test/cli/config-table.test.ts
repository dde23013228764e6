import { expect, test } from 'vitest'
import { configChecks, configProblems } from '../../apps/cli/src/config-table.ts'

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
  envFile: '.env',
  migrationUrl: 'sqlite:x',
  lock: 'table',
  driver: 'pg',
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
  protected: false,
  backupCommand: { run: 'a', verify: 'b' },
  seed: fn,
  snapshot: { sqlite: './schema.sql' },
  preserve: { maxBytes: 5, upgrades: true },
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

test('a right value of every key is accepted, and what is wrong is named by its path', () => {
  expect(configProblems(right)).toEqual([])
  const { migrations: _migrations, ...otherSettings } = right
  const { url, envFile, ...ofOne } = right
  const onTiers = { ...otherSettings, tiers: [tier] }
  const onSeveral = { envFile, migrations: 'x', waitMs: 5, databases: { one: { url, ...ofOne }, other: { url } } }
  for (const each of [onTiers, onSeveral]) expect(configProblems(each)).toEqual([])
  const withoutPath = [right, onTiers, onSeveral]
    .flatMap((each) => [...variants(each, 'config')])
    .filter(([at]) => /^config[.[]/.test(at))
    .flatMap(([at, config]) =>
      configProblems(config)
        .filter((problem) => !problem.includes(`\`${/^config\.(\w+)/.exec(at)?.[1]}`) && !/^give /.test(problem))
        .map((problem) => `${at}: ${problem}`),
    )
  expect(withoutPath).toEqual([])
})

test.each([
  [{ waitMs: -1 }, '`waitMs`: expected a number from 0 on'],
  [{ waitMs: Number.POSITIVE_INFINITY }, '`waitMs`: expected a number from 0 on'],
  [{ lockRetries: 2.5 }, '`lockRetries`: expected a whole number from 0 on'],
  [{ lock: 'row' }, '`lock`: expected one of "session", "table"'],
  [{ recordedBy: new URL('file:///x/') }, '`recordedBy`: expected an object'],
  [{ schema: './schema.ts' }, 'goes into `autogenerate.schema`'],
  [{ tables: { history: '' } }, '`tables.history`: expected a text that is not empty'],
  [{ newFiles: { slugLength: 1.5 } }, '`newFiles.slugLength`: expected a whole number from 1 on'],
  [{ newFiles: { hooks: [{ name: 'h' }] } }, '`newFiles.hooks.0.exec` is missing'],
  [{ newFiles: { hooks: [{ exec: 'x', shell: true }] } }, '`newFiles.hooks.0.shell` is not a key'],
  [{ autogenerate: {} }, '`autogenerate.schema` is missing'],
  [{ autogenerate: { schema: { sqlite: [] } } }, '`autogenerate.schema.sqlite`: expected a list that is not empty'],
  [{ autogenerate: { schema: 'x', include: [5] } }, '`autogenerate.include.0`: expected a pattern'],
  [{ arguments: { a: 5 } }, '`arguments.a`: expected a text'],
  [{ check: { edits: 'all' } }, '`check.edits`: expected one of'],
  [{ migrations: new URL('http://localhost/') }, '`migrations`: expected a folder'],
  [{ migrations: undefined, tiers: [{ ...tier, kind: 'tree' }] }, '`tiers.0`: expected a tier'],
  [{ fleet: {} }, '`fleet`: expected an object with `members`'],
  [{ tiers: [tier] }, 'not both'],
  [{ migrations: undefined }, 'give `migrations` (a folder) or `tiers`'],
])('%o is refused', (settings, message) => {
  expect(configProblems({ migrations: 'x', ...settings })).toEqual([expect.stringContaining(message)])
})

test('every key is tried', () => {
  expect([...Object.keys(right), 'databases', 'fleet', 'tiers'].sort()).toEqual(Object.keys(configChecks).sort())
})
