import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { graphOf, isMigrateError, type Revision, type RevisionSource, revisions, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line } from '../../kit/migrator.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const chain = line(keyed('t'), (op) => op.alterTable('t', (t) => t.addColumn('x', text())))

test.each([
  ['garbage', "operations = 'not json'"],
  ['another shape', `operations = '[1, {"kind": "nonsense"}]', inverses = '[[], []]'`],
  ['no list', "operations = '{}'"],
  ['fewer inverses', "inverses = '[]'"],
  ['an inverse of no kind', `inverses = '[[{"kind": "nonsense"}]]'`],
  ['an unknown direction', "direction = 'sideways'"],
])('a history row with %s is an error that names the table', async (_what, set) => {
  const file = join(folder.path, 'a.db')
  await migratorOn(file, chain).upgrade()
  executeIn(file, `UPDATE migrate_history SET ${set} WHERE revision = 'r2'`)
  const before = snapshot(file)
  const error = await errorOf(migratorOn(file, chain).downgrade('r1'))
  expect(error.code).toBe('BOOKKEEPING_INVALID')
  expect(error.message).toContain('migrate_history')
  expect(snapshot(file)).toBe(before)
})

test('a missing file whose parents are garbage does not make a revision without parents', async () => {
  const file = join(folder.path, 'b.db')
  await migratorOn(file, chain).upgrade()
  executeIn(file, "UPDATE migrate_history SET parents = '[7]' WHERE revision = 'r2'")
  const error = await errorOf(migratorOn(file, chain.slice(0, 1) as Revision[]).downgrade('base'))
  expect(error.code).toBe('BOOKKEEPING_INVALID')
})

test('a history or preserved table of another program is named, not read', async () => {
  for (const name of ['migrate_history', 'migrate_preserved']) {
    const file = join(folder.path, `${name}.db`)
    executeIn(file, `CREATE TABLE ${name} (whatever TEXT)`)
    const error = await errorOf(migratorOn(file, chain).upgrade())
    expect(error).toMatchObject({ code: 'BOOKKEEPING_INVALID', details: { table: name } })
    expect(error.remedy).toContain('tables')
  }
})

test('a preserved value that cannot be read names the table', async () => {
  const file = join(folder.path, 'preserved.db')
  const dropped = line(nothing, keyed('t', 'v'))
  await migratorOn(file, dropped).upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, 'x')")
  await migratorOn(file, dropped).downgrade('r1')
  executeIn(file, "UPDATE migrate_preserved SET value = 'garbage'")
  const error = await errorOf(migratorOn(file, dropped).upgrade())
  expect(error).toMatchObject({ code: 'BOOKKEEPING_INVALID', details: { table: 'migrate_preserved' } })
})

test('what no file has is told with the configured table', async () => {
  const file = join(folder.path, 'named.db')
  const options = { tables: { version: 'my_version' } }
  await migratorOn(file, chain, options).upgrade()
  executeIn(file, "UPDATE my_version SET version_num = 'zzz'; DELETE FROM migrate_history")
  const migrator = migratorOn(file, chain, options)
  for (const work of [
    () => migrator.upgrade(),
    () => migrator.downgrade('base'),
    () => migrator.stamp('r1'),
    () => migrator.plan('r1'),
  ]) {
    const error = await errorOf(work())
    expect(error).toMatchObject({ code: 'UNKNOWN_APPLIED_REVISION', details: { table: 'my_version' } })
    expect(error.message).toContain('my_version')
  }
})

function withText(values: readonly Revision[], textOf: (revision: string) => string): RevisionSource {
  const source = revisions(values)
  return {
    ...source,
    headers: async () => (await source.headers()).map((header) => ({ ...header, textHash: textOf(header.revision) })),
  }
}

test('edits: same operations, other operations, a file that no longer loads; accepted, they are silent', async () => {
  const file = join(folder.path, 'edited.db')
  const at = (values: readonly Revision[], hash: string) =>
    migratorOn(file, values, { tiers: [graphOf(withText(values, (revision) => (revision === 'r2' ? hash : 'same')))] })
  await at(chain, 'one').upgrade()
  expect((await at(chain, 'one').status()).edited).toEqual([])
  expect((await at(chain, 'two').status()).edited).toEqual([{ tier: 'main', revision: 'r2', what: 'only text' }])
  // Such as a compiled form beside its source: a service that starts from it has nothing to say.
  expect((await at(chain, 'two').upgrade()).warnings).toEqual([])
  expect((await at(chain, 'two').ensure({ mode: 'verify' })).warnings).toEqual([])
  expect((await errorOf(at(chain, 'two').upgrade('head', { strict: true }))).message).toContain('only text')
  const reversible = line(keyed('t'), {
    up: (op) => op.alterTable('t', (t) => t.addColumn('x', text())),
    down: (op) => op.alterTable('t', (t) => t.dropColumn('x')),
  })
  expect((await at(reversible, 'two').status()).edited[0]?.what).toBe('same operations')
  expect((await at(reversible, 'two').ensure({ mode: 'verify' })).warnings).toEqual([
    'Revision r2 (main) was edited after it was applied: same operations.',
  ])
  const other = line(keyed('t'), (op) => op.alterTable('t', (t) => t.addColumn('y', text())))
  expect((await at(other, 'three').status()).edited[0]?.what).toBe('operations differ')
  const broken = line(keyed('t'), () => {
    throw new TypeError('cannot read')
  })
  expect((await at(broken, 'four').status()).edited[0]?.what).toBe('cannot be compared')
  expect((await at(other, 'three').upgrade()).warnings[0]).toContain('r2')
  expect((await errorOf(at(other, 'three').upgrade('head', { strict: true }))).code).toBe('EDITED_REVISION')
  await at(other, 'three').stamp('r2', { acceptEdit: true })
  expect((await at(other, 'three').status()).edited).toEqual([])
})

test('a stamp that is refused makes no file; one that lost the race writes nothing', async () => {
  const file = join(folder.path, 'stamp.db')
  expect((await errorOf(migratorOn(file, chain).stamp('nope'))).code).toBe('UNKNOWN_REVISION')
  expect(existsSync(file)).toBe(false)
})

test('a stamped revision whose create was guarded does not take a table along that was there before', async () => {
  const file = join(folder.path, 'guarded.db')
  const guarded = line(nothing, (op) => {
    op.createTable('mine', (t) => t.column('a', text()), { ifNotExists: true })
    op.createTable('ours', (t) => t.column('a', text()))
  })
  executeIn(file, "CREATE TABLE mine (a TEXT); CREATE TABLE ours (a TEXT); INSERT INTO mine VALUES ('precious')")
  await migratorOn(file, guarded).stamp('head')
  await migratorOn(file, guarded).downgrade('r1')
  expect(rowsOf(file, 'SELECT * FROM mine')).toEqual([{ a: 'precious' }])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'ours'")).toEqual([])
})

test('the error of an upgrade that throws in its recording names the revision', async () => {
  const file = join(folder.path, 'throws.db')
  const broken = line(() => {
    throw new TypeError('no such thing')
  })
  const error = await migratorOn(file, broken)
    .upgrade()
    .catch((reason: unknown) => reason)
  expect(isMigrateError(error) ? error.location.revision : error).toBe('r1')
})
