import { rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { FleetEvent, FleetMember } from '@org/migrate-fleet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stageChooser } from '../../../packages/fleet/src/stages/stage.ts'
import { errorOf } from '../../kit/migrator.ts'
import { executeIn } from '../run/kit.ts'
import { fileOf, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('Stages take their members in order, and a stage that stops leaves the later ones alone', async () => {
  const members = (await makeMembers(folder, numbered(12), 'r2')).map((member, at) => ({
    ...member,
    group: at < 2 ? 'canary' : 'others',
    weight: at,
  }))
  executeIn(fileOf(folder, 'm002'), 'DROP TABLE users')
  const stages = [
    { name: 'canary', match: { group: 'canary' }, parallel: 1, onError: 'stop' },
    { name: 'rest', orderBy: 'heaviest', parallel: 1 },
  ] as const
  const events: FleetEvent[] = []
  const state = sqliteDialect({ url: `sqlite:///${folder}/fleet.db` })
  const fleet = fleetOf(members, { stages, state })
  const stopped = await fleet.upgrade()
  expect(stopped).toMatchObject({ members: 2, migrated: 1, failed: 1, left: 10, stopped: 'failures' })
  expect(await fleet.record('m012')).toBeUndefined()
  executeIn(fileOf(folder, 'm002'), 'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50))')
  const resumed = await fleet.upgrade(undefined, { onEvent: (event) => events.push(event) })
  expect(resumed).toMatchObject({ members: 12, migrated: 11, upToDate: 1, failed: 0, left: 0 })
  const order = events.flatMap((event) => (event.type === 'memberStarted' ? [event.id] : []))
  expect(order).toEqual(['m001', 'm002', ...numbered(12).slice(2).reverse()])
})

it('A run stops after more failures than a share of the stage', async () => {
  const members = await makeMembers(folder, numbered(20), 'r2')
  for (const id of ['m001', 'm002', 'm003']) executeIn(fileOf(folder, id), 'DROP TABLE users')
  const stages = [{ name: 'all', maxFailures: '10%', parallel: 1 }] as const
  const result = await fleetOf(members, { stages }).upgrade()
  expect(result).toMatchObject({ members: 3, failed: 3, migrated: 0, left: 17, stopped: 'failures' })
})

it('A list that changes between two stages leaves the members that it has now and that no stage took', async () => {
  let members = await makeMembers(folder, numbered(6), 'r2')
  const [first, second, third, fourth, ...more] = members
  const stages = [
    { name: 'canary', match: { ids: ['m001', 'm002', 'm003', 'm004'] } },
    { name: 'rest', match: { group: 'rest' } },
  ]
  const ids: string[] = []
  const result = await fleetOf(() => members, { stages }).upgrade(undefined, {
    onEvent: (event) => {
      if (event.type === 'memberFinished') ids.push(event.id)
      if (event.type !== 'stageFinished' || event.name !== 'canary') return
      // Three members that were taken are gone; of the others one is of the next stage, and one of none.
      members = [first, ...more]
        .flatMap((each) => each ?? [])
        .map((each) => ({ ...each, group: each.id === 'm006' ? 'rest' : 'none' }))
    },
  })
  expect(ids.sort()).toEqual(['m001', 'm002', 'm003', 'm004', 'm006'])
  expect(result).toMatchObject({ members: 5, migrated: 5, left: 1 })
  // All but one are gone.
  members = [second, third, fourth].flatMap((each) => each ?? [])
  const shrunk = await fleetOf(() => members, {
    stages: [{ name: 'all' }, { name: 'none', match: { ids: ['none'] } }],
  }).upgrade(undefined, {
    onEvent: (event) => {
      if (event.type === 'stageFinished') members = members.slice(0, 1)
    },
  })
  expect(shrunk).toMatchObject({ members: 3, upToDate: 3, left: 0 })
})

it('What is recorded of a run that left no member counts those that there were', async () => {
  const listed = await makeMembers(folder, numbered(4), 'r2')
  let members = listed.slice(0, 3)
  const stages = [{ name: 'canary', match: { ids: ['m001'] } }, { name: 'rest' }]
  const fleet = fleetOf(() => members, { stages, state: sqliteDialect({ url: `sqlite:///${folder}/state` }) })
  const result = await fleet.upgrade(undefined, {
    onEvent: (event) => {
      // One goes, and another one comes.
      if (event.type === 'stageFinished') members = listed.filter(({ id }) => id !== 'm002')
    },
  })
  expect(result).toMatchObject({ migrated: 3, left: 0 })
  const [run] = await fleet.runs()
  expect(run?.stages).toMatchObject([
    { name: 'canary', members: 1, migrated: 1 },
    { name: 'rest', members: 2, migrated: 2 },
  ])
})

it('A member that moves to a later stage while the run is on is taken once, and its failure is left', async () => {
  const listed = await makeMembers(folder, numbered(3), 'r2')
  executeIn(fileOf(folder, 'm001'), 'DROP TABLE users')
  let plan = 'free'
  const stages = [
    { name: 'free', match: { labels: { plan: 'free' } } },
    { name: 'paid', match: { labels: { plan: 'paid' } } },
  ]
  const taken: string[] = []
  const members = () => listed.map((each) => ({ ...each, labels: { plan: each.id === 'm003' ? 'paid' : plan } }))
  const result = await fleetOf(members, { stages, state: sqliteDialect({ url: `sqlite:///${folder}/state` }) }).upgrade(
    undefined,
    {
      onEvent: (event) => {
        if (event.type === 'memberStarted') taken.push(`${event.stage} ${event.id}`)
        if (event.type === 'stageFinished' && event.name === 'free') plan = 'paid'
      },
    },
  )
  expect(taken.sort()).toEqual(['free m001', 'free m002', 'paid m003'])
  expect(result).toMatchObject({ members: 3, migrated: 2, upToDate: 0, failed: 1, left: 0 })
})

it('A share by percent takes the same members in each run, and about as many', async () => {
  const ids = numbered(1000)
  const { stageChooser } = await import('../../../packages/fleet/src/stages/stage.ts')
  const none = async function* () {}
  const choose = async (): Promise<string[]> => {
    const stageOf = await stageChooser([{ name: 'some', match: { percent: 10 } }, { name: 'rest' }], none)
    return ids.filter((id) => stageOf({ id }) === 0)
  }
  const first = await choose()
  expect(first.length).toBeGreaterThan(70)
  expect(first.length).toBeLessThan(130)
  expect(await choose()).toEqual(first)
})

it('A stage with a count takes the same members in each run, in whatever order they are listed', async () => {
  const sixMembers = (await makeMembers(folder, numbered(6), 'r2')).map((each, at) => ({
    ...each,
    group: at < 5 ? 'eu' : 'us',
  }))
  const stages = [
    { name: 'canary', match: { count: 1, group: 'eu' }, onError: 'stop' },
    { name: 'next', match: { count: 2 } },
    { name: 'rest', gate: 'manual' },
  ] as const
  // The ids by SHA-256: m002 27…, m006 7a…, m005 b0…, m003 ce32…, m001 ce9d…, m004 e8….
  const run = async (list: readonly FleetMember[]) => {
    const taken: string[] = []
    const { left } = await fleetOf(list, { stages, parallel: 1 }).downgrade('r1', {
      onEvent: (event) => {
        if (event.type === 'memberFinished') taken.push(`${event.stage} ${event.id}`)
      },
    })
    return { taken: taken.sort(), left }
  }
  const expected = { taken: ['canary m002', 'next m005', 'next m006'], left: 3 }
  expect(await run(sixMembers)).toEqual(expected)
  expect(await run([...sixMembers].reverse())).toEqual(expected)
  let passes = 0
  const changing = () => {
    passes += 1
    return passes % 2 === 0 ? sixMembers : [...sixMembers].reverse()
  }
  expect(await fleetOf(changing, { stages }).status()).toMatchObject({
    stages: [
      { name: 'canary', members: 1 },
      { name: 'next', members: 2 },
      { name: 'rest', members: 3 },
    ],
  })
  expect(await fleetOf(changing, { stages }).upgrade(undefined, { openGates: ['rest'] })).toMatchObject({
    stages: [
      { name: 'canary', migrated: 1 },
      { name: 'next', migrated: 2 },
      { name: 'rest', migrated: 3 },
    ],
    left: 0,
  })
})

it('A signal ends the run after the members that are running, and the next run takes the others', async () => {
  const members = await makeMembers(folder, numbered(10), 'r2')
  const stop = new AbortController()
  const fleet = fleetOf(members, { parallel: 2 })
  const onEvent = ({ type }: FleetEvent): void => {
    if (type === 'memberFinished') stop.abort()
  }
  const stopped = await fleet.upgrade(undefined, { signal: stop.signal, onEvent })
  expect(stopped).toMatchObject({ failed: 0, stopped: 'signal' })
  expect(stopped.migrated).toBeGreaterThan(0)
  expect(stopped.migrated).toBeLessThan(5)
  expect(await fleet.upgrade()).toMatchObject({ members: 10, migrated: 10 - stopped.migrated, failed: 0 })
})

it('A stage that is not right, and a member without an id, are refused', async () => {
  expect(() => fleetOf([], { stages: [{ name: 'a', match: { percent: 0 } }] })).toThrow('percent')
  expect(() => fleetOf([], { stages: [{ name: 'a' }, { name: 'a' }] })).toThrow('two stages are called a')
  for (const name of ['', 'a\0', 'a'.repeat(256), '\uD800'])
    expect(() => fleetOf([], { stages: [{ name }] })).toThrow('`name`: a text of 1 to 255 characters')
  const error = await errorOf(fleetOf([{ id: '', url: 'postgres://u:secret@h/d' }]).upgrade())
  expect(error.code).toBe('INVALID_OPTION')
  expect(error.message).not.toContain('secret')
})

it('The ids of a stage are read once, not for each member', async () => {
  const ids = numbered(300)
  let reads = 0
  const counted = new Proxy(ids, {
    get: (target, key) => {
      if (key in target && Number.isInteger(Number(String(key)))) reads += 1
      return Reflect.get(target, key)
    },
  })
  const members = numbered(600).map((id): FleetMember => ({ id }))
  const stageOf = await stageChooser([{ name: 'listed', match: { ids: counted } }, { name: 'rest' }], () =>
    Readable.from(members),
  )
  expect(members.map(stageOf)).toEqual(members.map((_, at) => (at < 300 ? 0 : 1)))
  expect(reads).toBe(300)
})
