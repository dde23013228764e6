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
})
