import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnDialects, describeOnEach } from '../../kit/own-sessions.ts'
import { counts } from '../../kit/scale.ts'
import { allRevisions, type InstanceReport, stampede } from './stampede.ts'

type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>

const limitMs = 600_000

const values = async (sql: Query, text: string): Promise<string[]> =>
  (await sql(text)).map((row) => Object.values(row).map(String).join(' '))

/** No run failed, everybody sees the head, and each revision left its trace once. */
async function expectOnce(reports: readonly InstanceReport[], sql: Query, before = 0): Promise<void> {
  expect(reports.filter((each) => each.failed !== undefined)).toEqual([])
  expect(new Set(reports.map((each) => each.revision?.join()))).toEqual(new Set(['r12']))
  const due = allRevisions.slice(before).map((revision) => `main:${revision}`)
  expect(reports.flatMap((each) => each.applied ?? []).toSorted()).toEqual(due)
  const all = allRevisions.map((_, at) => `${at + 1} 1`).toSorted()
  expect((await values(sql, 'SELECT revision, count(*) AS n FROM applied GROUP BY revision')).toSorted()).toEqual(all)
  const rows = "SELECT revision, count(*) AS n FROM migrate_history WHERE direction = 'up' GROUP BY revision"
  expect((await values(sql, rows)).toSorted()).toEqual(allRevisions.map((revision) => `${revision} 1`))
  expect(await values(sql, 'SELECT version_num FROM migrate_version')).toEqual(['r12'])
}

/** Ten revisions behind: two of the twelve are applied. */
async function tenBehind(url: string, sql: Query): Promise<void> {
  const [first] = await stampede({ urls: [url], processes: 1 })
  expect(first?.revision).toEqual(['r12'])
  for (let at = 3; at <= 12; at += 1) await sql(`DROP TABLE t${at}`)
  await sql("DELETE FROM applied WHERE revision NOT IN ('1', '2')")
  await sql("DELETE FROM migrate_history WHERE revision > 'r02'")
  await sql("UPDATE migrate_version SET version_num = 'r02'")
}

async function rounds(
  createDatabase: () => Promise<{ url: string; sql: Query }>,
  processes: number,
  count: number,
): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    const { url, sql } = await createDatabase()
    const behind = round % 2 === 1
    if (behind) await tenBehind(url, sql)
    await expectOnce(await stampede({ urls: [url], processes }), sql, behind ? 2 : 0)
  }
}

function sizes(createDatabase: () => Promise<{ url: string; sql: Query }>): void {
  const rows = [
    { processes: 8, count: counts.stampedesOf8 },
    { processes: 32, count: counts.stampedesOf32 },
    { processes: 64, count: counts.stampedesOf64 },
  ]
  for (const { processes, count } of rows) {
    // The great ones belong to the long run only.
    if (count === 0) continue
    const title = `of ${processes}, ${count} rounds: each revision once, no run fails`
    it(title, () => rounds(createDatabase, processes, count), 3 * limitMs)
  }
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'instances that start at once', (createServerDatabase) => {
  const createDatabase = async () => {
    const db = await createServerDatabase()
    return { url: db.url, sql: (text: string) => db.sql(text) }
  }
  sizes(createDatabase)

  it(
    'need the lock: without it some fail, or a revision is applied twice',
    async () => {
      // Not every time do they meet; that they never do in so many rounds does not happen.
      for (let round = 0; round < 10; round += 1) {
        const { url, sql } = await createDatabase()
        const reports = await stampede({ urls: [url], processes: 8, without: 'lock' })
        const broken = await expectOnce(reports, sql).then(
          () => false,
          () => true,
        )
        if (broken) return
      }
      throw new Error('ten stampedes without a lock went well: this test cannot see what it is for')
    },
    limitMs,
  )
})

describeOnEach(['postgres'], 'instances that start at once, with a lease', (createServerDatabase) => {
  it(
    `of 8, ${counts.stampedesOf8} rounds: each revision once, no run fails`,
    async () => {
      for (let round = 0; round < counts.stampedesOf8; round += 1) {
        const db = await createServerDatabase()
        const reports = await stampede({ urls: [db.url], processes: 8, without: 'session' })
        await expectOnce(reports, (text) => db.sql(text))
      }
    },
    limitMs,
  )
})

describe('sqlite: instances that start at once', () => {
  let folder = ''
  let databases = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stampede-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const createDatabase = async () => {
    databases += 1
    const file = join(folder, `${databases}.db`)
    const sql: Query = async (text) => {
      const db = new Database(file)
      try {
        const statement = db.prepare(text)
        if (statement.reader) return statement.all() as Record<string, unknown>[]
        statement.run()
        return []
      } finally {
        db.close()
      }
    }
    return { url: `sqlite:${file}`, sql }
  }
  sizes(createDatabase)

  it(
    'without the file beside the database, too: each revision once, no run fails',
    async () => {
      for (let round = 0; round < counts.stampedesOf8; round += 1) {
        const { url, sql } = await createDatabase()
        await expectOnce(await stampede({ urls: [url], processes: 8, without: 'lock' }), sql)
      }
    },
    limitMs,
  )
})
