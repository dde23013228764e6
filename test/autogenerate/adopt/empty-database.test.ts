import { prove, survey } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

const migratorOn = ({ server, url }: TestDatabase, chain: readonly Revision[] = []) =>
  migratorOf(familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url }), chain)

type WriteRevision = ReturnType<typeof revisionWriter>

/** The revision that adopts a database, proven and stamped there, and run on an empty one. */
async function adoptTo(write: WriteRevision, db: TestDatabase, empty: TestDatabase): Promise<readonly Revision[]> {
  const dialect = familyOf(db.server) === 'postgres' ? 'postgres' : 'mysql'
  const { changes } = await survey(migratorOn(db))
  const chain = await write({ dialect, changes, downgrade: { isDerived: true, changes: [] } }, [])
  const proof = await prove(migratorOn(db, chain), chain[0]?.revision ?? '')
  expect(proof).toMatchObject({ ran: true, differences: [] })
  await migratorOn(db, chain).stamp('head')
  await migratorOn(empty, chain).upgrade()
  return chain
}

/** Both continue with one more revision: what the fold says of them is what they have. */
async function upgradeBoth(
  databases: readonly TestDatabase[],
  chain: readonly Revision[],
  upgrade: NonNullable<Revision['upgrade']>,
): Promise<readonly Revision[]> {
  const next = { revision: 'next', downRevision: chain.at(-1)?.revision ?? null, upgrade }
  const extended = [...chain, next]
  for (const each of databases) await migratorOn(each, extended).upgrade()
  return extended
}

describeOnEach(['mysql', 'mariadb'], 'an empty database that gets the chain of an adopted one', (createDatabase) => {
  const write = revisionWriter()
  const shown = async (db: TestDatabase, table: string): Promise<unknown> =>
    (await db.sql(`SHOW CREATE TABLE ${table}`))[0]?.['Create Table']

  it('has the prefixes of a primary key, also after a column of it is renamed', async () => {
    const [db, empty] = [await createDatabase(), await createDatabase()]
    await db.sql('CREATE TABLE urls (n int NOT NULL, u varchar(2000) NOT NULL, PRIMARY KEY (n, u(100)))')
    const chain = await adoptTo(write, db, empty)
    expect(await shown(empty, 'urls')).toBe(await shown(db, 'urls'))
    expect(await shown(empty, 'urls')).toContain('PRIMARY KEY (`n`,`u`(100))')
    await upgradeBoth([db, empty], chain, (op) => op.renameColumn('urls', 'u', 'url'))
    expect(await shown(empty, 'urls')).toBe(await shown(db, 'urls'))
    expect(await shown(empty, 'urls')).toContain('PRIMARY KEY (`n`,`url`(100))')
  })

  it('has the indexes that the server called after the columns of foreign keys, and renames them', async () => {
    const [db, empty] = [await createDatabase(), await createDatabase()]
    await db.sql('CREATE TABLE p (id int PRIMARY KEY)')
    await db.sql('CREATE TABLE c (id int PRIMARY KEY, pid int, FOREIGN KEY (pid) REFERENCES p (id))')
    const chain = await adoptTo(write, db, empty)
    expect(await shown(empty, 'c')).toBe(await shown(db, 'c'))
    expect(await shown(empty, 'c')).toContain('KEY `pid` (`pid`)')
    const before = await shown(db, 'c')
    const after = await upgradeBoth([db, empty], chain, (op) => op.renameIndex('c', 'pid', 'c_pid'))
    for (const each of [db, empty]) {
      expect(await shown(each, 'c')).toContain('KEY `c_pid` (`pid`)')
      await migratorOn(each, after).downgrade('-1')
      expect(await shown(each, 'c')).toBe(before)
    }
  })

  it('names the descending columns of a primary key, which no operation makes', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE events (id int NOT NULL, PRIMARY KEY (id DESC))')
    expect((await survey(migratorOn(db))).notes).toEqual([
      'table events: PRIMARY KEY (`id` DESC). No operation makes that: add it to the revision with `op.sql`.',
    ])
  })
})

describeOnEach(['postgres'], 'an empty database that gets the chain of an adopted one', (createDatabase) => {
  const write = revisionWriter()

  it('has the enums that have no values', async () => {
    const [db, empty] = [await createDatabase(), await createDatabase()]
    await db.sql('CREATE TYPE nothing AS ENUM (); CREATE TABLE t (id int PRIMARY KEY, e nothing)')
    await adoptTo(write, db, empty)
    expect(
      await empty.sql("SELECT count(*)::int AS n FROM pg_type WHERE typname = 'nothing' AND typtype = 'e'"),
    ).toEqual([{ n: 1 }])
  })

  it('has no column or check by inheritance only, and the proof names them', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE p (id int, a text, CONSTRAINT positive CHECK (id > 0)); CREATE TABLE c (a text) INHERITS (p);
      CREATE TABLE d (CONSTRAINT positive CHECK (id > 0)) INHERITS (p); ALTER TABLE p ADD CONSTRAINT few CHECK (id < 9) NOT VALID`)
    const { changes, notes } = await survey(migratorOn(db))
    const chain = await write({ dialect: 'postgres', changes, downgrade: { isDerived: true, changes: [] } }, [])
    const { producedNotes, ...proof } = await prove(migratorOn(db, chain), chain[0]?.revision ?? '')
    expect(proof).toMatchObject({ ran: true, differences: [] })
    expect(notes.filter((note) => !producedNotes.includes(note))).toEqual(
      [
        'table c: columns id by inheritance only',
        'constraint c.positive: positive by inheritance only',
        'constraint c.few: few by inheritance only',
        'constraint c.few: few as NOT VALID, which is inherited',
        'table d: columns id, a by inheritance only',
        'constraint d.few: few by inheritance only',
        'constraint d.few: few as NOT VALID, which is inherited',
      ].map((line) => `${line}. No operation makes that: add it to the revision with \`op.sql\`.`),
    )
  })
})
