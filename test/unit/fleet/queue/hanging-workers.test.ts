import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { describeOn, type TestDatabase } from '../../../kit/own-sessions.ts'
import { tcpProxy } from '../../../kit/tcp-proxy.ts'
import { type Command, makeTenants, nodeOfQueue, Release, readTenants, resultOf } from './kit.ts'

let node: string
beforeAll(async () => {
  ensureBuilt()
  node = await nodeOfQueue()
}, 300_000)

const sleeping =
  "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'"

/** Waits until a worker is in the data step of a member. Throws what the worker prints if it ends before. */
async function untilInMember({ sql }: TestDatabase, { ended, output }: Command): Promise<void> {
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  while ((await sql(sleeping)).length === 0) {
    if (hasEnded) throw new Error(`the worker has ended: ${output()}`)
    await sleep(50)
  }
}

async function outcomesOf({ sql }: TestDatabase, run: unknown): Promise<readonly unknown[]> {
  return sql(
    `SELECT count(*)::int AS n FROM migrate_fleet.fleet_members WHERE run = '${String(run)}' AND outcome <> 'failed'`,
  )
}

describeOn('postgres', 'workers that hang', (createDatabase) => {
  const releases: Release[] = []
  const commands: Command[] = []
  afterAll(async () => {
    for (const { child } of commands) {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
    }
    for (const { ended } of commands) await ended
    for (const { project } of releases) project.remove()
  })

  const release = (members: TestDatabase, queue: string, seconds: number): Release => {
    const created = new Release(node, { MEMBERS_URL: members.url, QUEUE_URL: queue }, { revisions: 2, seconds })
    releases.push(created)
    return created
  }
  const start = (of: Release, ...args: readonly string[]): Command => {
    const command = of.start(...args)
    commands.push(command)
    return command
  }

  it('One that is stopped in the middle of a member loses its job, and when it continues nothing has happened twice', async () => {
    const database = await createDatabase()
    const names = await makeTenants(database, 12)
    const own = release(database, database.url, 1)
    const hanging = start(own, 'fleet', 'work')
    const upgrade = start(own, 'fleet', 'upgrade', '--json')
    await untilInMember(database, hanging)
    hanging.child.kill('SIGSTOP')
    const other = start(own, 'fleet', 'work')
    // The first one has five of them, and holds the locks of those that it is at.
    const migrated = "SELECT count(*)::int AS n FROM migrate_fleet.fleet_members WHERE outcome = 'migrated'"
    while (Number((await database.sql(migrated).catch(() => []))[0]?.n ?? 0) < 7) await sleep(200)
    const retaken = 'SELECT id FROM migrate_fleet.job WHERE retry_count > 0'
    while ((await database.sql(retaken)).length === 0) await sleep(200)
    hanging.child.kill('SIGCONT')
    const { code, stdout, stderr } = await upgrade.ended
    expect(code, stdout + stderr + hanging.output() + other.output()).toBe(0)
    const result = resultOf(stdout)
    expect(result).toMatchObject({ members: 12, failed: 0, left: 0 })
    expect(await readTenants(database, names)).toEqual(names.map((name) => ({ name, at: 'r2', ran: 1, tables: 2 })))
    expect(await outcomesOf(database, result.run)).toEqual([{ n: 12 }])
  }, 300_000)

  it('One that stays stopped keeps the locks of its members: they fail with their cause, and a run after its end finishes', async () => {
    const database = await createDatabase()
    const names = await makeTenants(database, 8)
    const own = release(database, database.url, 1)
    const hanging = start(own, 'fleet', 'work')
    const upgrade = start(own, 'fleet', 'upgrade', '--json', '--lock-wait', '2s')
    await untilInMember(database, hanging)
    hanging.child.kill('SIGSTOP')
    const other = start(own, 'fleet', 'work')
    const { code, stdout } = await upgrade.ended
    expect(code, stdout + other.output()).toBe(3)
    const result = resultOf(stdout)
    const { failed, failures } = result as { failed: number; failures: readonly { code: string; count: number }[] }
    expect(failures).toEqual([expect.objectContaining({ code: 'LOCKED', count: failed })])
    hanging.child.kill('SIGCONT')
    // What it was at is committed when it continues, and its report of a run that has ended changes nothing.
    const second = await start(own, 'fleet', 'upgrade', '--json').ended
    expect(second.code, second.stdout + hanging.output()).toBe(0)
    expect(resultOf(second.stdout)).toMatchObject({ members: 8, failed: 0, left: 0 })
    expect(await readTenants(database, names)).toEqual(names.map((name) => ({ name, at: 'r2', ran: 1, tables: 2 })))
    expect(await outcomesOf(database, resultOf(second.stdout).run)).toEqual([{ n: 8 }])
  }, 300_000)

  it('One whose network to the queue lets nothing through gives up its job, and takes jobs when it does again', async () => {
    const [members, queue] = [await createDatabase(), await createDatabase()]
    const names = await makeTenants(members, 12)
    const proxy = await tcpProxy(queue.url)
    const far = start(release(members, proxy.url, 1), 'fleet', 'work')
    const own = release(members, queue.url, 1)
    const upgrade = start(own, 'fleet', 'upgrade', '--json')
    await untilInMember(members, far)
    proxy.rule(() => 'silence')
    const near = start(own, 'fleet', 'work')
    const { code, stdout, stderr } = await upgrade.ended
    expect(code, stdout + stderr + far.output() + near.output()).toBe(0)
    const result = resultOf(stdout)
    expect(result).toMatchObject({ members: 12, failed: 0, left: 0 })
    expect(await readTenants(members, names)).toEqual(names.map((name) => ({ name, at: 'r2', ran: 1, tables: 2 })))
    expect(await outcomesOf(queue, result.run)).toEqual([{ n: 12 }])
    near.child.kill('SIGTERM')
    await near.ended
    // Connections that were silent stay so: it has to notice by itself.
    proxy.calm()
    const second = await start(own, 'fleet', 'upgrade', '--json').ended
    expect(second.code, second.stdout + far.output()).toBe(0)
    expect(resultOf(second.stdout)).toMatchObject({ members: 12, upToDate: 12, failed: 0 })
    far.child.kill('SIGTERM')
    expect((await far.ended).code, far.output()).toBe(0)
  }, 400_000)
})
