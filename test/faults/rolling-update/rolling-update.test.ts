import { expect, it } from 'vitest'
import { describeOnEach } from '../../kit/own-sessions.ts'
import { type Instance, instance, type Order } from './instance.ts'

const limitMs = 240_000

describeOnEach(['postgres', 'mariadb'], 'a rolling update', (createDatabase, server) => {
  it(
    'from release to release: the old instances serve on, the new ones start, and each revision runs once',
    async () => {
      const db = await createDatabase()
      const start = (knows: number, mode: string, more: Partial<Order> = {}): Instance =>
        instance({
          url: db.url,
          knows,
          work: 'ensure',
          ...more,
          options: { mode, timeoutMs: 120_000, ...more.options },
        })
      const history = async (): Promise<readonly string[]> =>
        (await db.sql("SELECT revision FROM migrate_history WHERE direction = 'up' ORDER BY id")).map((row) =>
          String(row.revision),
        )
      const older = { state: 'ahead', applied: [], warnings: [expect.stringContaining('no file of the program has')] }

      // The release that runs: it migrates the empty database, and serves.
      const a = start(2, 'apply', { writes: 1 })
      expect(await a.ended()).toMatchObject({ ended: { state: 'atHead', applied: ['main:r1', 'main:r2'] } })
      await a.wroteMore()

      // The new release: its first instance is inside its revision, and the second one waits for it.
      const b = start(3, 'apply', { gated: true, writes: 1_000_000 })
      await b.inside()
      const c = start(3, 'wait', { writes: 2_000_000 })
      const c2 = start(3, 'apply', { writes: 3_000_000 })

      // Old instances that start again just then. Where DDL is part of the transaction nothing of it shows yet.
      const during = {
        verify: start(2, 'verify'),
        apply: start(2, 'apply', { writes: 4_000_000 }),
        hurried: start(2, 'apply', { options: { timeoutMs: 500 } }),
        wait: start(2, 'wait'),
      }
      if (server === 'postgres') {
        for (const each of Object.values(during)) {
          expect(await each.ended()).toMatchObject({ ended: { state: 'atHead', revision: ['r2'], applied: [] } })
        }
      } else {
        expect(await during.verify.ended()).toMatchObject({
          failed: {
            code: 'NOT_AT_HEAD',
            details: { state: 'interrupted' },
            remedy: 'Run the program that has this revision, which resumes it.',
          },
        })
        expect(await during.hurried.ended()).toMatchObject({
          failed: { code: 'LOCKED', details: { holder: expect.stringContaining('at revision r3') } },
        })
        expect(during.apply.isRunning()).toBe(true)
        expect(during.wait.isRunning()).toBe(true)
      }
      // The old release serves on while the revision runs.
      await a.wroteMore()
      await a.wroteMore()
      expect(b.isRunning()).toBe(true)
      expect(c.isRunning()).toBe(true)
      expect(c2.isRunning()).toBe(true)
      b.go()

      expect(await b.ended()).toMatchObject({ ended: { state: 'atHead', revision: ['r3'], applied: ['main:r3'] } })
      for (const each of [c, c2]) {
        expect(await each.ended()).toMatchObject({ ended: { state: 'atHead', revision: ['r3'], applied: [] } })
      }
      if (server === 'mariadb') {
        for (const each of [during.apply, during.wait]) expect(await each.ended()).toMatchObject({ ended: older })
      }
      for (const mode of ['verify', 'apply', 'wait']) {
        expect(await start(2, mode).ended()).toMatchObject({ ended: { ...older, revision: ['r3'] } })
      }
      await Promise.all([a, b, c, c2, during.apply].map((each) => each.wroteMore()))

      // The next release is compatible with none: a running instance is not stopped, a starting one is.
      const next = start(4, 'apply', { writes: 5_000_000 })
      expect(await next.ended()).toMatchObject({ ended: { state: 'atHead', applied: ['main:r4'] } })
      for (const knows of [2, 3]) {
        for (const mode of ['verify', 'apply', 'wait']) {
          expect(await start(knows, mode).ended()).toMatchObject({
            failed: {
              code: 'NOT_AT_HEAD',
              details: { state: 'ahead' },
              message: expect.stringContaining('Not compatible with it: r4.'),
              remedy: expect.stringContaining('Start the newer program'),
            },
          })
        }
      }
      expect(await start(2, 'verify', { options: { ahead: 'serve' } }).ended()).toMatchObject({ ended: older })
      const servingInstance = start(3, 'apply', { options: { ahead: 'serve' }, writes: 6_000_000 })
      expect(await servingInstance.ended()).toMatchObject({ ended: { ...older, revision: ['r4'] } })

      const serving = [a, b, c, c2, during.apply, next, servingInstance]
      await Promise.all(serving.map((each) => each.wroteMore()))
      const wrote = await Promise.all(serving.map((each) => each.stop()))
      const written = await db.sql(
        "SELECT (id - id % 1000000) / 1000000 AS who, count(*) AS n FROM notes WHERE text = 'changed' GROUP BY 1 ORDER BY 1",
      )
      expect(written.map((row) => Number(row.n))).toEqual(wrote)
      expect(await db.sql('SELECT count(*) AS n FROM notes')).toEqual([
        { n: String(wrote.reduce((sum, each) => sum + each, 0)) },
      ])
      expect((await db.sql('SELECT id FROM labels')).map((row) => Number(row.id))).toEqual([1])
      expect(await history()).toEqual(['r1', 'r2', 'r3', 'r4'])
      expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'r4' }])
      if (server === 'mariadb') expect(await db.sql('SELECT revision FROM migrate_journal')).toEqual([])
    },
    limitMs,
  )

  it(
    'whose first new instance is killed inside its revision is finished by the next, and the old ones have served on',
    async () => {
      const db = await createDatabase()
      const start = (knows: number, mode: string, more: Partial<Order> = {}): Instance =>
        instance({ url: db.url, knows, work: 'ensure', ...more, options: { mode, timeoutMs: 120_000 } })
      const a = start(2, 'apply', { writes: 1 })
      expect(await a.ended()).toMatchObject({ ended: { state: 'atHead' } })
      const b = start(3, 'apply', { gated: true })
      await b.inside()
      const c = start(3, 'apply')
      const waiting = start(3, 'wait')
      await b.kill()
      expect(await c.ended()).toMatchObject({ ended: { state: 'atHead', revision: ['r3'], applied: ['main:r3'] } })
      expect(await waiting.ended()).toMatchObject({ ended: { state: 'atHead', revision: ['r3'], applied: [] } })
      await a.wroteMore()
      const wrote = await a.stop()
      expect(await db.sql("SELECT count(*) AS n FROM notes WHERE text = 'changed'")).toEqual([{ n: String(wrote) }])
      expect((await db.sql('SELECT id FROM labels')).map((row) => Number(row.id))).toEqual([1])
      expect(
        await db.sql("SELECT count(*) AS n FROM migrate_history WHERE revision = 'r3' AND direction = 'up'"),
      ).toEqual([{ n: '1' }])
    },
    limitMs,
  )
})
