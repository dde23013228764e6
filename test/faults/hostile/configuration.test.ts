import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secrets } from '../../../apps/cli/src/secrets.ts'
import { defaultSettings } from '../../../apps/cli/src/settings.ts'
import { open, openFiles, readConfig } from '../../../apps/cli/src/wiring.ts'
import { counts } from '../../kit/scale.ts'
import { hostileText, hostileValue } from './texts.ts'
import { Tally, verdict } from './verdict.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  mkdirSync(join(folder, 'm'))
  writeFileSync(
    join(folder, 'm/a1_a.ts'),
    "export const revision = 'a1'\nexport const downRevision = null\nexport function upgrade() {}\n",
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const keys = [
  ...['url', 'schema', 'migrations', 'tiers', 'tables', 'preserve', 'transaction', 'ignoreForeignHistory', 'notes'],
  ...['waitMs', 'lockTimeoutMs', 'statementTimeoutMs', 'lockRetries', 'stepIdleMs', 'recordedBy', 'dialect'],
  ...['__proto__', 'constructor', 'toString', 'then', 'ulr'],
]

const throwing = (start: object, key: string): object =>
  Object.defineProperty({ ...start }, key, {
    enumerable: true,
    get: () => {
      throw new Error('no such secret store')
    },
  })

/** Objects that answer to a look with an error, or that are more than they seem. */
const treacherous: { readonly [what: string]: () => unknown } = {
  'a getter that throws': () => throwing({ migrations: './m' }, 'url'),
  'a getter within that throws': () => ({ migrations: './m', tables: throwing({}, 'preserved') }),
  'a proxy without keys': () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new TypeError('no keys')
        },
      },
    ),
  'a proxy without values': () =>
    new Proxy(
      { migrations: './m' },
      {
        get: () => {
          throw new TypeError('no value')
        },
      },
    ),
  'a parsed prototype': () => JSON.parse('{"migrations":"./m","__proto__":{"polluted":true}}') as unknown,
  'an inherited configuration': () => Object.create({ migrations: './m', url: 'sqlite::memory:' }) as unknown,
  'a frozen one': () => Object.freeze({ migrations: './m' }),
  'a promise': () => Promise.resolve({ migrations: './m', url: 'sqlite::memory:' }),
  'a promise that is rejected': () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is the trap
    then: (_resolve: unknown, reject: (reason: unknown) => void) => reject(new Error('no such secret store')),
  }),
  // biome-ignore lint/suspicious/noThenProperty: that is the trap
  'a thenable': () => ({ migrations: './m', then: (resolve: (value: unknown) => void) => resolve(7) }),
  'an error without a text': () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw undefined
        },
      },
    ),
}

const nested = fc.dictionary(
  fc.constantFrom('version', 'history', 'preserved', 'journal', 'maxBytes', 'host', 'user', '__proto__'),
  fc.oneof(hostileValue, hostileText, fc.double()),
  { maxKeys: 4 },
)
const tier = fc.record(
  {
    name: fc.oneof(hostileText, hostileValue),
    kind: fc.constantFrom('graph', 'sequential', 'heap'),
    source: fc.oneof(nested, fc.constant({ headers: () => [], module: () => ({}), description: 'x' }), hostileValue),
    table: fc.oneof(hostileText, hostileValue),
  },
  { requiredKeys: [] },
)
const change = fc.oneof(
  fc.tuple(fc.constantFrom(...keys), fc.oneof(hostileValue, nested, fc.array(hostileText))),
  fc.tuple(fc.constantFrom('tables', 'preserve', 'recordedBy'), nested),
  fc.tuple(
    fc.constant('tables'),
    fc.dictionary(fc.constantFrom('version', 'history', 'preserved', 'journal'), hostileText),
  ),
  fc.tuple(fc.constant('tiers'), fc.array(tier, { maxLength: 2 })),
  fc.tuple(
    fc.constant('url'),
    fc
      .tuple(fc.constantFrom('', 'sqlite:', 'file:', 'postgres://', 'mysql://u@'), hostileText)
      .map((parts) => parts.join('')),
  ),
  fc.tuple(fc.constantFrom('waitMs', 'lockTimeoutMs', 'statementTimeoutMs', 'lockRetries', 'stepIdleMs'), fc.double()),
)

/** Configurations that are nearly right. */
const nearly = fc.tuple(fc.array(change, { maxLength: 3 }), fc.boolean()).map(([changes, hasFolder]): object => {
  const config: object = { ...(hasFolder ? { migrations: './m' } : {}), url: 'sqlite::memory:' }
  for (const [key, value] of changes)
    Object.defineProperty(config, key, { value, enumerable: true, configurable: true })
  return config
})

/** Named, so that a failure can be printed without stepping into it. */
class Trap {
  readonly what: string

  constructor(what: string) {
    this.what = what
  }

  set(): unknown {
    return treacherous[this.what]?.()
  }
}
const traps = fc.constantFrom(...Object.keys(treacherous)).map((what) => new Trap(what))

declare global {
  var hostileConfiguration: unknown
}

test('a configuration ends as a database to work on, or as an error that says what to do', async () => {
  const tally = new Tally()
  let at = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 6, arbitrary: nearly }, traps, hostileValue), async (given) => {
      at += 1
      const file = join(folder, `${at}.mjs`)
      writeFileSync(file, 'export default globalThis.hostileConfiguration\n')
      globalThis.hostileConfiguration = given instanceof Trap ? given.set() : given
      tally.add(
        await verdict(async () => {
          const caller = { cwd: folder, folder, env: {}, terminal: () => undefined, program: [], args: [] }
          const [settings, secrets] = [{ ...defaultSettings, config: file }, new Secrets({}, [])]
          const files = openFiles(settings, secrets, readConfig(settings, caller, secrets))
          const { migrator, database } = await open(settings, caller, secrets, files)
          // Of servers the URL is looked at; no server is called.
          if (/^(?:postgres|mysql|mariadb)/.test(database)) return
          await (database === ':memory:' ? migrator.upgrade() : migrator.status())
        }),
      )
      expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined()
      rmSync(file)
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.25) },
  )
  console.log(`configurations: ${tally}`)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['done', 'CONFIG_INVALID', 'CONFIG_FAILED']))
})
