import { integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { countRoundTrips } from '../../kit/round-trips.ts'
import { describeOnEach, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'

const typed = (at: number): Recorded => {
  return (op) => op.createTable(`t${at}`, (t) => t.column('id', integer(), { nullable: false }))
}
const inSql = (at: number): Recorded => {
  return (op) => op.sql(`CREATE TABLE t${at} (id integer)`)
}

/** One more revision, besides its one statement of DDL. */
async function ofOneMore(server: ServerName, create: () => Promise<TestDatabase>, body: (at: number) => Recorded) {
  const counts: number[] = []
  for (const length of [3, 4]) {
    const database = await create()
    await database.sql('CREATE TABLE guest (id integer)')
    const migrator = migratorOf(
      dialectFor(familyOf(server), database.url),
      line(...Array.from({ length }, (_, at) => body(at))),
    )
    const count = countRoundTrips(database.url)
    await migrator.upgrade()
    counts.push(count())
  }
  return (counts[1] ?? 0) - (counts[0] ?? 0) - 1
}

const expected = {
  postgres: { typed: 1, sql: 2, status: 6, upgrade: 5 },
  mariadb: { typed: 2, sql: 5, status: 6, upgrade: 5 },
  mysql: { typed: 8, sql: 11, status: 6, upgrade: 5 },
} as const

describeOnEach(['postgres', 'mariadb', 'mysql'], 'round trips', (createDatabase, server) => {
  const counts = expected[server as keyof typeof expected]

  it('of a revision besides its DDL', async () => {
    expect(await ofOneMore(server, createDatabase, typed)).toBe(counts.typed)
    expect(await ofOneMore(server, createDatabase, inSql)).toBe(counts.sql)
  })

  it('of a database at head', async () => {
    const database = await createDatabase()
    const migrator = migratorOf(dialectFor(familyOf(server), database.url), line(typed(1), typed(2)))
    await migrator.upgrade()
    const count = countRoundTrips(database.url)
    await migrator.upgrade()
    const ofUpgrade = count()
    await migrator.status()
    expect({ upgrade: ofUpgrade, status: count() - ofUpgrade }).toEqual({
      upgrade: counts.upgrade,
      status: counts.status,
    })
  })
})
