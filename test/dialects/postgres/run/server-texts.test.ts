import { expression, integer, native, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'

/** Each is written in another way by the server. */
const defaults: readonly (readonly [type: string, text: string])[] = [
  ['bigint', '(extract(epoch from now()) * 1000)::bigint'],
  ['date', "DATE '2020-01-01'"],
  ['text', "E'a\\nb'"],
  ['bit(4)', "B'1010'"],
  ['numeric', '.5'],
  ['boolean', "'yes'"],
  ['point', 'point(1,2)'],
  ['time', "time '10:00'"],
]
const conditions = [
  "trim(t) <> ''",
  'extract(year from d) > 2000',
  "position('@' in t) > 1",
  "substring(t from 1 for 1) = 'a'",
  'n > 1e3',
  "a @> '{x}'",
  "t SIMILAR TO 'a%'",
  "v IN ('a', 'b')",
  "m <> 'y'",
  'true',
]

const everything: Recorded = (op) => {
  op.createEnum('mood', ['x', 'y'])
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', native('postgres', 'numeric'))
    t.column('t', text())
    t.column('d', native('postgres', 'date'))
    t.column('a', native('postgres', 'text[]'))
    t.column('v', native('postgres', 'varchar(9)'))
    t.column('m', native('postgres', 'mood'))
    t.column('g', integer(), { generated: { as: expression("position('@' in t)"), stored: true } })
    for (const [at, [type, value]] of defaults.entries())
      t.column(`c${at}`, native('postgres', type), { default: expression(value) })
    t.primaryKey(['id'])
    for (const [at, condition] of conditions.entries()) {
      t.check(expression(condition), { name: `check${at}` })
      t.index(`partial${at}`, ['n'], { where: expression(condition) })
      t.index(`expression${at}`, [expression(`(${condition})`)])
    }
  })
}

const small: Recorded = (op) =>
  op.createTable('s', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('d', native('postgres', 'date'), { default: expression("DATE '2020-01-01'") })
    t.column('name', text())
    t.check(expression("trim(name) <> ''"), { name: 'named' })
    t.index('found', ['id'], { where: expression('extract(year from d) > 2000') })
  })

const tablesSql = `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ '^migrate_'`

describeOn('postgres', 'a downgrade and what the server writes in its own words', (createDatabase) => {
  const on = ({ url }: Pick<TestDatabase, 'url'>, ...bodies: readonly Recorded[]) =>
    migratorOf(postgresDialect({ url }), line(...bodies))

  it('is no drift, of a table or of what was added to one later', async () => {
    const db = await createDatabase()
    const migrator = on(
      db,
      everything,
      small,
      (op) => op.alterColumn('s', 'd', { default: expression("DATE '2021-01-01'") }),
      (op) => op.alterTable('s', (t) => t.addCheck(expression('id > 1e3'), { name: 'big' })),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await db.sql(tablesSql)).toEqual([])
  })

  it.each([
    [
      "ALTER TABLE s ALTER d SET DEFAULT '2020-01-02'",
      'table s: column d: default is "2020-01-02", expected "2020-01-01"',
    ],
    [
      "ALTER TABLE s DROP CONSTRAINT named; ALTER TABLE s ADD CONSTRAINT named CHECK (trim(name) <> 'x')",
      "table s: check named (trim ( both from name ) <> '' :: text): expression is trim ( both from name ) <> 'x' :: text, expected trim ( both from name ) <> '' :: text",
    ],
    [
      'DROP INDEX found; CREATE INDEX found ON s (id) WHERE extract(year from d) > 2001',
      'table s: index found: where is extract ( year from d ) > ( 2001 ) :: numeric, expected extract ( year from d ) > ( 2000 ) :: numeric',
    ],
    ['DROP INDEX found', 'table s: index found is missing'],
    ['ALTER TABLE s ADD more text', 'table s: column more is not expected'],
  ])('is what was changed by hand, and nothing else: %s', async (hand, difference) => {
    const db = await createDatabase()
    await on(db, small).upgrade()
    await db.sql(hand)
    const error = await errorOf(on(db, small).downgrade('base'))
    expect(error).toMatchObject({ code: 'DRIFT', details: { differences: [difference] } })
    await on(db, small).downgrade('base', { acceptDrift: true })
    expect(await db.sql(tablesSql)).toEqual([])
  })

  it('asks nothing where nothing differs, and says why it could not ask where something does', async () => {
    const db = await createDatabase()
    const role = `${db.name}_role`
    await db.sql(`CREATE ROLE ${role} LOGIN; GRANT ALL ON SCHEMA public TO ${role}`)
    try {
      const own = { url: Object.assign(new URL(db.url), { username: role, password: '' }).href }
      const plain: Recorded = (op) => op.createTable('p', (t) => t.column('n', integer(), { default: 1 }))
      await on(own, small, plain).upgrade()
      await on(own, small, plain).downgrade('r1')
      const error = await errorOf(on(own, small, plain).downgrade('base'))
      expect(error.code).toBe('DRIFT')
      expect(error.message).toContain('The server could not be asked whether it only writes them otherwise: ')
      expect(error.message).toContain(`${role} may not create schemas in the database ${db.name}`)
    } finally {
      await db.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
    }
  })
})

describeOn('postgres', 'a table that has the former name of another one', (createDatabase) => {
  const create: Recorded = (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
      t.column('n', integer())
      t.column('up', integer())
      t.primaryKey(['id'])
      t.unique(['n'])
      t.check(expression('n > 0'))
      t.foreignKey({ columns: ['up'], references: { table: 't', columns: ['id'] } })
    })
  const rename: Recorded = (op) => op.renameTable('t', 'former')
  const names = async (db: TestDatabase) =>
    // From version 18 on NOT NULL is a constraint with a name: https://www.postgresql.org/docs/18/release-18.html
    (
      await db.sql("SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass AND contype <> 'n' ORDER BY 1")
    ).map(({ conname }) => conname)

  it.each([
    ['one revision', [create, ((op) => [rename(op), create(op)]) as Recorded]],
    ['a revision of its own', [create, rename, create]],
  ] as const)('goes and comes with the numbered names of its constraints, made in %s', async (_, chain) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(...chain))
    for (const [at] of chain.entries()) await migrator.upgrade(`r${at + 1}`)
    await db.sql('INSERT INTO t (n) VALUES (7)')
    const numbered = ['t_n_check1', 't_n_key1', 't_pkey1', 't_up_fkey1']
    expect(await names(db)).toEqual(numbered)
    await migrator.downgrade('-1')
    await migrator.upgrade()
    expect(await names(db)).toEqual(numbered)
    expect(await db.sql('SELECT n FROM t')).toMatchObject([{ n: 7 }])
    await db.sql('ALTER TABLE t RENAME CONSTRAINT t_pkey1 TO another')
    expect((await errorOf(migrator.downgrade('-1'))).code).toBe('DRIFT')
  })

  it('has its unique constraint dropped by its columns in the revision that makes it', async () => {
    const db = await createDatabase()
    await migratorOf(
      postgresDialect({ url: db.url }),
      line(create, (op) => {
        rename(op)
        create(op)
        op.dropConstraint('t', { kind: 'unique', columns: ['n'] })
      }),
    ).upgrade()
    expect(await names(db)).toEqual(['t_n_check1', 't_pkey1', 't_up_fkey1'])
  })
})
