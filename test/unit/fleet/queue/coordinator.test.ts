import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Coordinator } from '../../../../packages/fleet/src/work/coordinator.ts'
import type { FleetJob, FleetQueue, FleetReports } from '../../../../packages/fleet/src/work/queue.ts'

/** A queue in memory: what the coordinator asks of pg-boss. */
function queueInMemory() {
  const sent: FleetJob[] = []
  const waiting: FleetJob[] = []
  /** Those that a worker has. */
  const active: FleetJob[] = []
  const reports: FleetReports[] = []
  let inserting = async (): Promise<void> => undefined
  const boss = {
    send: async () => 'lock',
    touch: async () => ({ affected: 1 }),
    deleteJob: async () => ({ affected: 1 }),
    deleteAllJobs: async () => void active.splice(0),
    deleteStoredJobs: async () => undefined,
    deleteQueuedJobs: async () => void waiting.splice(0),
    findJobs: async () => [...waiting.map(() => ({ state: 'created' })), ...active.map(() => ({ state: 'active' }))],
    insert: async (_: string, jobs: readonly { readonly data: FleetJob }[]) => {
      await inserting()
      sent.push(...jobs.map(({ data }) => data))
      waiting.push(...jobs.map(({ data }) => data))
    },
    fetch: async (name: string) =>
      name === 'lock' ? [{ id: 'lock', retryCount: 0 }] : reports.splice(0).map((data, at) => ({ id: `${at}`, data })),
  }
  const queue = {
    ...{ boss, url: 'postgres://queue', heartbeatSeconds: 3, jobs: 'jobs', reports: 'reports', lock: 'lock' },
    jobsOfReleases: async () => ['jobs'],
    close: async () => undefined,
  } as unknown as FleetQueue
  const report = (...ids: readonly string[]): void => {
    const one = { outcome: 'upToDate', heads: [], applied: [], warnings: [], attempts: 1, ms: 0 } as const
    reports.push({ run: 'run', reports: ids.map((id) => ({ id, ...one })) })
  }
  return {
    ...{ queue, sent, waiting, active, report },
    onInsert(work: () => Promise<void>) {
      inserting = work
    },
  }
}

const begin = (queue: FleetQueue, signal?: AbortSignal): Promise<Coordinator> =>
  Coordinator.begin(
    queue,
    { run: 'run', direction: 'up', accepted: {} },
    { jobSize: 2, lockWaitMs: 0, onNote: () => undefined, ...(signal === undefined ? {} : { signal }) },
  )

const stage = { name: 'all', stops: false }

it('Members that come while a job is sent are in the next job', async () => {
  const { queue, sent, report, onInsert } = queueInMemory()
  const coordinator = await begin(queue)
  const later: Promise<unknown>[] = []
  onInsert(async () => {
    if (later.length === 0) later.push(coordinator.migrate({ id: 'm3' }, stage))
    await sleep(5)
  })
  const first = ['m1', 'm2'].map((id) => coordinator.migrate({ id }, stage))
  while (sent.length < 2) await sleep(20)
  expect(sent.map(({ ids }) => ids)).toEqual([['m1', 'm2'], ['m3']])
  report('m1', 'm2', 'm3')
  expect(await Promise.all([...first, ...later])).toMatchObject([{ id: 'm1' }, { id: 'm2' }, { id: 'm3' }])
  await coordinator.close()
})

it('A job that could not be sent is sent with the members that came meanwhile', async () => {
  const { queue, sent, report, onInsert } = queueInMemory()
  const coordinator = await begin(queue)
  const later: Promise<unknown>[] = []
  onInsert(async () => {
    onInsert(async () => undefined)
    later.push(coordinator.migrate({ id: 'm3' }, stage))
    throw new Error('the connection was lost')
  })
  const first = ['m1', 'm2'].map((id) => coordinator.migrate({ id }, stage))
  while (sent.length < 2) await sleep(20)
  expect(sent.map(({ ids }) => ids)).toEqual([['m1', 'm2'], ['m3']])
  report('m1', 'm2', 'm3')
  await Promise.all([...first, ...later])
  await coordinator.close()
})

it('What a worker gives back after the run was stopped is given to no other one', async () => {
  const { queue, sent, waiting } = queueInMemory()
  const coordinator = await begin(queue)
  const members = ['m1', 'm2'].map((id) => coordinator.migrate({ id }, stage))
  while (sent.length === 0) await sleep(20)
  // A worker has it.
  const [taken] = waiting.splice(0)
  waiting.push({ ...(taken as FleetJob), ids: ['m1', 'm2'] })
  coordinator.stop()
  while (waiting.length > 0) await sleep(20)
  // It is stopped, too.
  waiting.push({ ...(taken as FleetJob), ids: ['m2'] })
  await sleep(600)
  expect(waiting).toEqual([])
  expect(await Promise.all(members)).toEqual([undefined, undefined])
  await coordinator.close()
})

it('Members are sent when the workers of a run that was killed have heard that it is over', async () => {
  const { queue, active, sent, report } = queueInMemory()
  active.push({ run: 'killed', stage: 'all', ids: ['m1'], direction: 'down', accepted: {} })
  const startedAt = performance.now()
  const coordinator = await begin(queue)
  // A third of the heartbeat: so often a worker gives a sign of life.
  expect(performance.now() - startedAt).toBeGreaterThan(1_000)
  const member = coordinator.migrate({ id: 'm1' }, stage)
  while (sent.length === 0) await sleep(20)
  report('m1')
  expect(await member).toMatchObject({ id: 'm1' })
  await coordinator.close()
  const stop = new AbortController()
  active.push({ run: 'killed', stage: 'all', ids: ['m1'], direction: 'down', accepted: {} })
  const stopped = begin(queue, stop.signal).catch((error: unknown) => error)
  setTimeout(() => stop.abort(), 50)
  expect(await stopped).toBe(stop.signal.reason)
})
