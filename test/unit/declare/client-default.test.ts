import {
  bigint,
  boolean,
  client,
  column,
  createMigrator,
  date,
  graphOf,
  type InsertOf,
  integer,
  json,
  type OperationRecorder,
  revisions,
  table,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from '@org/migrate-core'
import { clientDefaultOf } from '@org/migrate-core/internal'
import { openMysql, toDrizzle as toMysql } from '@org/migrate-drizzle/mysql'
import { openPostgres, toDrizzle as toPostgres } from '@org/migrate-drizzle/postgres'
import { openSqlite, toDrizzle as toSqlite } from '@org/migrate-drizzle/sqlite'
import { expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { describeEverywhere, type Ground } from '../ensure/ground.ts'

let counted = 0
const filled = table(
  'filled',
  {
    id: column(varchar(36), { nullable: false, clientDefault: client.uuid() }),
    other: column(uuid(), { nullable: false, clientDefault: client.uuid() }),
    seconds: column(bigint(), { nullable: false, clientDefault: client.now() }),
    nanoseconds: column(bigint(), { nullable: false, clientDefault: client.now({ unit: 'nanoseconds' }) }),
    day: column(date(), { nullable: false, clientDefault: client.now() }),
    clock: column(time({ precision: 3 }), { nullable: false, clientDefault: client.now() }),
    at: column(timestamp({ precision: 3 }), { nullable: false, clientDefault: client.now() }),
    off: column(boolean(), { nullable: false, clientDefault: client.literal(false) }),
    settings: column(json<{ a?: number }>(), { nullable: false, clientDefault: client.literal({ a: 1 }) }),
    count: column(integer(), { nullable: false, clientDefault: () => ++counted }),
    note: column(text()),
  },
  { primaryKey: ['id'] },
)

const chain = graphOf(
  revisions([
    { revision: 'r1', downRevision: null, message: '', upgrade: (op: OperationRecorder) => op.createTable(filled) },
  ]),
)

async function insertedRow({ name, url }: Ground): Promise<Record<string, unknown>[]> {
  if (name === 'sqlite') {
    const database = openSqlite({ url })
    onTestFinished(() => database.close())
    const rows = toSqlite(filled)
    await database.db.insert(rows).values([{ note: 'a' }, { note: 'b', off: true }])
    return database.db.select().from(rows).orderBy(rows.note)
  }
  if (url.startsWith('postgres')) {
    const database = openPostgres({ url })
    onTestFinished(() => database.close())
    const rows = toPostgres(filled)
    await database.db.insert(rows).values([{ note: 'a' }, { note: 'b', off: true }])
    return database.db.select().from(rows).orderBy(rows.note)
  }
  const database = openMysql({ url })
  onTestFinished(() => database.close())
  const rows = toMysql(filled)
  await database.db.insert(rows).values([{ note: 'a' }, { note: 'b', off: true }])
  return database.db.select().from(rows).orderBy(rows.note)
}

describeEverywhere('client defaults', (createGround) => {
  it('fill what an insert leaves out, row by row, and the database knows nothing of them', async () => {
    const ground = await createGround()
    await createMigrator({ dialect: ground.dialect(), tiers: [chain] }).upgrade()
    const before = Date.now()
    counted = 0
    const [a, b] = await insertedRow(ground)
    expect(a?.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(a?.id).not.toBe(b?.id)
    expect(a?.other).toMatch(/^[0-9a-f-]{36}$/)
    expect([a?.off, b?.off]).toEqual([false, true])
    expect([a?.count, b?.count]).toEqual([1, 2])
    expect(a?.settings).toEqual({ a: 1 })
    expect(Number(a?.seconds) * 1_000).toBeGreaterThan(before - 1_500)
    expect(Number(a?.seconds) * 1_000).toBeLessThanOrEqual(Date.now())
    expect(Math.abs(Number(a?.nanoseconds) / 1e6 - before)).toBeLessThan(60_000)
    const at = Date.parse(`${String(a?.at).replace(' ', 'T')}Z`)
    expect(Math.abs(at - before)).toBeLessThan(60_000)
    expect(String(a?.at).slice(0, 10)).toBe(a?.day)
    expect(String(a?.at).slice(11, 16)).toBe(String(a?.clock).slice(0, 5))
    const insert =
      ground.name === 'sqlite' || ground.name === 'postgres' ? `INSERT INTO filled (note) VALUES ('c')` : ''
    if (insert !== '') await expect(ground.sql(insert)).rejects.toThrow(/null/i)
  })
})

it('a client default that its column cannot hold is refused when the table is made', () => {
  const wrong = table('wrong', { id: column(integer(), { clientDefault: client.uuid() }) })
  expect(() => toSqlite(wrong)).toThrow('The client default of column id: an integer column cannot hold a UUID.')
  const timeless = table('wrong', { id: column(boolean(), { clientDefault: client.now() }) })
  expect(() => toSqlite(timeless)).toThrow('The client default of column id: a boolean column has no time.')
})

it('an insert may leave out what the client fills in', () => {
  expectTypeOf<InsertOf<typeof filled>>().toExtend<{ note?: string | null | undefined }>()
  const empty: InsertOf<typeof filled> = {}
  expect(filled.model.columns.every((each) => each.default === undefined)).toBe(true)
  expect(empty).toEqual({})
})

it('nanoseconds follow a clock that is set, and stay in order while it runs', () => {
  const now = clientDefaultOf('at', bigint(), client.now({ unit: 'nanoseconds' })) as () => bigint
  const offset = 3_600_000
  const real = Date.now
  const near = (): number => Math.abs(Number(now() / 1_000_000n) - Date.now())
  expect(near()).toBeLessThan(100)
  // As after a machine has slept for an hour, which the clock of the process does not count.
  vi.spyOn(Date, 'now').mockImplementation(() => real() + offset)
  try {
    expect(near()).toBeLessThan(100)
    const times = Array.from({ length: 100 }, now)
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)))
  } finally {
    vi.restoreAllMocks()
  }
  expect(near()).toBeLessThan(100)
})
