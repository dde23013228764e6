import { join } from 'node:path'
import { createMigrator, graphOf, integer, type Revision, revisions, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import type { Recorded } from '../../kit/migrator.ts'
import { rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()
const columns = "SELECT name FROM pragma_table_info('t')"
const upgrades: { readonly [revision: string]: Recorded } = {
  a: (op) => op.createTable('t', (t) => t.column('id', integer())),
  b: (op) => op.addColumn('t', 'b', text()),
  c: (op) => op.addColumn('t', 'c', text()),
  d: (op) => op.addColumn('t', 'd', text()),
}

/** `b a` stands on a; `b a+c` depends on c, too. */
const chainOf = (...texts: readonly string[]): readonly Revision[] =>
  texts.map((each) => {
    const [revision = '', on] = each.split(' ')
    const [downRevision, dependsOn] = on?.split('+') ?? []
    const upgrade = upgrades[revision] ?? ((): void => undefined)
    return { revision, downRevision: downRevision ?? null, ...(dependsOn === undefined ? {} : { dependsOn }), upgrade }
  })
const on = (file: string, ...chain: readonly string[]) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${join(folder.path, file)}` }),
    tiers: [graphOf(revisions(chainOf(...chain)))],
  })
const before = ['a', 'b a', 'c a']
const moved = ['a', 'c a', 'b c']
const error = { code: 'REVISION_MOVED', details: { tier: 'main', revision: 'b', parents: ['c'], recorded: ['a'] } }

test('an applied revision that was moved onto one that never ran is refused by whatever would take both for applied', async () => {
  await on('moved.db', ...before).upgrade('b')
  const migrator = on('moved.db', ...moved)
  for (const call of [
    () => migrator.plan(),
    () => migrator.upgrade(),
    () => migrator.downgrade('-1'),
    () => migrator.ensure({ mode: 'verify' }),
    () => migrator.ensure({ mode: 'apply' }),
    () => on('moved.db', ...moved, 'd b').upgrade(),
  ])
    await expect(call()).rejects.toMatchObject(error)
  const { warnings } = await migrator.status()
  expect(warnings).toEqual([
    'Revision b (main) stands on c now, which never ran here: b was applied on a, and moved since.',
  ])
  expect(rowsOf(join(folder.path, 'moved.db'), columns)).toEqual([{ name: 'id' }, { name: 'b' }])
})

test('a dependency that never ran is one, too', async () => {
  await on('depends.db', ...before).upgrade('b')
  await expect(on('depends.db', 'a', 'c a', 'b a+c').upgrade('b')).rejects.toMatchObject(error)
})

test('what was never recorded because it was stamped is none', async () => {
  const migrator = on('stamped.db', 'a', 'c a', 'b c')
  await on('stamped.db', 'a').upgrade()
  await migrator.stamp('b')
  await on('stamped.db', 'a', 'c a', 'b c', 'd b').upgrade()
  expect((await migrator.status()).warnings).toEqual([])
})

test('one that moved onto what was applied all the same is none', async () => {
  await on('applied.db', ...before, 'm b+c').upgrade('m')
  const migrator = on('applied.db', 'a', 'c a', 'b c', 'm b', 'd m')
  await migrator.upgrade()
  await migrator.downgrade('c')
  expect((await migrator.status()).warnings).toEqual([])
  expect(rowsOf(join(folder.path, 'applied.db'), columns)).toEqual([{ name: 'id' }, { name: 'c' }])
})
