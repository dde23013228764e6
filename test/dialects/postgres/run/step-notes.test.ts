import { examine } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded, type RevisionBody } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', text())
    t.primaryKey(['id'], { name: 't_key' })
  })

const noKey: Recorded = (op) => op.dropConstraint('t', 't_key')

const lost = (name: string, publications = 'publication all_of_it publishes'): string =>
  `table ${name} has no replica identity after this step, and ${publications} its changes: the server refuses each UPDATE and DELETE of its rows until it has a primary key, or REPLICA IDENTITY FULL`
const sent = (publications: string): string =>
  `${publications} the rows of t, and logical replication sends no change of a table: a subscriber needs a new column or name before this step, and what this step drops until after it`

describeOnEach(['postgres', 'postgres-next'], 'what a plan notes of publications', (createDatabase) => {
  async function notesOf(publication: string, ...chain: readonly RevisionBody[]) {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(table, ...chain))
    await migrator.upgrade('r1')
    await sql(publication)
    const { steps } = await migrator.plan()
    return { notes: steps.flatMap(({ notes }) => notes), migrator, sql }
  }

  const all = 'CREATE PUBLICATION all_of_it FOR ALL TABLES'

  it('A primary key that goes takes UPDATE and DELETE of the table with it, as the server shows', async () => {
    const { notes, migrator, sql } = await notesOf(all, noKey)
    expect(notes).toEqual([lost('t')])
    await sql("INSERT INTO t VALUES (1, 'one')")
    await migrator.upgrade()
    await expect(sql("UPDATE t SET a = 'two'")).rejects.toThrow('does not have a replica identity')
    await migrator.downgrade('r1')
    await sql("UPDATE t SET a = 'two'")
  })

  it('A table that is made without a primary key is named', async () => {
    const { notes, migrator, sql } = await notesOf(all, (op) => {
      op.createTable('bare', (t) => t.column('id', integer()))
      op.createTable('local', (t) => {
        t.column('id', integer())
        t.options({ unlogged: true })
      })
      op.createTable('keyed', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
    })
    expect(notes).toEqual([lost('bare')])
    await migrator.upgrade()
    await sql('INSERT INTO bare VALUES (1); INSERT INTO local VALUES (1); INSERT INTO keyed VALUES (1)')
    await expect(sql('UPDATE bare SET id = 2')).rejects.toThrow('does not have a replica identity')
    await sql('UPDATE local SET id = 2; UPDATE keyed SET id = 2')
  })

  it('A key that comes back in the same revision, and a publication of inserts, change nothing', async () => {
    const replaceKey: Recorded = (op) => {
      noKey(op)
      op.addPrimaryKey('t', ['id'], { name: 't_other' })
    }
    expect((await notesOf(all, replaceKey)).notes).toEqual([])
    const inserts = "CREATE PUBLICATION of_inserts FOR TABLE t WITH (publish = 'insert')"
    expect((await notesOf(inserts, noKey)).notes).toEqual([])
  })

  it('REPLICA IDENTITY names what the table needs', async () => {
    const publication = 'CREATE PUBLICATION all_of_it FOR TABLE t; ALTER TABLE t REPLICA IDENTITY'
    expect((await notesOf(`${publication} FULL`, noKey)).notes).toEqual([])
    const unique = 'CREATE UNIQUE INDEX u ON t (id)'
    const withIndex = `${unique}; ${publication} USING INDEX u`
    expect((await notesOf(withIndex, noKey, (op) => op.renameIndex('t', 'u', 'v'))).notes).toEqual([])
    expect((await notesOf(withIndex, (op) => op.dropIndex('t', 'u'))).notes).toEqual([lost('t')])
  })

  it('doctor names the tables whose rows the server does not change, and that no DDL is sent', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url }), line(table))
    await migrator.upgrade()
    const replication = async () =>
      (await examine(migrator)).findings
        .filter(({ about }) => about === 'replication')
        .map(({ level, what }) => [level, what])
    expect(await replication()).toEqual([])
    await sql(
      'CREATE TABLE bare (id integer); CREATE TABLE "Full" (id integer); ALTER TABLE "Full" REPLICA IDENTITY FULL',
    )
    await sql(`${all}; CREATE PUBLICATION of_inserts FOR ALL TABLES WITH (publish = 'insert')`)
    await expect(sql('INSERT INTO bare VALUES (1); UPDATE bare SET id = 2')).rejects.toThrow('replica identity')
    const warned = [
      'warning',
      'Rows are published (all_of_it, of_inserts), and logical replication sends no change of a table.',
    ]
    expect(await replication()).toEqual([
      [
        'problem',
        '1 of the tables in publication all_of_it have no replica identity (bare): the server refuses each UPDATE and DELETE of their rows.',
      ],
      warned,
    ])
    await sql('ALTER TABLE bare REPLICA IDENTITY FULL; UPDATE bare SET id = 2')
    expect(await replication()).toEqual([warned])
  })

  it('Columns that change do so on the publisher only', async () => {
    const changes: readonly Recorded[] = [
      (op) => op.addColumn('t', 'b', integer()),
      (op) => op.dropColumn('t', 'a'),
      (op) => op.renameColumn('t', 'a', 'c'),
      (op) => op.alterColumn('t', 'id', { type: text() }),
      (op) => op.renameTable('t', 's'),
    ]
    for (const change of changes)
      expect((await notesOf(all, change)).notes).toContain(sent('publication all_of_it publishes'))
    const unchanged: Recorded = (op) => op.createIndex('t', 'i', ['a'])
    expect((await notesOf(all, unchanged)).notes).toEqual([])
    const both = `${all}; CREATE PUBLICATION own FOR TABLE t`
    expect((await notesOf(both, changes[0] as Recorded)).notes).toEqual([sent('publications all_of_it, own publish')])
  })
})

