import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { graphOf, MigrateError, type Revision, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import type { Fleet, FleetEvent, FleetMember, FleetOptions } from '@org/migrate-fleet'
import { openQueue } from '@org/migrate-fleet/internal'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'
import { chain, fleetOf, makeMembers, newFolder, numbered } from '../kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => {
  vi.doUnmock(engine)
  rmSync(folder, { recursive: true, force: true })
})

const schema = 'migrate_fleet'
/** As the fleet finds it. */
const engine = createRequire(new URL('../../../../packages/fleet/package.json', import.meta.url)).resolve('pg-boss')

function queued(database: TestDatabase, members: FleetOptions['members'], url = database.url): Fleet {
  const state = postgresDialect({ url: database.url, schema })
  return fleetOf(members, { state, queue: { url, schema, jobSize: 2, heartbeatSeconds: 10 } })
}

/** Runs with a worker beside it, which ends with the run. */
async function runWith(fleet: Fleet, worker: Fleet) {
  const stop = new AbortController()
  const work = worker.work({ signal: stop.signal })
  try {
    return await fleet.upgrade()
  } finally {
    stop.abort()
    await work
  }
}

const problems = ({ failures }: Awaited<ReturnType<Fleet['upgrade']>>) =>
  failures.flatMap(({ code, members }) => members.map(({ id, remedy }) => ({ code, id, remedy })))

