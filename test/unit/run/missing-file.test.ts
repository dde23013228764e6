import { join } from 'node:path'
import { integer, isMigrateError, type Migrator, type Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { readTierPosition } from '@org/migrate-core/internal'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { temporaryFolder } from './kit.ts'

const table =
  (name: string): Recorded =>
  (op) =>
    op.createTable(name, (t) => t.column('id', integer()))
const chain = line(table('one'), table('two'), table('three'))
const of = (...ids: readonly string[]): readonly Revision[] => chain.filter(({ revision }) => ids.includes(revision))

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (isMigrateError(error) ? error.code : String(error)),
  )
}

/** The promises, on a database of its own for each. */
function promises(createDatabase: () => Promise<() => UnloadedDialect>): void {
  const on = (dialect: () => UnloadedDialect, files: readonly Revision[]): Migrator => migratorOf(dialect(), files)

  test('of all of them: the history of another service is left to it, and tables of its own let this one run', async () => {
    const dialect = await createDatabase()
    await on(dialect, of('r1')).upgrade()
    const other: readonly Revision[] = [{ revision: 's1', downRevision: null, upgrade: table('four') }]
    await expect(on(dialect, other).upgrade()).rejects.toMatchObject({
      code: 'UNKNOWN_APPLIED_REVISION',
      remedy:
        'Use the release that knows these revisions, or bring their files back. If they are those of another service, give this one bookkeeping tables of its own by the option `tables`.',
    })
    const tables = {
      version: 'own_version',
      history: 'own_history',
      preserved: 'own_preserved',
      journal: 'own_journal',
      lock: 'own_lock',
    }
    expect((await migratorOf(dialect(), other, { tables }).upgrade()).applied).toEqual(['main:s1'])
    expect((await on(dialect, of('r1')).status()).tiers).toMatchObject([{ heads: ['r1'], unknown: [] }])
  })

  test('in the middle: looking names it, an upgrade is refused, a downgrade goes by the history', async () => {
    const dialect = await createDatabase()
    await on(dialect, chain).upgrade()
    const without = on(dialect, of('r1', 'r3'))
    expect((await without.status()).tiers).toMatchObject([{ heads: ['r3'], pending: [], unknown: [], missing: ['r2'] }])
    const { graph, heads, applied, missing } = await readTierPosition(without)
    expect({ order: graph.order, heads, applied: [...applied].sort(), missing }).toEqual({
      order: ['r1', 'r2', 'r3'],
      heads: ['r3'],
      applied: ['r1', 'r2', 'r3'],
      missing: ['r2'],
    })
    expect(await codeOf(without.upgrade())).toBe('MISSING_PARENT')
    expect(await codeOf(without.status({ files: false }))).toBe('MISSING_PARENT')
    expect(await codeOf(without.downgrade('r1'))).toBe('done')
    const { tiers } = await on(dialect, chain).status()
    expect(tiers).toMatchObject([{ heads: ['r1'], pending: ['r2', 'r3'], missing: [] }])
    // What was reverted is no longer applied: the file is missing, and nothing else says what it was.
    expect(await codeOf(without.status())).toBe('MISSING_PARENT')
    expect(await codeOf(on(dialect, chain).upgrade())).toBe('done')
  })

  test('at the end, with one below it: both are named, and both can be reverted', async () => {
    const dialect = await createDatabase()
    await on(dialect, chain).upgrade()
    const older = on(dialect, of('r1'))
    expect((await older.status()).tiers).toMatchObject([{ heads: ['r3'], unknown: ['r3'], missing: ['r2', 'r3'] }])
    expect(await codeOf(older.upgrade())).toBe('UNKNOWN_APPLIED_REVISION')
    expect(await codeOf(older.downgrade('r1'))).toBe('done')
    expect((await older.status()).state).toBe('atHead')
  })

  test('stamped, so that its effects were not recorded: the downgrade needs the file', async () => {
    const dialect = await createDatabase()
    const all = on(dialect, chain)
    await all.upgrade('r1')
    await all.stamp('r2')
    await all.stamp('r3')
    const without = on(dialect, of('r1', 'r3'))
    expect((await without.status()).tiers).toMatchObject([{ missing: ['r2'] }])
    expect(await codeOf(without.downgrade('r1'))).toBe('REVISION_FILE_NEEDED')
    expect((await all.status()).revision).toEqual(['r3'])
  })
}

describe('an applied revision whose file is gone, on SQLite', () => {
  const folder = temporaryFolder()
  promises(async () => () => sqliteDialect({ url: `sqlite:${join(folder.path, 'app.db')}` }))
})

describeOn('postgres', 'an applied revision whose file is gone', (createDatabase) => {
  promises(async () => {
    const { url } = await createDatabase()
    return () => postgresDialect({ url })
  })
})