describeOnEach(['postgres-next'], 'what a plan notes of the publications of a schema', (createDatabase) => {
  it('They have its tables, new ones too', async () => {
    const { url, sql } = await createDatabase()
    const bare: Recorded = (op) => op.createTable('bare', (t) => t.column('id', integer()))
    const migrator = migratorOf(postgresDialect({ url }), line(table, noKey, bare))
    await migrator.upgrade('r1')
    await sql('CREATE PUBLICATION all_of_it FOR TABLES IN SCHEMA public; CREATE SCHEMA other')
    await sql('CREATE PUBLICATION elsewhere FOR TABLES IN SCHEMA other')
    const { steps } = await migrator.plan()
    expect(steps.flatMap(({ notes }) => notes)).toEqual([lost('t'), lost('bare')])
  })
})

describeOnEach(['postgres', 'postgres-next'], 'what a plan notes of owners', (createDatabase) => {
  it('What another role owns is named before anything runs', async () => {
    const { url, sql, name } = await createDatabase()
    const role = `user_of_${name}`
    await sql(`CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE TYPE mood AS ENUM ('glad'); CREATE SEQUENCE s;
      CREATE ROLE ${role} LOGIN; GRANT ALL ON SCHEMA public TO ${role}; GRANT ALL ON TABLE t TO ${role}`)
    const own = new URL(url)
    own.username = role
    const migrator = migratorOf(
      postgresDialect({ url: own.href }),
      line(
        (op) => op.createTable('mine', (t) => t.column('id', integer())),
        (op) => {
          op.addColumn('t', 'b', integer())
          op.createIndex('t', 'i', ['a'])
          op.alterEnum('mood', { add: [{ value: 'calm' }] })
          op.alterSequence('s', { increment: '2' })
        },
      ),
    )
    const belongs = (what: string): string =>
      `${what} belongs to the role postgres, and this user lacks the rights of that role: the server refuses to change it for this user`
    try {
      const { steps } = await migrator.plan()
      expect(steps.map(({ notes }) => notes)).toEqual([
        [],
        [belongs('table t'), belongs('enum mood'), belongs('sequence s')],
      ])
      await expect(migrator.upgrade()).rejects.toThrow('must be owner of')
      await sql(`ALTER TABLE t OWNER TO ${role}; ALTER TYPE mood OWNER TO ${role}; ALTER SEQUENCE s OWNER TO ${role}`)
      expect((await migrator.plan()).steps.flatMap(({ notes }) => notes)).toEqual([])
      await migrator.upgrade()
    } finally {
      await sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
    }
  })
})
