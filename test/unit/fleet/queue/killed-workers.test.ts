import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { createDatabaseOn } from '../../../kit/own-sessions.ts'
import { counts, longRun } from '../../../kit/scale.ts'
import { type Command, makeTenants, nodeOfQueue, Release, readTenants, resultOf } from './kit.ts'

let node: string
beforeAll(async () => {
  ensureBuilt()
  node = await nodeOfQueue()
}, 300_000)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Four workers, each of which is replaced when it has ended: as an orchestrator does. */
class Workers {
  readonly #start: (at: number) => Command
  readonly #running: Command[] = []
  readonly output: string[] = []
  #isOver = false

  constructor(start: (at: number) => Command) {
    this.#start = start
    for (const at of [0, 1, 2, 3]) this.#replace(at)
  }

  #replace(at: number): void {
    const command = this.#start(at)
    this.#running[at] = command
    void command.ended.then(() => {
      this.output.push(command.output())
      if (!this.#isOver) this.#replace(at)
    })
  }

  async kill(at: number): Promise<void> {
    const worker = this.#running[at] as Command
    worker.child.kill('SIGKILL')
    await worker.ended
  }

  async end(): Promise<void> {
    this.#isOver = true
    for (const { child } of this.#running) child.kill('SIGTERM')
    for (const { ended } of this.#running) await ended
  }
}

describeOnOwn('postgres', 'the queue of a fleet', {}, (own) => {
  const releases: Release[] = []
  afterAll(() => {
    for (const { project } of releases) project.remove()
  })

  it('Four workers of two releases that are killed at random, with a restart of the queue, migrate every member once', async () => {
    const members = await createDatabaseOn('postgres')
    const queue = await own().createDatabase()
    const names = await makeTenants(members, counts.queuedMembers)
    const env = { MEMBERS_URL: members.url, QUEUE_URL: queue.url }
    const older = new Release(node, env, { revisions: 2, seconds: 0.5 })
    const newer = new Release(node, env, { revisions: 3, seconds: 0.5 })
    releases.push(older, newer)
    // Two workers of each: those of the other release take none of the jobs.
    const workers = new Workers((at) => (at % 2 === 0 ? older : newer).start('fleet', 'work'))
    let kills = 0
    try {
      for (const [release, revision] of [
        [older, 'r2'],
        [newer, 'r3'],
      ] as const) {
        const upgrade = release.start('fleet', 'upgrade', '--json')
        let hasEnded = false
        void upgrade.ended.then(() => {
          hasEnded = true
        })
        const most = kills + counts.killedWorkers / 2
        const migrated = `SELECT count(*)::int AS n FROM migrate_fleet.fleet_members WHERE heads = '["${revision}"]'`
        for (;;) {
          const [row] = await queue.sql(migrated).catch(() => [])
          if (hasEnded || Number(row?.n ?? 0) > 0) break
          await pause(200)
        }
        for (let round = 0; kills < most && !hasEnded; round += 1) {
          await pause(Math.random() * 1_500)
          await workers.kill(Math.floor(Math.random() * 4))
          kills += 1
          if (release === older && round === Math.ceil(counts.killedWorkers / 4)) {
            await own().kill('SIGINT')
            await own().start()
          }
        }
        const { code, stdout, stderr } = await upgrade.ended
        expect(code, stdout + stderr).toBe(0)
        const result = resultOf(stdout)
        expect(result).toMatchObject({
          ...{ members: names.length, failed: 0, left: 0, failures: [] },
        })
        const ran = revision === 'r2' ? 1 : 2
        const expected = names.map((name) => ({ name, at: revision, ran, tables: ran * 2 }))
        expect(await readTenants(members, names)).toEqual(expected)
        const outcomes = await queue.sql(
          `SELECT count(*)::int AS n FROM migrate_fleet.fleet_members WHERE run = '${result.run}' AND outcome <> 'failed'`,
        )
        expect(outcomes).toEqual([{ n: names.length }])
      }
    } finally {
      await workers.end()
    }
    expect(workers.output.join('')).toContain('has other revisions')
    // A short run may end before.
    expect(kills).toBeGreaterThanOrEqual(longRun ? counts.killedWorkers : 1)
  })
})
