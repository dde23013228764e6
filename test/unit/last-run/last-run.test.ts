import { join } from 'node:path'
import { createMigrator, graphOf, type Migrator, type Revision, revisions, type Tier } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'
import { dialectOf } from '../backup/kit.ts'
import { executeIn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { chainOf, headsOf, makes, upTo } from './kit.ts'

/** A database, and SQL that goes past the migrator. */
interface Ground {
  readonly dialect: UnloadedDialect
  sql(text: string): Promise<readonly unknown[]>
}

const directions = 'SELECT revision, direction FROM migrate_history ORDER BY id'
const refusal = async (migrator: Migrator): Promise<string> => {
  const error = await errorOf(migrator.downgrade('last-run'))
  expect(error.code).toBe('LAST_RUN_UNKNOWN')
  return error.message
}

/** The same promises on each database. */
function promises(ground: () => Promise<Ground>): void {
  test('takes back what the last run applied, and nothing else', async () => {
    const { dialect, sql } = await ground()
    await upTo(dialect, 2).upgrade()
    await upTo(dialect, 5).upgrade()
    const { applied, heads } = await upTo(dialect, 5).downgrade('last-run')
    expect(applied).toEqual(['main:r5', 'main:r4', 'main:r3'])
    expect(heads).toEqual([{ tier: 'main', heads: ['r2'] }])
    await sql('SELECT id FROM t_r2')
    await expect(sql('SELECT id FROM t_r3')).rejects.toThrow()
    expect(await refusal(upTo(dialect, 5))).toContain('the last run was a downgrade')
    await upTo(dialect, 5).upgrade('+1')
    expect((await upTo(dialect, 5).downgrade('last-run')).applied).toEqual(['main:r3'])
  })

  test('that was stopped halfway is finished by the next call', async () => {
    const { dialect } = await ground()
    await upTo(dialect, 1).upgrade()
    await upTo(dialect, 4).upgrade()
    let reverted = 0
    const beforeRevision = (): void => {
      reverted += 1
      if (reverted === 3) throw new Error('stopped')
    }
    expect((await errorOf(upTo(dialect, 4, { beforeRevision }).downgrade('last-run'))).code).toBe('HOOK_FAILED')
    expect(await headsOf(upTo(dialect, 4))).toEqual(['r2'])
    const plan = await upTo(dialect, 4).plan('last-run')
    expect(plan).toMatchObject({ direction: 'down', target: 'last-run', steps: [{ revision: 'r2' }] })
    expect((await upTo(dialect, 4).downgrade('last-run')).applied).toEqual(['main:r2'])
    expect(await headsOf(upTo(dialect, 4))).toEqual(['r1'])
    expect(await refusal(upTo(dialect, 4))).toContain('the last run was a downgrade')
  })

  test('is refused after a stamp, a downgrade and a run that does not say which it was', async () => {
    const { dialect, sql } = await ground()
    expect(await refusal(upTo(dialect, 3))).toContain('nothing has run')
    await upTo(dialect, 2).upgrade()
    await upTo(dialect, 3).stamp('r3')
    expect(await refusal(upTo(dialect, 3))).toContain('a stamp of r3')
    await upTo(dialect, 3).stamp('r2')
    await upTo(dialect, 2).downgrade('r1')
    expect(await refusal(upTo(dialect, 2))).toContain('the last run was a downgrade')
    await upTo(dialect, 2).upgrade()
    await sql('UPDATE migrate_history SET run = NULL')
    expect(await refusal(upTo(dialect, 2))).toContain('an earlier version recorded it')
    expect(await headsOf(upTo(dialect, 2))).toEqual(['r2'])
  })

  test('is refused where what it applied is not applied any more, or not on top', async () => {
    const { dialect, sql } = await ground()
    await upTo(dialect, 1).upgrade()
    await upTo(dialect, 3).upgrade()
    await upTo(dialect, 3).stamp('r1')
    // A stamp of `base` leaves no row; here the row of the other stamp goes too.
    await sql("DELETE FROM migrate_history WHERE direction = 'stamp'")
    expect(await refusal(upTo(dialect, 3))).toContain('that is not applied now')
    await sql("UPDATE migrate_version SET version_num = 'r4'")
    expect(await refusal(upTo(dialect, 4))).toContain('r4 of main stands on what it applied')
  })

  test('of several heads and a merge reverts the lines of that run', async () => {
    const { dialect } = await ground()
    const base = makes('base_1', null)
    const one: Revision = { ...makes('one', 'base_1'), branchLabels: ['left'] }
    const two: Revision = { ...makes('two', 'base_1'), branchLabels: ['right'] }
    const merge: Revision = { revision: 'merge', downRevision: ['one', 'two'], upgrade: () => {} }
    const of = (...chain: readonly Revision[]): Migrator =>
      migratorOf(dialect, chain, { heads: 'several', transaction: 'revision' })
    await of(base, one).upgrade()
    await of(base, one, two, merge).upgrade('heads')
    expect((await of(base, one, two, merge).downgrade('last-run')).applied).toEqual(['main:merge', 'main:two'])
    expect(await headsOf(of(base, one, two, merge))).toEqual(['one'])
    await of(base, one, two).upgrade('heads')
    const three = makes('three', 'one')
    const four = makes('four', 'two')
    await of(base, one, two, three, four).upgrade('heads')
    const { applied } = await of(base, one, two, three, four).downgrade('last-run')
    expect([...applied].sort()).toEqual(['main:four', 'main:three'])
    expect(await headsOf(of(base, one, two, three, four))).toEqual(['one', 'two'])
  })

  test('of several tiers reverts each, from the last one down', async () => {
    const { dialect } = await ground()
    const legacy = (count: number): Tier => ({
      name: 'legacy',
      kind: 'sequential',
      source: revisions(Array.from({ length: count }, (_, at) => makes(`00${at + 1}`, at === 0 ? null : `00${at}`))),
    })
    const of = (count: number, graph: number): Migrator =>
      createMigrator({ dialect, tiers: [legacy(count), graphOf(revisions(chainOf(graph)))], transaction: 'revision' })
    await of(1, 0).upgrade('head', { tier: 'legacy' })
    await of(2, 2).upgrade()
    expect((await of(2, 2).downgrade('last-run')).applied).toEqual(['main:r2', 'main:r1', 'legacy:002'])
    await of(2, 1).upgrade()
    await of(3, 1).upgrade('head', { tier: 'legacy' })
    expect(await refusal(of(3, 1))).toContain('r1 of main stands on what it applied')
  })

  test('works on a history of an earlier version from the next run on', async () => {
    const { dialect, sql } = await ground()
    await upTo(dialect, 2).upgrade()
    await sql('ALTER TABLE migrate_history DROP COLUMN run')
    expect(await refusal(upTo(dialect, 2))).toContain('an earlier version recorded it')
    expect(await upTo(dialect, 3).history()).toHaveLength(2)
    await upTo(dialect, 3).upgrade()
    expect((await upTo(dialect, 3).downgrade('last-run')).applied).toEqual(['main:r3'])
    expect(await sql(directions)).toEqual([
      { revision: 'r1', direction: 'up' },
      { revision: 'r2', direction: 'up' },
      { revision: 'r3', direction: 'up' },
      { revision: 'r3', direction: 'down' },
    ])
  })

  test('of a saved plan runs that plan, and no other', async () => {
    const { dialect } = await ground()
    await upTo(dialect, 1).upgrade()
    await upTo(dialect, 3).upgrade()
    const plan = JSON.parse(JSON.stringify(await upTo(dialect, 3).plan('last-run'))) as Awaited<
      ReturnType<Migrator['plan']>
    >
    const run = async (): Promise<readonly string[]> => {
      const events = upTo(dialect, 3).run(plan)
      for (;;) {
        const { value, done } = await events.next()
        if (done === true) return value.applied
      }
    }
    expect(await run()).toEqual(['main:r3', 'main:r2'])
    await upTo(dialect, 3).upgrade('r2')
    expect((await errorOf(run())).code).toBe('PLAN_STALE')
    expect(await headsOf(upTo(dialect, 3))).toEqual(['r2'])
  })
}

describe('downgrade last-run on SQLite', () => {
  const folder = temporaryFolder()
  promises(async () => {
    const file = join(folder.path, 'app.db')
    return {
      dialect: sqliteDialect({ url: `sqlite:${file}` }),
      sql: async (text) => {
        if (text.startsWith('SELECT')) return rowsOf(file, text)
        executeIn(file, text)
        return []
      },
    }
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'downgrade last-run', (createDatabase, server) => {
  promises(async () => {
    const database = await createDatabase()
    return { dialect: dialectOf(database), sql: (text) => database.sql(text) }
  })

  test('of a run that was interrupted in a revision and resumed takes back what the resuming run recorded', async () => {
    const database = await createDatabase()
    const dialect = dialectOf(database)
    await upTo(dialect, 1).upgrade()
    const isMysql = familyOf(server) === 'mysql'
    const broken: Revision = {
      ...makes('r3', 'r2'),
      upgrade: (op) => {
        makes('r3', 'r2').upgrade?.(op)
        op.sql('INSERT INTO awaited VALUES (1)')
      },
      downgrade: (op) => op.dropTable('t_r3'),
    }
    const of = (): Migrator => migratorOf(dialect, [...chainOf(2), broken], { transaction: 'revision' })
    await errorOf(of().upgrade())
    expect((await of().status()).interrupted).toHaveLength(isMysql ? 1 : 0)
    await database.sql('CREATE TABLE awaited (id int)')
    const resumed = await of().upgrade()
    expect(resumed.applied).toEqual(['main:r3'])
    expect((await of().downgrade('last-run')).applied).toEqual(['main:r3'])
    expect(await headsOf(of())).toEqual(['r2'])
  })
})

describeOnDialects(['mariadb', 'mysql'], 'downgrade last-run where each statement commits', (createDatabase) => {
  const broken: Revision = {
    revision: 'r3',
    downRevision: 'r2',
    upgrade: makes('r3', 'r2').upgrade,
    downgrade: (op) => {
      op.dropTable('t_r3')
      op.sql('DELETE FROM awaited')
    },
  }

  test('that failed in the middle of a revision is finished by the next call', async () => {
    const database = await createDatabase()
    const dialect = dialectOf(database)
    await upTo(dialect, 1).upgrade()
    const of = (): Migrator => migratorOf(dialect, [...chainOf(2), broken])
    await of().upgrade()
    await errorOf(of().downgrade('last-run'))
    expect((await of().status()).interrupted).toMatchObject([{ revision: 'r3', direction: 'down' }])
    await database.sql('CREATE TABLE awaited (id int)')
    expect((await of().downgrade('last-run')).applied).toEqual(['main:r3', 'main:r2'])
    expect(await headsOf(of())).toEqual(['r1'])
    expect((await of().status()).interrupted).toEqual([])
  })

  test('is refused while an upgrade is interrupted, and once that is taken back', async () => {
    const database = await createDatabase()
    const dialect = dialectOf(database)
    await upTo(dialect, 1).upgrade()
    const half: Revision = {
      ...makes('r3', 'r2'),
      upgrade: (op) => {
        makes('r3', 'r2').upgrade?.(op)
        op.sql('INSERT INTO awaited VALUES (1)')
      },
    }
    const of = (): Migrator => migratorOf(dialect, [...chainOf(2), half])
    await errorOf(of().upgrade())
    expect((await of().status()).interrupted).toMatchObject([{ revision: 'r3', direction: 'up' }])
    expect((await errorOf(of().downgrade('last-run'))).code).toBe('REVISION_INTERRUPTED')
    await of().resume({ revert: true })
    expect(await refusal(of())).toContain('the taking back of an interrupted revision of r3')
    expect((await of().downgrade('r1')).applied).toEqual(['main:r2'])
    expect(await headsOf(of())).toEqual(['r1'])
  })
})
