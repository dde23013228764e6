import { createMigrator, integer, type OperationRecorder, type Revision } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../kit/migrator.ts'
import type { Ground } from './grounds/ground.ts'
import { groundOn } from './grounds/index.ts'
import { isThere, onGround } from './kills/suite.ts'
import { dialectFor } from './runner/dialects.ts'
import { processesFor } from './runner/processes.ts'
import { scenarios } from './scenarios/index.ts'

const first: Revision = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('one', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    })
    op.insertRows('one', [{ id: 1, n: 1 }], { key: ['id'] })
  },
}

const upgraded = (ground: Ground, ...chain: readonly Revision[]) =>
  migratorOf(dialectFor(ground.dialect, ground.url), chain).upgrade()

describe.each((['mariadb', 'mysql'] as const).filter(isThere))('%s: an interrupted revision', (name) => {
  it(
    'row 66: was edited where it has run, which is refused, or where it has not, which is taken',
    onGround(
      () => groundOn(name),
      async (ground) => {
        const interruptedRevision = (column: string, unique: string): Revision => ({
          revision: 'bbbbbbbbbbbb',
          downRevision: 'aaaaaaaaaaaa',
          upgrade(op) {
            op.alterTable('one', (t) => t.addColumn(column, integer(), { default: 5 }))
            op.alterTable('one', (t) => t.createIndex(unique, ['n'], { unique: true }))
          },
        })
        await upgraded(ground, first)
        await ground.script('INSERT INTO one (id, n) VALUES (2, 1)')
        await expect(upgraded(ground, first, interruptedRevision('a', 'u'))).rejects.toMatchObject({
          code: 'BLOCKING_ROWS',
        })
        const before = await ground.inspect()
        await expect(upgraded(ground, first, interruptedRevision('b', 'u'))).rejects.toMatchObject({
          code: 'REVISION_INTERRUPTED',
        })
        expect((await ground.inspect()).lasting).toEqual(before.lasting)
        await ground.script('DELETE FROM one WHERE id = 2')
        const { applied } = await upgraded(ground, first, interruptedRevision('a', 'other'))
        expect(applied).toEqual(['main:bbbbbbbbbbbb'])
        expect(await ground.rows('SELECT a FROM one')).toEqual([{ a: '5' }])
      },
    ),
  )
})

describe.each((['sqlite', 'postgres', 'mariadb', 'mysql'] as const).filter(isThere))(
  '%s: a run that is stopped',
  (name) => {
    it(
      'row 17: keeps its lock as long as it lives; woken up it ends, and the others find nothing to do',
      onGround(
        () => groundOn(name),
        async (ground) => {
          const migrator = createMigrator({
            dialect: dialectFor(ground.dialect, ground.url),
            tiers: scenarios.backfills.tiers(ground.dialect),
            waitMs: 500,
          })
          await migrator.upgrade('aaaaaaaaaaaa')
          const processes = await processesFor(ground.dialect)
          try {
            const stopped = await processes.start({
              scenario: 'backfills',
              dialect: ground.dialect,
              url: ground.url,
              direction: 'up',
              target: 'head',
              strike: { at: 40, when: 'before', signal: 'SIGSTOP' },
            })
            await stopped.struck
            await expect(migrator.upgrade()).rejects.toMatchObject({
              code: expect.stringMatching(/LOCKED|DATABASE_BUSY/),
            })
            stopped.kill('SIGCONT')
            const { answer } = await stopped.ended
            expect(answer?.applied).toEqual(['main:bbbbbbbbbbbb'])
            expect((await migrator.upgrade()).applied).toEqual([])
          } finally {
            processes.close()
          }
        },
      ),
    )
  },
)
