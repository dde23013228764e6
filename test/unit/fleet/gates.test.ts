import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMigrator, graphOf, integer, type Revision, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type Fleet, type FleetEvent, type FleetMember, type StageGate } from '@org/migrate-fleet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeOnEach } from '../../kit/servers.ts'
import { executeIn, rowsOf } from '../run/kit.ts'
import { chain, dialectOf, fileOf, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

let folder: string
let members: readonly FleetMember[]
beforeEach(async () => {
  folder = newFolder()
  members = await makeMembers(folder, numbered(6), 'r2')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const gated = (gate: StageGate): Fleet =>
  fleetOf(members, {
    stages: [
      { name: 'canary', match: { ids: ['m001'] } },
      { name: 'rest', gate },
    ],
    baseDirectory: folder,
  })

const closed = { migrated: 1, failed: 0, left: 5, stopped: 'gate' }
const done = { migrated: 5, upToDate: 1, failed: 0, left: 0 }
const program = (text: string): StageGate => ({ command: [process.execPath, '-e', text] })

describe('a gate between two stages', () => {
  it('By hand ends the run, and the run that opens it continues there', async () => {
    const fleet = gated('manual')
    const first = await fleet.upgrade()
    expect(first).toMatchObject({ ...closed, gate: { stage: 'rest', why: 'it is opened by hand' } })
    expect(await fleet.upgrade()).toMatchObject({ migrated: 0, upToDate: 1, left: 5, stopped: 'gate' })
    const second = await fleet.upgrade(undefined, { openGates: ['rest'] })
    expect(second).toMatchObject(done)
    expect(second.stopped).toBeUndefined()
    // Where nothing is left to do, the gate is not asked.
    const third = await fleet.upgrade()
    expect(third).toMatchObject({ migrated: 0, upToDate: 6, left: 0 })
    expect(third.stopped).toBeUndefined()
  })

  it('A name that is no gated stage is refused', async () => {
    await expect(gated('manual').upgrade(undefined, { openGates: ['canary'] })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })

  it('Of a program opens with exit 0, in the folder of the fleet', async () => {
    expect(await gated(program("console.error('errors rise'); process.exit(4)")).upgrade()).toMatchObject({
      ...closed,
      gate: { why: expect.stringMatching(/it exited with 4: errors rise$/) },
    })
    expect(
      await gated(
        program(`process.exit(process.cwd().endsWith(${JSON.stringify(folder.slice(-6))}) ? 0 : 1)`),
      ).upgrade(),
    ).toMatchObject(done)
  })

  it('Of a program that is not there, or takes too long, stays closed', async () => {
    expect(await gated({ command: [`${folder}/absent`] }).upgrade()).toMatchObject(closed)
    const slow = { command: [process.execPath, '-e', 'setTimeout(() => {}, 60_000)'], timeoutMs: 50 } as const
    expect(await gated(slow).upgrade()).toMatchObject({
      left: 5,
      gate: { why: expect.stringContaining('took too long') },
    })
  })

  it('Of a query opens with a true value', async () => {
    const file = fileOf(folder, 'm001')
    const dialect = sqliteDialect({ url: `sqlite:///${file}` })
    const fleet = gated({ query: 'SELECT count(*) > 0 FROM users', dialect })
    expect(await fleet.upgrade()).toMatchObject({ ...closed, gate: { why: 'the query gave 0' } })
    executeIn(file, "INSERT INTO users (id, name) VALUES (1, 'ada')")
    expect(await fleet.upgrade()).toMatchObject(done)
    expect(await gated({ query: 'SELECT nothing FROM nowhere', dialect }).upgrade()).toMatchObject({ upToDate: 6 })
  })

  it('Of an address opens with 2xx, and what is secret in it is in no output', async () => {
    let status = 503
    const server = createServer((_, response) => response.writeHead(status).end('no'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const fleet = gated({ http: `http://127.0.0.1:${port}/health?token=hush` })
      const first = await fleet.upgrade()
      expect(first).toMatchObject({ ...closed, gate: { why: `http://127.0.0.1:${port}/health answered with 503` } })
      status = 204
      expect(await fleet.upgrade()).toMatchObject(done)
      const unreachable = await fleetOf(members, {
        stages: [{ name: 'all', gate: { http: 'http://127.0.0.1:1/?token=hush' } }],
      }).downgrade('r2')
      expect(unreachable).toMatchObject({ left: 6, gate: { why: 'the address could not be reached' } })
    } finally {
      server.close()
    }
  })

  it('A signal ends a run that waits for a gate', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 300)
    const gate: StageGate = { command: [process.execPath, '-e', 'setTimeout(() => {}, 60_000)'] }
    const result = await gated(gate).upgrade(undefined, { signal: stop.signal })
    expect(result).toMatchObject({ failed: 0, stopped: 'signal' })
    expect(result.left).toBeGreaterThan(0)
  })

  it('A time that no timer waits is refused', () => {
    for (const gate of [
      { http: 'http://127.0.0.1/', timeoutMs: 2 ** 31 },
      { command: ['true'], timeoutMs: 1e12 },
    ] as const)
      expect(() => gated(gate)).toThrow('at most 2147483647 ms')
    expect(() => fleetOf(members, { stages: [{ name: 'all', pauseBetween: 30 * 86_400_000 }] })).toThrow('at most')
    expect(() => fleetOf(members, { retry: { delayMs: 2 ** 31 } })).toThrow('at most')
  })

  it('What is no gate is refused', () => {
    for (const gate of [
      'auto',
      {},
      { query: 'SELECT 1' },
      { command: [] },
      { http: 'x', command: ['y'] },
      { http: 1 },
    ]) {
      expect(() => gated(gate as StageGate)).toThrow('gate')
    }
  })
})

describe('a shared tier', () => {
  const shared: readonly Revision[] = [
    { revision: 's1', downRevision: null, upgrade: (op) => op.createTable('plans', (t) => t.column('id', integer())) },
  ]

  const sharedFleet = (options: { readonly dialectUrl: string }): Fleet =>
    createFleet({
      members,
      dialect: dialectOf,
      tiers: [graphOf(revisions(shared), { name: 'common' }), graphOf(revisions(chain))],
      shared: { tier: 'common', dialect: sqliteDialect({ url: options.dialectUrl }) },
      retry: { times: 0 },
    })

  it('Runs once before the members, which have the other tiers', async () => {
    const file = `${folder}/shared.db`
    executeIn(file, 'CREATE TABLE existing (id INTEGER)')
    const fleet = sharedFleet({ dialectUrl: `sqlite:///${file}` })
    expect(await fleet.status()).toMatchObject({ shared: { state: 'behind', pending: 1 } })
    expect((await fleet.plan()).shared?.steps.map(({ revision }) => revision)).toEqual(['s1'])
    const events: FleetEvent[] = []
    const result = await fleet.upgrade(undefined, { onEvent: (event) => events.push(event) })
    expect(result).toMatchObject({ migrated: 6, shared: { applied: ['common:s1'] } })
    expect(events[0]).toEqual({ type: 'sharedFinished', applied: ['common:s1'] })
    expect(rowsOf(fileOf(folder, 'm001'), "SELECT name FROM sqlite_master WHERE name = 'plans'")).toEqual([])
    expect(await fleet.upgrade()).toMatchObject({ upToDate: 6, shared: { applied: [] } })
    expect(await fleet.downgrade('r2')).toMatchObject({ migrated: 6 })
    expect(await fleet.status()).toMatchObject({ shared: { state: 'atHead' } })
  })

  it('That fails ends the run before the first member', async () => {
    const fleet = sharedFleet({ dialectUrl: `sqlite:///${fileOf(folder, 'm001')}/below-a-file.db` })
    const url = `sqlite:///${fileOf(folder, 'm077')}`
    await expect(fleet.create({ id: 'm077', url })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    expect(existsSync(fileOf(folder, 'm077'))).toBe(false)
    await expect(fleet.upgrade()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    expect(rowsOf(fileOf(folder, 'm002'), 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r2' }])
  })

  it('Goes first where a single member is made, or is behind', async () => {
    const file = `${folder}/shared.db`
    executeIn(file, 'CREATE TABLE existing (id INTEGER)')
    const fleet = sharedFleet({ dialectUrl: `sqlite:///${file}` })
    const created = await fleet.create({ id: 'm077', url: `sqlite:///${fileOf(folder, 'm077')}` })
    expect(created).toMatchObject({ applied: ['main:r1', 'main:r2', 'main:r3'], shared: { applied: ['common:s1'] } })
    await createMigrator({
      dialect: sqliteDialect({ url: `sqlite:///${file}` }),
      tiers: [graphOf(revisions(shared), { name: 'common' })],
    }).downgrade('base')
    const [member] = members
    if (member === undefined) throw new Error('no member')
    expect(await fleet.ensure(member)).toMatchObject({ applied: ['main:r3'], shared: { applied: ['common:s1'] } })
    // At the head the shared tier is not read.
    expect(await fleet.ensure(member)).toEqual({ applied: [] })
    const examined: string[] = []
    const checked = await fleet.check(async (migrator, { id }) => {
      examined.push(id)
      return id === 'common' ? [(await migrator.status()).state] : []
    })
    expect(checked).toMatchObject({ members: 6, ok: 6, shared: ['atHead'] })
    expect(examined[0]).toBe('common')
  })

  it('Is not migrated where each member would refuse the target or the tier', async () => {
    const file = `${folder}/shared.db`
    executeIn(file, 'CREATE TABLE existing (id INTEGER)')
    const fleet = sharedFleet({ dialectUrl: `sqlite:///${file}` })
    await expect(fleet.upgrade('r33')).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' })
    await expect(fleet.upgrade('s1')).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' })
    await expect(fleet.upgrade(undefined, { tier: 'common' })).rejects.toMatchObject({ code: 'TIER_UNKNOWN' })
    expect(await fleet.status()).toMatchObject({ shared: { state: 'behind', pending: 1 } })
    expect(await fleet.upgrade('r3', { tier: 'main' })).toMatchObject({ shared: { applied: ['common:s1'] }, failed: 0 })
  })

  it('That is not there, or is the only one, is refused', () => {
    const dialect = sqliteDialect({ url: `sqlite:///${folder}/shared.db` })
    const tiers = [graphOf(revisions(chain))]
    expect(() => fleetOf(members, { shared: { tier: 'absent', dialect } })).toThrow('no tier absent')
    expect(() => fleetOf(members, { tiers, shared: { tier: 'main', dialect } })).toThrow('a tier of their own')
  })
})

it('An examination gives each finding once, with the members that have it', async () => {
  const checked = await fleetOf([...members, { id: 'lost', url: `sqlite:///${fileOf(folder, 'm001')}/x.db` }]).check(
    async (migrator, { id }) => {
      const { pending } = await migrator.status({ files: false })
      return id === 'm001' ? [] : [`${pending} pending`]
    },
  )
  expect(checked).toMatchObject({
    members: 7,
    ok: 1,
    findings: [{ finding: '1 pending', count: 5, members: ['m002', 'm003', 'm004', 'm005', 'm006'] }],
    failures: [{ code: 'DATABASE_UNREACHABLE', count: 1 }],
  })
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a gate that asks a server', (createDatabase, name) => {
  it('A signal ends a run whose gate waits for the answer of a query', async () => {
    const { url } = await createDatabase()
    const isPostgres = name === 'postgres'
    const dialect = isPostgres ? postgresDialect({ url }) : mysqlDialect({ url })
    const query = isPostgres ? 'SELECT pg_sleep(20) IS NOT NULL' : 'SELECT SLEEP(20) = 0'
    const stop = new AbortController()
    const startedAt = performance.now()
    const run = gated({ query, dialect }).upgrade(undefined, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'stageFinished') setTimeout(() => stop.abort(), 500)
      },
    })
    expect(await run).toMatchObject({ migrated: 1, left: 5, stopped: 'signal' })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
