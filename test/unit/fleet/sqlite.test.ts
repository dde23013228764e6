import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { graphOf, type Revision, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { FleetEvent, FleetMember } from '@org/migrate-fleet'
import { fileMembers } from '@org/migrate-fleet'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { executeIn, rowsOf } from '../run/kit.ts'
import { chain, countingCompiles, dialectOf, fileOf, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const versionOf = (id: string): unknown => rowsOf(fileOf(folder, id), 'SELECT version_num FROM migrate_version')

it('A fleet of twenty SQLite files in one state is planned once and compiled once', async () => {
  const members = await makeMembers(folder, numbered(20), 'r2')
  const { dialect, compiled } = countingCompiles(dialectOf)
  const result = await fleetOf(members, { dialect }).upgrade()
  expect(result).toMatchObject({ members: 20, migrated: 20, upToDate: 0, failed: 0, left: 0, plans: 1 })
  // The column and the index.
  expect(compiled()).toBe(2)
  for (const { id } of members) {
    expect(versionOf(id)).toEqual([{ version_num: 'r3' }])
    expect(
      rowsOf(fileOf(folder, id), "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'users%'"),
    ).toEqual([{ name: 'users_locale' }])
  }
})

it('A member whose file does not exist is not tried again, and failures are listed by the names of their members', async () => {
  const ids = ['c', 'a', 'b']
  const events: FleetEvent[] = []
  const fleet = fleetOf(
    ids.map((id) => ({ id, url: fileOf(folder, id) })),
    { retry: { times: 2, delayMs: 1 } },
  )
  const { failures } = await fleet.upgrade(undefined, { onEvent: (event) => void events.push(event) })
  expect(failures.map(({ code, members }) => [code, members.map(({ id, message }) => [id, message])])).toEqual([
    [
      'DATABASE_UNREACHABLE',
      ['a', 'b', 'c'].map((id) => [id, `${fileOf(folder, id)} does not exist: there is no such file`]),
    ],
  ])
  expect(events.filter(({ type }) => type === 'memberRetried')).toEqual([])
})

it('A second run of a fleet finds nothing to do and compiles nothing', async () => {
  const members = await makeMembers(folder, numbered(10), 'r3')
  const { dialect, compiled } = countingCompiles(dialectOf)
  expect(await fleetOf(members, { dialect }).upgrade()).toMatchObject({ upToDate: 10, migrated: 0, plans: 1 })
  expect(compiled()).toBe(0)
})

it('Members with preserved values and members without are read at once, with nothing due', async () => {
  const dropped: readonly Revision[] = [
    ...chain.slice(0, 1),
    { revision: 'r2', downRevision: 'r1', upgrade: (op) => op.dropColumn('users', 'name', { preserve: true }) },
  ]
  const ids = numbered(8)
  const members = await makeMembers(folder, ids, 'r1')
  for (const id of ids.filter((_, at) => at % 2 === 0))
    executeIn(fileOf(folder, id), "INSERT INTO users VALUES (1, 'Ada')")
  const fleet = fleetOf(members, { tiers: [graphOf(revisions(dropped))], parallel: ids.length })
  expect(await fleet.upgrade()).toMatchObject({ migrated: 8, failures: [] })
  // The table of preserved values is made where there are some.
  for (const direction of ['upgrade', 'downgrade'] as const)
    expect(await fleet[direction]('r2')).toMatchObject({ upToDate: 8, failures: [] })
})

it.each<readonly [string, (file: string) => Partial<FleetMember>]>([
  ['labels', (file) => ({ labels: { file } })],
  ['drivers', (file) => ({ driver: { file } })],
])(
  'Members of one id with other %s, by which the dialect finds their files, are brought to the head at once',
  async (_what, own) => {
    const files = ['a', 'b'].map((name) => fileOf(folder, name))
    const fileOfMember = ({ labels, driver }: FleetMember): string => {
      const found: unknown =
        labels?.file ?? (typeof driver === 'object' && driver !== null && Reflect.get(driver, 'file'))
      return String(found)
    }
    const fleet = fleetOf([], { dialect: (member) => sqliteDialect({ url: `sqlite:///${fileOfMember(member)}` }) })
    await Promise.all(files.map((file) => fleet.ensure({ id: 'one', ...own(file) })))
    for (const file of files)
      expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r3' }])
  },
)

it('Among files that are the same each that differs is found, with nothing due', async () => {
  const members = await makeMembers(folder, numbered(20), 'r3')
  executeIn(fileOf(folder, 'm010'), "DELETE FROM migrate_history WHERE revision = 'r3'")
  executeIn(fileOf(folder, 'm012'), 'ALTER TABLE migrate_history DROP COLUMN run')
  executeIn(fileOf(folder, 'm014'), "UPDATE migrate_history SET direction = 'sideways' WHERE revision = 'r1'")
  executeIn(fileOf(folder, 'm016'), "UPDATE migrate_version SET version_num = 'unknown1'")
  executeIn(fileOf(folder, 'm018'), 'ALTER TABLE migrate_history ADD COLUMN foreign_one TEXT NOT NULL DEFAULT 1')
  const { upToDate, failures, warnings, plans } = await fleetOf(members, { parallel: 1 }).upgrade()
  expect({ upToDate, plans, warnings }).toEqual({
    upToDate: 18,
    plans: 1,
    warnings: [
      { text: expect.stringMatching(/^migrate_history has no row of r3, which is applied/), count: 1, first: 'm010' },
    ],
  })
  expect(failures.flatMap(({ code, members: named }) => named.map(({ id }) => `${id} ${code}`)).sort()).toEqual([
    'm014 BOOKKEEPING_INVALID',
    'm016 UNKNOWN_APPLIED_REVISION',
  ])
})

it('Members at three revisions take three plans, and one with a drifted table takes its own', async () => {
  const members = [
    ...(await makeMembers(folder, numbered(5, 'a'), 'r1')),
    ...(await makeMembers(folder, numbered(5, 'b'), 'r2')),
    ...(await makeMembers(folder, numbered(5, 'c'), 'r3')),
  ]
  executeIn(fileOf(folder, 'b003'), 'ALTER TABLE users ADD COLUMN hand_made TEXT')
  const fleet = fleetOf(members)
  const planned = await fleet.plan()
  expect(planned.plans).toBe(4)
  expect(planned.groups.map(({ count, plan }) => [count, plan.steps.length])).toEqual([
    [5, 2],
    [5, 0],
    [4, 1],
    [1, 1],
  ])
  expect(planned.groups.at(-1)?.members).toEqual(['b003'])
  expect(await fleet.upgrade()).toMatchObject({ migrated: 10, upToDate: 5, failed: 0, plans: 4 })
})

it('Status counts the members by state and names those that cannot be read', async () => {
  const members = [
    ...(await makeMembers(folder, numbered(3, 'a'), 'r2')),
    ...(await makeMembers(folder, numbered(2, 'b'), 'r3')),
    { id: 'lost', url: `sqlite:///${folder}/damaged.db` },
  ]
  writeFileSync(`${folder}/damaged.db`, 'this is no database, and longer than the header of one'.repeat(100))
  expect(await fleetOf(members).status()).toMatchObject({
    members: 6,
    groups: [
      { state: 'behind', heads: ['r2'], pending: 1, count: 3 },
      { state: 'atHead', heads: ['r3'], pending: 0, count: 2 },
    ],
    failures: [{ count: 1, members: [{ id: 'lost' }] }],
  })
})

it('Status names the members whose schema differs from what their revisions make, where it is asked for', async () => {
  const members = [
    ...(await makeMembers(folder, numbered(3, 'a'), 'r2')),
    ...(await makeMembers(folder, numbered(4, 'b'), 'r3')),
  ]
  executeIn(fileOf(folder, 'a002'), 'ALTER TABLE users ADD COLUMN hand_made TEXT')
  for (const id of ['b001', 'b003']) executeIn(fileOf(folder, id), 'DROP INDEX users_locale')
  const fleet = fleetOf(members)
  expect(await fleet.status()).not.toHaveProperty('drift')
  const { drift } = await fleet.status({ drift: true })
  expect(drift).toEqual({
    drifted: 3,
    notCompared: 0,
    groups: [
      { differences: [expect.stringContaining('users_locale')], count: 2, members: ['b001', 'b003'] },
      { differences: [expect.stringContaining('hand_made')], count: 1, members: ['a002'] },
    ],
  })
})

it('Bad members among good ones are named with their causes, and a second run after their repair finishes', async () => {
  const good = await makeMembers(folder, numbered(40), 'r2')
  const bad = await makeMembers(folder, ['drift', 'heads', 'damaged', 'locked', 'tampered'], 'r2')
  const unreachable = { id: 'unreachable', url: `sqlite:///${fileOf(folder, 'heads')}/below-a-file.db` }
  executeIn(fileOf(folder, 'drift'), 'DROP TABLE users')
  executeIn(fileOf(folder, 'heads'), "UPDATE migrate_version SET version_num = 'unknown1'")
  executeIn(fileOf(folder, 'tampered'), 'ALTER TABLE migrate_history DROP COLUMN direction')
  const damaged = fileOf(folder, 'damaged')
  const before = readFileSync(damaged)
  writeFileSync(damaged, Buffer.from('no database at all, as if a copy had been cut off'.repeat(100)))
  const holder = new Database(fileOf(folder, 'locked'))
  holder.exec('BEGIN IMMEDIATE')
  const events: FleetEvent[] = []
  const state = sqliteDialect({ url: `sqlite:///${folder}/state/fleet.db` })
  const fleet = fleetOf([...bad, ...good, unreachable], { waitMs: 200, state })
  const result = await fleet.upgrade(undefined, { onEvent: (event) => events.push(event) })
  expect(result).toMatchObject({ members: 46, migrated: 40, failed: 6, left: 0 })
  const causes = result.failures.flatMap(({ code, members }) => members.map(({ id }) => `${id} ${code}`)).sort()
  expect(causes).toEqual([
    'damaged DATABASE_UNREACHABLE',
    'drift OBJECT_MISSING',
    'heads UNKNOWN_APPLIED_REVISION',
    'locked DATABASE_BUSY',
    'tampered BOOKKEEPING_INVALID',
    'unreachable DATABASE_UNREACHABLE',
  ])
  expect(good.map(({ id }) => versionOf(id))).toEqual(good.map(() => [{ version_num: 'r3' }]))
  expect(events.filter(({ type }) => type === 'memberFailed')).toHaveLength(6)
  expect(await fleet.record('locked')).toMatchObject({ outcome: 'failed', code: 'DATABASE_BUSY', attempts: 2 })
  holder.exec('ROLLBACK')
  holder.close()
  writeFileSync(damaged, before)
  for (const id of ['drift', 'heads', 'tampered']) copyFileSync(damaged, fileOf(folder, id))
  const [first = unreachable] = bad
  const repaired = fleetOf([...bad, ...good, { id: 'unreachable', url: first.url ?? '' }], { state })
  expect(await repaired.upgrade()).toMatchObject({ migrated: 5, upToDate: 41, failed: 0, plans: 2 })
  expect(await repaired.record('locked')).toMatchObject({ outcome: 'migrated', heads: ['r3'], attempts: 1 })
})

it('Members are the files that a pattern finds, without the files of the locks', async () => {
  await makeMembers(folder, ['one', 'two'], 'r2')
  const members = fileMembers('*.db*', { baseDirectory: folder })
  expect(await fleetOf(members).upgrade()).toMatchObject({ members: 2, migrated: 2 })
})

it('Files are members whatever their names hold', async () => {
  const [first = { id: '' }] = await makeMembers(folder, ['plain'], 'r2')
  const names = ['a b', 'a%20b', 'a#b', 'a?b', 'a?mode=memory', "a'b", '[x]', '{y}', 'ü']
  for (const name of names) copyFileSync(fileOf(folder, first.id), fileOf(folder, name))
  expect(await fleetOf(fileMembers('*.db', { baseDirectory: folder })).upgrade()).toMatchObject({ migrated: 10 })
  for (const name of names) expect(versionOf(name)).toEqual([{ version_num: 'r3' }])
})

it('A file that is not to be a member is none', async () => {
  await makeMembers(folder, ['one', 'state'], 'r2')
  for (const except of ['state.db', fileOf(folder, 'state'), './state.db']) {
    const { members, groups } = await fleetOf(fileMembers('*.db', { baseDirectory: folder, except: [except] })).status()
    expect({ members, named: groups[0]?.members }).toEqual({ members: 1, named: ['one.db'] })
  }
})

it('Calls of ensure for one member share one run', async () => {
  const [member = { id: '' }] = await makeMembers(folder, ['tenant'], 'r1')
  const fleet = fleetOf([member])
  const results = await Promise.all([fleet.ensure(member), fleet.ensure(member), fleet.ensure(member)])
  expect(results).toEqual(Array(3).fill({ applied: ['main:r2', 'main:r3'] }))
  expect(await fleet.ensure(member)).toEqual({ applied: [] })
})

it('A list with one id for two members is refused before a member is taken', async () => {
  const members = await makeMembers(folder, numbered(2), 'r2')
  const [first] = members
  const fleet = fleetOf([...members, { id: 'm002', url: first?.url ?? '' }])
  const refused = { code: 'INVALID_OPTION', message: expect.stringContaining('two have the id m002') }
  await expect(fleet.upgrade()).rejects.toMatchObject(refused)
  await expect(fleet.status()).rejects.toMatchObject(refused)
  for (const { id } of members) expect(versionOf(id)).toEqual([{ version_num: 'r2' }])
})

it('So is a function that lists them, at the second of the two', async () => {
  const members = await makeMembers(folder, numbered(2), 'r2')
  await expect(fleetOf(() => [...members, ...members]).upgrade()).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('two have the id m001'),
  })
})

it('A misspelled key of a member is refused: it would be another database', async () => {
  const [member] = await makeMembers(folder, numbered(1), 'r2')
  const misspelled = { id: 'm001', url: member?.url ?? '', shema: 'tenant_1' }
  await expect(fleetOf([misspelled]).upgrade()).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message:
      'A member of the fleet is not right: there is no key `shema`; known are id, url, driver, schema, group, labels, weight.',
  })
  expect(versionOf('m001')).toEqual([{ version_num: 'r2' }])
})

it('A member with an empty schema is refused: it would be the default one', async () => {
  const [member] = await makeMembers(folder, numbered(1), 'r2')
  await expect(fleetOf([{ id: 'm001', url: member?.url ?? '', schema: '' }]).upgrade()).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('`schema`: a text of 1 to 255 characters'),
  })
  for (const open of [
    () => postgresDialect({ url: 'postgres://localhost/a', schema: '' }),
    () => mysqlDialect({ url: 'mysql://localhost/a', schema: '' }),
  ])
    expect(open).toThrow(/`schema`.*the name of a schema is expected/)
})
