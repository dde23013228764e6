import { graphOf, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type FleetOptions } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { chain } from './kit.ts'

const good: FleetOptions = {
  members: [],
  dialect: ({ url = '' }) => sqliteDialect({ url }),
  tiers: [graphOf(revisions(chain))],
}

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'an object of options is expected'],
  ['null', null, 'an object of options is expected'],
  ['no members', { ...good, members: undefined }, '`members`'],
  ['no dialect', { ...good, dialect: undefined }, '`dialect`'],
  ['no tiers', { ...good, tiers: undefined }, '`tiers`'],
  [
    'a tier that is none',
    { ...good, tiers: [5] },
    '`tiers[]`: a tier, as `graphOf(revisions([…]))` gives it, is expected',
  ],
  [
    'a source of revisions that is no tier',
    { ...good, tiers: [...good.tiers, revisions(chain)] },
    '`tiers[]`: a tier, as `graphOf(revisions([…]))` gives it, is expected',
  ],
  ['a tier without a source', { ...good, tiers: [{ name: 'main', kind: 'graph' }] }, '`tiers[]`: `source`: '],
  ['an option of the members that is none', { ...good, lockWaitMs: 'long' }, '`lockWaitMs`'],
  ['tries that are no whole number', { ...good, retry: { times: 2.5 } }, 'a whole number from 0 on'],
  ['a job of half a member', { ...good, queue: { url: 'postgres://h/q', jobSize: 1.5 } }, 'a whole number from 1 on'],
  ['an option that there is not', { ...good, paralel: 5 }, '`paralel`'],
])('A fleet of %s is refused before anything is read', (_what, options, why) => {
  let thrown: unknown
  try {
    createFleet(options as FleetOptions)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(why) })
})
