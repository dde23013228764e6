import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { describeOn } from '../../../kit/servers.ts'
import { makeTenants, nodeOfQueue, Release, readTenants, resultOf, until } from './kit.ts'

let node: string
beforeAll(async () => {
  ensureBuilt()
  node = await nodeOfQueue()
}, 300_000)

describeOn('postgres', 'a fleet over a queue', (createDatabase) => {
  const releases: Release[] = []
  afterAll(() => {
    for (const { project } of releases) project.remove()
  })

  const release = (url: string, options: ConstructorParameters<typeof Release>[2] = {}): Release => {
    const created = new Release(node, { MEMBERS_URL: url, QUEUE_URL: url }, options)
    releases.push(created)
    return created
  }

  it('Workers of one release migrate every member once, and a worker of another release takes no job and says so', async () => {
    const database = await createDatabase()
    const names = await makeTenants(database, 20)
    const own = release(database.url)
    const other = release(database.url, { revisions: 3 })
    const upgrade = own.start('fleet', 'upgrade', '--json')
    const refusing = other.start('fleet', 'work')
    await until(refusing, 'has other revisions')
    const workers = [own.start('fleet', 'work', '--once'), own.start('fleet', 'work', '--once')]
    const { code, stdout } = await upgrade.ended
    expect(resultOf(stdout)).toMatchObject({ ok: true, members: 20, migrated: 20, failed: 0, left: 0 })
    expect(code).toBe(0)
    const ended = await Promise.all(workers.map((worker) => worker.ended))
    expect(ended.map((worker) => worker.code)).toEqual([0, 0])
    refusing.child.kill('SIGTERM')
    expect((await refusing.ended).stdout).toContain('0 jobs with 0 members')
    expect(await readTenants(database, names)).toEqual(names.map((name) => ({ name, at: 'r2', ran: 1, tables: 2 })))
    const outcomes = await database.sql(
      'SELECT outcome, count(*)::int AS n FROM migrate_fleet.fleet_members GROUP BY 1',
    )
    expect(outcomes).toEqual([{ outcome: 'migrated', n: 20 }])
  })

  it('A job that runs again reports what its members lost the first time', async () => {
    const database = await createDatabase()
    const names = await makeTenants(database, 3)
    const own = release(database.url)
    const upgrade = own.start('fleet', 'upgrade', '--json')
    const jobs = "SELECT data->>'run' AS run FROM migrate_fleet.job WHERE state = 'created' AND data ? 'ids'"
    const waiting = () => database.sql(jobs).catch(() => [])
    await expect.poll(waiting, { timeout: 60_000 }).toHaveLength(1)
    const [job] = await waiting()
    // As a worker leaves it that dies between the outcome of a member and the end of its job.
    const loss = { tier: 'main', revision: 'r2', object: 'column a.b', how: 'dropped', rows: 7, preserved: false }
    const changes = JSON.stringify({ applied: ['main:r1', 'main:r2'], warnings: ['careful'], losses: [loss] })
    await database.sql(`INSERT INTO migrate_fleet.fleet_members
      (id, outcome, heads, stage, run, attempts, finished_at, duration_ms, changes)
      VALUES ('${names[0]}', 'migrated', '["r2"]', 'all', '${job?.run}', 1, '2026-01-01T00:00:00.000Z', 5, '${changes}')`)
    await database.sql("UPDATE migrate_fleet.job SET retry_count = 1 WHERE data ? 'ids'")
    const worker = own.start('fleet', 'work', '--once')
    const { code, stdout, stderr } = await upgrade.ended
    expect(code, stdout + stderr + worker.output()).toBe(0)
    expect(resultOf(stdout)).toMatchObject({
      migrated: 3,
      losses: [{ revision: 'r2', object: 'column a.b', rows: 7, members: 1, first: names[0] }],
    })
    expect((await worker.ended).code).toBe(0)
    const { stdout: history } = await own.run('fleet', 'history', String(names[0]))
    expect(history).toContain('column a.b')
    expect(history).toContain('careful')
  }, 120_000)
})
