import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, integer, type Migrator, type OperationRecorder, type Revision } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../kit/migrator.ts'
import type { Ground, GroundName } from './grounds/ground.ts'
import { groundOn } from './grounds/index.ts'
import { isThere, onGround } from './kills/suite.ts'
import { dialectFor } from './runner/dialects.ts'

const createTable = (name: string) => (op: OperationRecorder) => {
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })
  op.insertRows(name, [{ id: 1, n: 1 }], { key: ['id'] })
}

const first: Revision = { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: createTable('one') }
const second: Revision = { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade: createTable('two') }
const third: Revision = { revision: 'cccccccccccc', downRevision: 'bbbbbbbbbbbb', upgrade: createTable('three') }

const on = (ground: Ground, ...chain: readonly Revision[]): Migrator =>
  migratorOf(dialectFor(ground.dialect, ground.url), chain)

/** What the refused run has left alone: everything but the row of the lock, which says that there was one. */
async function untouched(ground: Ground, run: () => Promise<unknown>, error: object): Promise<void> {
  const before = await ground.inspect()
  await expect(run()).rejects.toMatchObject(error)
  expect((await ground.inspect()).lasting).toEqual(before.lasting)
}

const fileThatMakes = (table: string): string => `
export const revision = 'aaaaaaaaaaaa'
export const downRevision = null
export const branchLabels = []
export const dependsOn = []
export function upgrade(op) {
  op.createTable('${table}', (t) => {
    t.column('id', ${JSON.stringify(integer())}, { nullable: false })
    t.primaryKey(['id'])
  })
}
`

const servers = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const satisfies readonly GroundName[]

