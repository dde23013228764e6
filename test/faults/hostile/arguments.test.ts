import { createRevisionGraph } from '@org/migrate-core'
import { listHistory, resolveTargets } from '@org/migrate-core/internal'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../../apps/cli/src/program.ts'
import { Secrets } from '../../../apps/cli/src/secrets.ts'
import { parseTarget } from '../../../packages/core/src/graph/target.ts'
import { counts } from '../../kit/scale.ts'
import { hostileText, mutated } from './texts.ts'
import { Tally, verdict } from './verdict.ts'

const urls = fc.oneof(
  mutated(
    fc.constantFrom(
      'postgresql://user:pass%20word@localhost:5432/db?sslmode=require&connect_timeout=3',
      'mysql+aiomysql://user:p@127.0.0.1/db?ssl-mode=DISABLED&charset=utf8mb4',
      'mariadb://[::1]:3306/db?socket=/run/x.sock',
      'postgres:///db?host=%2Frun%2Fpostgresql',
      'sqlite:////tmp/x.db',
      'file:///tmp/x.db',
    ),
    ['@', ':', '/', '//', '?', '&', '#', '%', '%zz', '%00', '=', '[', ']', '+', ' ', '\n', '\0', '..', ',', '\u202e'],
  ),
  fc
    .tuple(fc.constantFrom('sqlite:', 'postgres://', 'mysql://', 'mariadb://u:p@h/', 'postgres://h/', ''), hostileText)
    .map((both) => both.join('')),
)

test('any URL is one of a database, or it is refused with the forms that there are', async () => {
  const tally = new Tally()
  const dialects = [sqliteDialect, postgresDialect, mysqlDialect]
  await fc.assert(
    fc.asyncProperty(urls, fc.nat(2), async (url, which) => {
      tally.add(await verdict(() => dialects[which]?.({ url })))
      new Secrets({ DATABASE_URL: url }, [url]).scrub(url)
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.1) },
  )
  console.log(`URLs: ${tally}`)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['INVALID_URL', 'done']))
})

const graph = createRevisionGraph(
  [
    ['a1', []],
    ['b1', ['a1']],
    ['b2', ['a1']],
    ['c1', ['b1', 'b2']],
    ['then', ['c1']],
    ['constructor', ['then']],
  ].map(([revision, parents]) => ({
    revision: revision as string,
    parents: parents as string[],
    dependsOn: [],
    branchLabels: revision === 'b2' ? ['side'] : [],
    compatibleWith: [],
    message: '',
    source: '',
  })),
)
const targets = fc.oneof(
  hostileText,
  mutated(fc.constantFrom('head', 'side@head', 'a1+2', 'c1-1', '-1', '+1', 'a1:c1', 'heads'), [
    '@',
    '+',
    '-',
    ':',
    '9'.repeat(40),
  ]),
)

test('any words for a revision name one, or it is said what is wrong with them', async () => {
  const tally = new Tally()
  await fc.assert(
    fc.asyncProperty(targets, async (target) => {
      for (const current of [[], ['b1'], ['b1', 'b2'], ['constructor']])
        tally.add(await verdict(() => resolveTargets(graph, target, { current })))
      tally.add(await verdict(() => listHistory(graph, target, ['b1'])))
      parseTarget(target)
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.1) },
  )
  console.log(`targets: ${tally}`)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['done', 'UNKNOWN_REVISION']))
})

const commands = [
  'upgrade',
  'downgrade',
  'history',
  'heads',
  'show',
  'status',
  'plan',
  'preserved',
  'stamp',
  'current',
  'help',
]
const options = [
  ...['--json', '--quiet', '--verbose', '--url', '--config', '--tier', '-r', '--range', '--', '-', '-v', '-1'],
  ...[
    '--strict',
    '--exit-code',
    '--help',
    '-h',
    '--url=',
    '--__proto__=1',
    '--constructor',
    '--no-json',
    '-qv',
    '--jso',
  ],
]

test('any arguments are a command, a text, or wrong usage', async () => {
  const tally = new Tally()
  const argument = fc.oneof(fc.constantFrom(...commands), fc.constantFrom(...options), hostileText)
  await fc.assert(
    fc.asyncProperty(fc.array(argument, { maxLength: 6 }), async (args) => {
      tally.add(await verdict(() => parse(args, '1.0.0')))
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.15) },
  )
  console.log(`arguments: ${tally}`)
  expect(tally.verdicts).toEqual(['USAGE', 'done'])
})
