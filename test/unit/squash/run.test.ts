import { join } from 'node:path'
import { isMigrateError } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../../kit/migrator.ts'
import { executeIn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { sqliteClient } from '../script/client.ts'
import { both, type Ground, heads, log, old, on, promises, pruned } from './kit.ts'

describe('on SQLite', () => {
  const folder = temporaryFolder()
  const ground = async (): Promise<Ground> => {
    const file = join(folder.path, 'app.db')
    return {
      dialect: sqliteDialect({ url: `sqlite:${file}` }),
      sql: async (text) => {
        if (text.startsWith('SELECT')) return rowsOf(file, text)
        executeIn(file, text)
        return []
      },
    }
  }
  promises(ground)

  test('a database inside the range is refused, and the remedy leads out of it', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r2')
    const error = await errorOf(on(dialect, both).upgrade())
    expect(error).toMatchObject({
      code: 'INSIDE_SQUASH',
      details: { squash: 's1', at: ['r2'], head: 'r3', missing: [] },
    })
    expect(error.remedy).toContain('`migrate upgrade r3`')
    expect((await errorOf(on(dialect, both).ensure({ mode: 'apply' }))).code).toBe('INSIDE_SQUASH')
    expect((await on(dialect, both).upgrade('r3')).applied).toEqual(['main:r3'])
    expect((await on(dialect, both).upgrade()).applied).toEqual(['main:s1', 'main:r4'])
  })

  test('one whose files of the range are gone is told to bring them back', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r2')
    const error = await errorOf(on(dialect, pruned).upgrade())
    expect(error).toMatchObject({ code: 'INSIDE_SQUASH', details: { missing: ['r1', 'r2', 'r3'] } })
    expect(error.remedy).toContain('Bring back the files of r1, r2, r3')
    expect((await on(dialect, both).upgrade('r3')).applied).toEqual(['main:r3'])
    expect((await on(dialect, pruned).upgrade()).applied).toEqual(['main:s1', 'main:r4'])
  })

  test('one inside the range goes down with its own revisions', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r2')
    await on(dialect, both).downgrade('base')
    expect((await on(dialect, both).upgrade()).applied).toEqual(['main:s1', 'main:r4'])
  })

  test('a database that has not recorded it goes below it, and the last run is not mixed up', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade('r3')
    expect(await on(dialect, both).downgrade('base')).toMatchObject({ heads: [{ tier: 'main', heads: [] }] })
    expect(await heads(on(dialect, both))).toEqual([])
    await expect(sql('SELECT id FROM t_r1')).rejects.toThrow()
    await on(dialect, old).upgrade('r3')
    await on(dialect, both).upgrade('s1')
    expect((await errorOf(on(dialect, both).downgrade('last-run'))).code).toBe('LAST_RUN_UNKNOWN')
    await sql('SELECT id FROM t_r1')
  })

  test('stopped while it is recorded, it is recorded by the next run', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r3')
    const stop = () => {
      throw new Error('stopped')
    }
    expect(isMigrateError(await errorOf(on(dialect, both, { afterRevision: stop }).upgrade()))).toBe(true)
    expect(await heads(on(dialect, old))).toEqual(['r3'])
    expect((await on(dialect, both).upgrade()).applied).toEqual(['main:s1', 'main:r4'])
  })

  test('two processes at once record it once', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade('r3')
    const runs = await Promise.all([on(dialect, both).upgrade(), on(dialect, both).upgrade()])
    expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(['main:r4', 'main:s1'])
    expect(await sql(log)).toHaveLength(5)
  })

  test('before it is recorded, nothing is reported as missing in the history', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r3')
    expect(await on(dialect, both).status()).toMatchObject({ edited: [], warnings: [] })
  })

  test('a script for a database that has not recorded it runs there, and records it as a run does', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade('r3')
    await sql('INSERT INTO t_r1 (id) VALUES (7)')
    const script = await on(dialect, both).script('head', { from: 'current' })
    expect(script).toContain('-- from main at r3')
    expect(sqliteClient?.(dialect.connection.database, script)).toEqual({ stopped: false, output: '' })
    expect((await sql(log)).slice(3)).toMatchObject([
      { revision: 's1', direction: 'stamp' },
      { revision: 'r4', direction: 'up' },
    ])
    expect(await sql('SELECT id FROM t_r1')).toMatchObject([{ id: 7 }])
    expect(await heads(on(dialect, pruned))).toEqual(['r4'])
  })

  test('a script down from one that is not recorded runs there', async () => {
    const { dialect, sql } = await ground()
    await on(dialect, old).upgrade('r3')
    const script = await on(dialect, both).script('base', { from: 'current' })
    expect(sqliteClient?.(dialect.connection.database, script)).toEqual({ stopped: false, output: '' })
    expect(await heads(on(dialect, both))).toEqual([])
    await expect(sql('SELECT id FROM t_r1')).rejects.toThrow()
  })

  test('a stamp moves the row of the range', async () => {
    const { dialect } = await ground()
    await on(dialect, old).upgrade('r3')
    await on(dialect, both).stamp('r4')
    expect(await heads(on(dialect, both))).toEqual(['r4'])
  })

  test('a stamp of the squashed revision itself, by a run or a script, records it', async () => {
    const recorded = [{ version_num: 's1' }]
    for (const stamp of ['run', 'script'] as const) {
      const { dialect, sql } = await ground()
      const migrator = on(dialect, both)
      await migrator.downgrade('base')
      await on(dialect, old).upgrade('r3')
      if (stamp === 'run') await migrator.stamp('s1')
      else {
        const script = await migrator.script('s1', { from: 'current', command: 'stamp' })
        expect(sqliteClient?.(dialect.connection.database, script)).toEqual({ stopped: false, output: '' })
      }
      expect(await sql('SELECT version_num FROM migrate_version')).toEqual(recorded)
      expect((await migrator.status()).tiers[0]).toMatchObject({ squashed: [{ revision: 's1', state: 'applied' }] })
    }
  })
})
