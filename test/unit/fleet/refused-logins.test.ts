import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readSchema } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type FleetEvent, queryMembers } from '@org/migrate-fleet'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'
import { chain } from './kit.ts'

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a login that the server refuses', (createDatabase, server) => {
  async function refused() {
    const url = new URL((await createDatabase()).url)
    url.username = 'no_such_user'
    url.password = 'wrong'
    return dialectFor(familyOf(server), url.href)
  }

  it('is tried once for a member, and servers that block accounts after a few failures block none', async () => {
    const dialect = await refused()
    const events: FleetEvent[] = []
    const fleet = createFleet({
      members: [{ id: 'a' }],
      dialect: () => dialect,
      tiers: [graphOf(revisions(chain))],
      retry: { times: 2, delayMs: 1 },
    })
    const { failures } = await fleet.upgrade(undefined, { onEvent: (event) => events.push(event) })
    expect(failures).toMatchObject([{ code: 'DATABASE_UNREACHABLE', count: 1 }])
    expect(events.map(({ type }) => type)).not.toContain('memberRetried')
  })

  it('is not waited for', async () => {
    const migrator = createMigrator({ dialect: await refused(), tiers: [graphOf(revisions(chain))] })
    const started = performance.now()
    await expect(migrator.ensure({ mode: 'wait', timeoutMs: 20_000 })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { isRefused: true },
    })
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

it('tries a file that is no SQLite database once, and waits for none', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'migrate-no-database-')), 'app.db')
  onTestFinished(() => rmSync(dirname(file), { recursive: true }))
  writeFileSync(file, 'This is a letter, and no database at all. '.repeat(40))
  const dialect = sqliteDialect({ url: `sqlite:${file}` })
  const events: FleetEvent[] = []
  const tiers = [graphOf(revisions(chain))]
  const fleet = createFleet({
    members: [{ id: 'a' }],
    dialect: () => dialect,
    tiers,
    retry: { times: 2, delayMs: 1 },
  })
  const { failures } = await fleet.upgrade(undefined, { onEvent: (event) => events.push(event) })
  expect(failures).toMatchObject([{ code: 'DATABASE_UNREACHABLE', count: 1 }])
  expect(events.map(({ type }) => type)).not.toContain('memberRetried')
  const waiting: unknown[] = []
  const waited = createMigrator({ dialect, tiers }).ensure({
    mode: 'wait',
    timeoutMs: 20_000,
    onEvent: (event) => waiting.push(event),
  })
  await expect(waited).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  expect(waiting).toEqual([])
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'an error of a driver', (createDatabase, server) => {
  it('has a code, the database and what to do where members are read', async () => {
    const { url, name } = await createDatabase()
    const members = queryMembers(dialectFor(familyOf(server), url), 'SELECT id FROM no_such_table', () => ({ id: 'a' }))
    await expect(members().next()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringMatching(new RegExp(`${name}: .*no_such_table`)),
      remedy: 'Correct what the message names, and run it again.',
    })
  })

  it('has them where a schema is read', async () => {
    const { url, name } = await createDatabase()
    const dialect = dialectFor(familyOf(server), url)
    const { connection } = dialect
    const failing = {
      ...dialect,
      connection: {
        ...connection,
        connect: async (options: Parameters<typeof connection.connect>[0]) => {
          const session = await connection.connect(options)
          await session.query('SELECT id FROM no_such_table').finally(() => session.close())
          return session
        },
      },
    }
    await expect(readSchema(failing)).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringMatching(new RegExp(`${name}: .*no_such_table`)),
    })
  })
})