describeOn('postgres', 'a queue of a fleet that fails', (createDatabase) => {
  it('A queue that is not there, or that the role may not make, is QUEUE_FAILED without its password; with the right URL the run ends well', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(3), 'r2')
    const nowhere = 'postgres://app:hush-hush@127.0.0.1:1/db'
    const refused = await queued(database, members, nowhere)
      .upgrade()
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'QUEUE_FAILED',
      remedy: expect.stringContaining('Check the URL of `fleet.queue`'),
    })
    expect(String(refused)).not.toContain('hush')
    const role = `queue_${process.pid}`
    await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'hush-hush'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
    try {
      const limited = Object.assign(new URL(database.url), { username: role, password: 'hush-hush' }).href
      const denied = await queued(database, members, limited)
        .upgrade()
        .catch((error: unknown) => error)
      expect(denied).toMatchObject({ code: 'QUEUE_FAILED', message: expect.stringContaining('permission denied') })
      expect(String(denied)).not.toContain('hush')
    } finally {
      await database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
    const fleet = queued(database, members)
    expect(await runWith(fleet, fleet)).toMatchObject({ migrated: 3, failed: 0, left: 0 })
  })

  it('Without pg-boss the error says how to install it, and with it the worker begins', async () => {
    const database = await createDatabase()
    const fleet = queued(database, await makeMembers(folder, numbered(1), 'r2'))
    vi.doMock(engine, () => {
      throw new Error("Cannot find package 'pg-boss'")
    })
    await expect(fleet.work({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'QUEUE_FAILED',
      remedy: 'Install it, on Node 22.12 or newer: `npm install pg-boss`.',
    })
    vi.doUnmock(engine)
    expect(await fleet.work({ signal: AbortSignal.abort() })).toMatchObject({ jobs: 0 })
  })

  it('Of two runs at once the second waits, then is refused; when the first was stopped it takes what is left', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(6), 'r2')
    const fleet = queued(database, members)
    const stop = new AbortController()
    const notes: string[] = []
    const onEvent = (event: FleetEvent): void => {
      if (event.type === 'note') notes.push(event.message)
    }
    // No worker is there: it waits until it is stopped.
    const first = fleet.upgrade(undefined, { signal: stop.signal, onEvent })
    while ((await fleet.runs()).length === 0) await sleep(50)
    await expect(fleet.upgrade(undefined, { lockWaitMs: 0 })).rejects.toMatchObject({
      code: 'LOCKED',
      remedy: expect.stringContaining('Wait for that run: `migrate fleet watch` shows it.'),
    })
    while (notes.length === 0) await sleep(50)
    expect(notes).toEqual([expect.stringContaining('no worker has taken a job yet')])
    stop.abort()
    expect(await first).toMatchObject({ stopped: 'signal', members: 0, left: 6 })
    expect(await runWith(fleet, fleet)).toMatchObject({ migrated: 6, left: 0 })
  })

  it('A member that the worker does not list is named, and migrated when it does', async () => {
    const database = await createDatabase()
    const members: readonly FleetMember[] = await makeMembers(folder, numbered(3), 'r2')
    const fleet = queued(database, members)
    const result = await runWith(fleet, queued(database, members.slice(0, 2)))
    expect(result).toMatchObject({ migrated: 2, failed: 1 })
    expect(problems(result)).toEqual([
      { code: 'INVALID_OPTION', id: 'm003', remedy: 'Give each worker the same `members` as the run.' },
    ])
    expect(await runWith(fleet, fleet)).toMatchObject({ migrated: 1, upToDate: 2, failed: 0 })
  })

  it('The members of a job that no worker survives are reported, and can be migrated by themselves', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(2), 'r2')
    const fleet = queued(database, members)
    const run = fleet.upgrade()
    while ((await fleet.runs()).length === 0) await sleep(50)
    const [{ release = '' } = {}] = await fleet.runs()
    const queue = await openQueue({ url: database.url, schema }, release, () => undefined)
    let hasEnded = false
    void run.then(() => {
      hasEnded = true
    })
    while (!hasEnded) {
      const jobs = await queue.boss.fetch(queue.jobs)
      for (const job of jobs) await queue.boss.fail(queue.jobs, job)
      if (jobs.length === 0) await sleep(50)
    }
    await queue.close()
    const remedy = 'Migrate the member by itself, to see what ends the workers.'
    expect(problems(await run)).toEqual([
      { code: 'QUEUE_FAILED', id: 'm001', remedy },
      { code: 'QUEUE_FAILED', id: 'm002', remedy },
    ])
    expect(await fleetOf(members).ensure(members[0] as FleetMember)).toMatchObject({ applied: ['main:r3'] })
  })

  it('A worker that is stopped gives back what is left of its job, and after a failure a stage that stops takes no further member', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(8), 'r2')
    const state = postgresDialect({ url: database.url, schema })
    const options = { state, queue: { url: database.url, schema, jobSize: 8 }, parallel: 1 }
    const fleet = fleetOf(members, options)
    const run = fleet.upgrade()
    const stop = new AbortController()
    const onEvent = ({ type }: { readonly type: string }): void => {
      if (type === 'memberFinished') stop.abort()
    }
    expect(await fleet.work({ signal: stop.signal, onEvent })).toMatchObject({ jobs: 1, members: 1 })
    expect(await fleet.work({ once: true })).toMatchObject({ members: 7 })
    expect(await run).toMatchObject({ migrated: 8, left: 0 })
    writeFileSync(`${folder}/broken.db`, 'this is no database at all, but a text\n'.repeat(200))
    const broken = [{ id: 'broken', url: `sqlite:///${folder}/broken.db` }, ...members.slice(1)]
    const stopping = fleetOf(broken, { ...options, stages: [{ name: 'all', onError: 'stop' }] })
    expect(await runWith(stopping, stopping)).toMatchObject({ stopped: 'failures', failed: 1, upToDate: 0, left: 7 })
  })

  it('A worker that ends with the run takes part in a second run of the same revisions, before which it began', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(2), 'r2')
    const fleet = queued(database, members)
    expect(await runWith(fleet, fleet)).toMatchObject({ migrated: 2 })
    const work = fleet.work({ once: true })
    await sleep(5_000)
    expect(await fleet.upgrade()).toMatchObject({ upToDate: 2, left: 0 })
    expect(await work).toMatchObject({ jobs: 1, members: 2 })
  })

  it('A run removes the jobs that a killed run of other revisions has sent, and waits until their workers have left them', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(2), 'r2')
    const fleet = queued(database, members)
    const old = await openQueue({ url: database.url, schema, heartbeatSeconds: 10 }, 'old', () => undefined)
    const data = { run: randomUUID(), stage: 'all', ids: ['m001'], direction: 'down', target: 'r1', accepted: {} }
    for (let job = 0; job < 2; job += 1) await old.boss.send(old.jobs, data, { heartbeatSeconds: 10 })
    const [taken] = await old.boss.fetch(old.jobs)
    const notes: string[] = []
    const stop = new AbortController()
    const onEvent = (event: FleetEvent): void => {
      if (event.type === 'note') notes.push(event.message)
    }
    const work = fleet.work({ signal: stop.signal })
    try {
      expect(await fleet.upgrade(undefined, { onEvent })).toMatchObject({ migrated: 2, left: 0 })
      expect(notes).toEqual(['waiting until the workers of a run that was killed have left it'])
      expect(await old.boss.findJobs(old.jobs)).toEqual([])
      expect(await old.boss.touch(old.jobs, taken as NonNullable<typeof taken>)).toMatchObject({ affected: 0 })
    } finally {
      stop.abort()
      await work
      await old.close()
    }
  })

  it('Hears of a member whose failure has a text that PostgreSQL can keep in no JSON', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(2), 'r3')
    const odd: Revision = {
      revision: 'r4',
      downRevision: 'r3',
      upgrade: (op) =>
        op.run('reads rows', {
          up: async () => {
            throw new Error(`bad row \0${'🙂'.slice(0, 1)}`)
          },
          down: 'none',
        }),
    }
    const state = postgresDialect({ url: database.url, schema })
    const fleet = fleetOf(members, {
      ...{ state, queue: { url: database.url, schema, jobSize: 2 } },
      tiers: [graphOf(revisions([...chain, odd]))],
    })
    const result = await runWith(fleet, fleet)
    expect(result).toMatchObject({ members: 2, failed: 2, left: 0 })
    const [message] = result.failures.flatMap((group) => group.members.map((member) => member.message))
    expect(message).toContain('bad row \uFFFD\uFFFD')
  })

  it('A worker waits for a list of members that is out of reach, and gives no job back', async () => {
    const database = await createDatabase()
    const members = await makeMembers(folder, numbered(2), 'r2')
    const fleet = queued(database, members)
    let refusals = 2
    const restarting = queued(database, () => {
      refusals -= 1
      const why = 'the server is starting up'
      if (refusals >= 0) throw new MigrateError('DATABASE_UNREACHABLE', { database: 'the control database', why }, why)
      return members
    })
    const types: string[] = []
    const stop = new AbortController()
    const work = restarting.work({ signal: stop.signal, onEvent: ({ type }) => void types.push(type) })
    expect(await fleet.upgrade()).toMatchObject({ migrated: 2, failed: 0 })
    stop.abort()
    await work
    expect(refusals).toBe(-1)
    expect(types).not.toContain('jobReturned')
  })
})