describe.each(servers.filter(isThere))('%s: a history that is not what the files say', (name) => {
  const test = (title: string, body: (ground: Ground) => Promise<void>): void =>
    it(
      title,
      onGround(() => groundOn(name), body),
    )

  test('row 64: of a newer program is refused by an older one, which touches nothing', async (ground) => {
    await on(ground, first, second).upgrade()
    await untouched(ground, () => on(ground, first).upgrade(), { code: 'UNKNOWN_APPLIED_REVISION' })
  })

  test('row 65: of a revision that was edited since is told, and refused where that is asked for', async (ground) => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-faults-files-'))
    const written = (table: string): Migrator => {
      // Another name each time: Node imports a file once.
      const home = mkdtempSync(join(folder, 'files-'))
      writeFileSync(join(home, 'aaaaaaaaaaaa_first.mjs'), fileThatMakes(table))
      return createMigrator({ dialect: dialectFor(ground.dialect, ground.url), tiers: [graph(home)] })
    }
    try {
      await written('one').upgrade()
      const edited = written('other')
      await untouched(ground, () => edited.upgrade('head', { strict: true }), { code: 'EDITED_REVISION' })
      const { warnings } = await edited.upgrade()
      expect(warnings.join('\n')).toContain('Revision aaaaaaaaaaaa (main) was edited')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('row 67: of a revision whose file is gone stops, and names it', async (ground) => {
    await on(ground, first, second).upgrade()
    await untouched(ground, () => on(ground, first).upgrade(), { message: expect.stringContaining('bbbbbbbbbbbb') })
  })

  test('row 69: that lacks a revision below its head gets it when it is asked for by name', async (ground) => {
    const branch: Revision = { revision: 'dddddddddddd', downRevision: 'aaaaaaaaaaaa', upgrade: createTable('four') }
    await on(ground, first, second).upgrade()
    await untouched(ground, () => on(ground, first, second, branch).upgrade(), { code: 'MULTIPLE_HEADS' })
    const { applied } = await on(ground, first, second, branch).upgrade('heads')
    expect(applied).toEqual(['main:dddddddddddd'])
  })

  test('row 70: with unknown versions is never taken for an empty one', async (ground) => {
    await on(ground, first).upgrade()
    await ground.script("INSERT INTO migrate_version VALUES ('ffffffffffff')")
    await untouched(ground, () => on(ground, first, second).upgrade(), { code: 'UNKNOWN_APPLIED_REVISION' })
  })

  test('row 71: that is gone, beside tables that are there, is not started again over them', async (ground) => {
    await on(ground, first).upgrade()
    await ground.script('DROP TABLE migrate_version')
    await ground.script('DROP TABLE migrate_history')
    await untouched(ground, () => on(ground, first, second).upgrade(), { code: expect.any(String) })
    expect(await ground.rows('SELECT n FROM one')).toHaveLength(1)
  })

  test('that a stamp began has no row of what lies below, which is no loss', async (ground) => {
    const all = () => on(ground, first, second, third)
    await all().upgrade()
    await ground.script('DELETE FROM migrate_history')
    await all().stamp('cccccccccccc')
    for (const target of ['bbbbbbbbbbbb', 'aaaaaaaaaaaa']) {
      await all().downgrade(target)
      expect((await all().status()).warnings).toEqual([])
    }
    expect((await all().upgrade()).warnings).toEqual([])
    await all().downgrade('bbbbbbbbbbbb')
    expect((await all().status()).warnings).toEqual([])
    // This one ran.
    await ground.script("DELETE FROM migrate_history WHERE revision = 'bbbbbbbbbbbb' AND direction = 'up'")
    expect((await all().status()).warnings).toEqual([expect.stringContaining('has no row of bbbbbbbbbbbb, which is')])
  })

  test('row 72: that was changed by hand is named', async (ground) => {
    await on(ground, first, second).upgrade()
    await ground.script("UPDATE migrate_history SET parents = '{' WHERE revision = 'bbbbbbbbbbbb'")
    await untouched(ground, () => on(ground, first).upgrade(), {
      code: expect.any(String),
      message: expect.stringContaining('migrate_history'),
    })
  })

  test('row 57: of a table that was changed by hand stops the downgrade, with the differences', async (ground) => {
    await on(ground, first, second).upgrade()
    await ground.script('ALTER TABLE two ADD COLUMN more integer')
    await untouched(ground, () => on(ground, first, second).downgrade('-1'), {
      message: expect.stringContaining('more'),
    })
  })

  test('row 98: a listener that throws stops nothing', async (ground) => {
    const run = on(ground, first).upgrade('head', {
      onEvent: () => {
        throw new Error('the listener is broken')
      },
    })
    const { applied, warnings } = await run
    expect(applied).toEqual(['main:aaaaaaaaaaaa'])
    expect(warnings.join('\n')).toContain('the listener is broken')
  })

  test('row 86: times that lie in the future change no order', async (ground) => {
    await on(ground, first).upgrade()
    await ground.script(
      "UPDATE migrate_history SET started_at = '2126-01-01T00:00:00.000Z', finished_at = '2126-01-01T00:00:00.000Z'",
    )
    await on(ground, first, second).upgrade()
    await on(ground, first, second).downgrade('-1')
    const { applied } = await on(ground, first, second, third).upgrade()
    expect(applied).toEqual(['main:bbbbbbbbbbbb', 'main:cccccccccccc'])
  })

  test('row 63: whose lock is of a kind that is not known is refused', async (ground) => {
    await on(ground, first).upgrade()
    // On SQLite the lock is a file, which holds it by being locked: its row is only what people are shown.
    if (ground.dialect === 'sqlite') return
    await ground.script('UPDATE migrate_lock SET protocol = 99')
    await untouched(ground, () => on(ground, first, second).upgrade(), { code: 'BOOKKEEPING_NEWER' })
  })

  test('row 15: a data step that never ends is an error, and its revision is not recorded', async (ground) => {
    const never: Revision = {
      ...second,
      upgrade: (op) => op.run('waits for nothing', { up: () => new Promise(() => undefined), down: 'none' }),
    }
    await on(ground, first).upgrade()
    const migrator = migratorOf(dialectFor(ground.dialect, ground.url), [first, never], { stepIdleMs: 200 })
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: expect.any(String),
      message: expect.stringContaining('waits for nothing'),
    })
    expect(await ground.rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'aaaaaaaaaaaa' }])
  })

  test('row 56: rows that applications write during a run are all there', async (ground) => {
    await on(ground, first).upgrade()
    const slow: Revision = {
      ...second,
      upgrade(op) {
        op.alterTable('one', (t) => t.addColumn('more', integer(), { default: 5 }))
        op.run('each row', {
          up: async (db) => void (await db.execute('UPDATE "one" SET "more" = "more" + 1')),
          down: 'none',
        })
        op.createIndex('one', 'one_n', ['n'])
      },
    }
    let [over, written] = [false, 0]
    const writing = (async () => {
      while (!over || written < 5) {
        // A writer of SQLite in the thread of the run waits for a lock that the run cannot give back meanwhile.
        const isWritten = await ground.script(`INSERT INTO one (id, n) VALUES (${100 + written}, 1)`).then(
          () => true,
          (error: unknown) => {
            if (ground.dialect !== 'sqlite' || !String(error).includes('database is locked')) throw error
            return false
          },
        )
        if (isWritten) written += 1
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
    await on(ground, first, slow).upgrade()
    over = true
    await writing
    const [row] = await ground.rows('SELECT COUNT(*) AS n, MIN(more) AS least, MAX(more) AS most FROM one')
    expect(Number(row?.n)).toBe(written + 1)
    // Written before the step it was counted up; written after it, it has the default.
    expect([Number(row?.least) >= 5, Number(row?.most)]).toEqual([true, 6])
  })
})
