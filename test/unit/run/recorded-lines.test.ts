import { join } from 'node:path'
import { graphOf, integer, revisions } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const users: Recorded = (op) => {
  op.createTable('users', (t) => t.column('id', integer(), { nullable: false }))
  op.run('nothing', { up: async () => undefined, down: async () => undefined })
}
const unique: Recorded = (op) => op.createIndex('users', 'users_id', ['id'], { unique: true })
const broken: Recorded = (op) =>
  op.run('boom', {
    up: async () => {
      throw new Error('boom')
    },
    down: 'none',
  })

/** Revisions that were compiled from other files, and what is looked up in their source maps. */
function compiled(...bodies: readonly Recorded[]) {
  const locations: string[] = []
  const source = {
    ...revisions(line(...bodies)),
    originalLocation: (location: string) => {
      locations.push(location)
      return '/app/original.ts:7:3'
    },
  }
  return { locations, migrator: migratorOn(join(folder.path, 'a.db'), [], { tiers: [graphOf(source)] }) }
}

test('a run that succeeds looks up no line of its revisions in a source map', async () => {
  const { locations, migrator } = compiled(users, unique)
  await migrator.upgrade()
  await migrator.downgrade('base')
  expect(locations).toEqual([])
})

test('a plan has the lines of its operations in the file itself', async () => {
  const { locations, migrator } = compiled(users)
  const plan = await migrator.plan()
  expect(JSON.parse(JSON.stringify(plan.steps[0]?.operations))).toMatchObject([
    { describe: 'create table users', source: '/app/original.ts:7:3' },
    { source: '/app/original.ts:7:3' },
  ])
  expect(locations[0]).toMatch(/recorded-lines\.test\.ts:\d+:\d+$/)
})

test.each([
  ['a statement', unique, 'BLOCKING_ROWS'],
  ['a data step', broken, 'DATA_STEP_FAILED'],
  ['an operation', (op) => op.addColumn('users', 'ID', integer()), 'STATEMENT_FAILED'],
  ['a call', (op) => op.dropColumn('', 'a'), 'INVALID_NAME'],
] satisfies readonly (readonly [string, Recorded, string])[])(
  'an error of %s names the line in the file itself',
  async (_what, body, code) => {
    await compiled(users).migrator.upgrade()
    executeIn(join(folder.path, 'a.db'), 'INSERT INTO users VALUES (1), (1)')
    const error = await errorOf(compiled(users, body).migrator.upgrade())
    expect(error).toMatchObject({ code, location: { source: '/app/original.ts:7:3' } })
  },
)
