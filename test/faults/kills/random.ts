import { expect, it } from 'vitest'
import { caseSeed, random, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { record } from '../figures.ts'
import { differences, type Ground, type GroundName } from '../grounds/ground.ts'
import { groundOn } from '../grounds/index.ts'
import type { Job } from '../runner/job.ts'
import { migratorOn } from '../runner/matrix.ts'
import { processesFor } from '../runner/processes.ts'
import { onGround } from './suite.ts'

/** Rows by the server itself; enough that each change of the table takes a good part of a second. */
const filled: { readonly [D in Ground['dialect']]: string } = {
  sqlite: `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 60000)
    INSERT INTO big SELECT i, i, 'word ' || i FROM s`,
  postgres: `INSERT INTO big SELECT i, i, 'word ' || i FROM generate_series(1, 60000) AS i`,
  mysql: `INSERT INTO big WITH d AS (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
    SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n, a.n, CONCAT('word ', b.n, c.n, d.n) FROM d AS a, d AS b, d AS c, d AS d`,
}

/** MySQL's derived table, ten thousand rows at a time. */
const more = 'INSERT INTO big SELECT id + (SELECT m FROM (SELECT MAX(id) AS m FROM big) AS x), n, word FROM big'

/** A run of long statements that is killed at any moment, mostly inside one of them. */
export function randomKills(name: GroundName): void {
  it(
    'at random moments inside long statements is ended by the next run: the server finishes or takes back, and nothing is done twice',
    onGround(
      () => groundOn(name),
      async (ground) => {
        const seed = runSeed()
        const migrator = migratorOn(ground, 'slow')
        await migrator.upgrade('aaaaaaaaaaaa')
        await ground.script(filled[ground.dialect])
        if (ground.dialect === 'mysql') for (let round = 0; round < 2; round += 1) await ground.script(more)
        const base = await ground.save()
        const processes = await processesFor(ground.dialect)
        const job: Job = {
          scenario: 'slow',
          dialect: ground.dialect,
          url: ground.url,
          direction: 'up',
          target: 'bbbbbbbbbbbb',
        }
        try {
          const startedAt = performance.now()
          const quiet = await processes.run(job)
          let took = performance.now() - startedAt
          expect(quiet.answer?.failure).toBeUndefined()
          const after = (await ground.inspect()).lasting
          let killed = 0
          for (let at = 0; killed < counts.randomKills; at += 1) {
            // A run that ended first was not killed: another moment is tried, and none beyond what such a run takes.
            expect(at).toBeLessThan(counts.randomKills * 10)
            await ground.restore(base)
            const runAt = performance.now()
            const process = await processes.start(job)
            const killAt = took * random(caseSeed(seed, at)).fraction()
            await Promise.race([new Promise((resolve) => setTimeout(resolve, killAt)), process.ended])
            process.kill('SIGKILL')
            const { signal } = await process.ended
            if (signal === 'SIGKILL') killed += 1
            else took = Math.min(took, performance.now() - runAt)
            await migrator.upgrade()
            const wrong = differences(after, (await ground.inspect()).lasting)
            const report = `TEST_SEED=${seed}, case ${at}, killed after ${Math.round(killAt)} ms:\n${wrong.join('\n')}\n`
            expect(wrong, report).toEqual([])
          }
          record('kills at random', name, { kills: killed })
        } finally {
          processes.close()
        }
      },
    ),
    14_400_000,
  )
}
