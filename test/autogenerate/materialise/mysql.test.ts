import { createHash } from 'node:crypto'
import { examine } from '@org/migrate-autogenerate'
import type { SchemaModel } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { creationsOf } from '../../../packages/autogenerate/src/differences/creations.ts'
import { materialise } from '../../../packages/autogenerate/src/differences/materialise.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { migratorAt } from '../check/kit.ts'
import { dialectAt } from './dialect-at.ts'
import { create, unlike } from './kit.ts'
import { asUser, dumps, staying, withConcurrentWork } from './live-kit.ts'
import { integer, key, primary, schema, table, varchar, view } from './models.ts'

const id = integer('id', { nullable: false })

/** Identity, enums, generated columns, views over views, a circle, a trigger; on MariaDB a sequence in a default. */
function rich(server: string): SchemaModel {
  const numbered = server === 'mariadb' ? [{ kind: 'expression', sql: 'nextval(numbers)' } as const] : []
  const [next] = numbered
  const model = schema({
    tables: [
      table(
        'users',
        [
          { ...id, identity: { mode: 'autoIncrement' } },
          varchar('name', { default: { kind: 'literal', value: "it's `users`" }, collation: 'utf8mb4_bin' }),
          { name: 'mood', type: { kind: 'enum', values: ['sad', 'ok'] }, nullable: false },
          { name: 'born', type: { kind: 'timestamp', withTimezone: false }, nullable: false, default: { kind: 'now' } },
          { name: 'doc', type: { kind: 'json' }, nullable: true },
          varchar('slug', { generated: { expression: "concat(name, '-')", stored: true } }),
          integer('team'),
          {
            name: 'number',
            type: { kind: 'integer', bits: 64 },
            nullable: true,
            ...(next === undefined ? {} : { default: next }),
          },
        ],
        [
          primary('id'),
          key('users_team', 'team', 'teams'),
          { kind: 'check', name: 'named', expression: "name <> 'nobody' and length(name) between 1 and 30" },
        ],
        [{ name: 'users_name', unique: false, elements: [{ column: 'name', order: 'desc' }] }],
      ),
      table('teams', [id, integer('lead')], [primary('id'), key('teams_lead', 'lead', 'users')]),
    ],
    views: [view('a_last', 'SELECT slug FROM b_middle'), view('b_middle', 'SELECT * FROM users WHERE team > 0')],
    triggers: [
      {
        name: 'touched',
        table: 'users',
        definition: 'CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.name = lower(NEW.name)',
      },
    ],
  })
  return next === undefined ? model : { ...model, sequences: new Map([['numbers', { ref: { name: 'numbers' } }]]) }
}

/** What the server's own catalog says of a database, without the database. */
const commentsQuery = `SELECT 'column' AS what, TABLE_NAME AS a, COLUMN_NAME AS b, CONCAT_WS('|', COLUMN_TYPE, IS_NULLABLE, EXTRA, COLUMN_KEY,
    COLLATION_NAME, GENERATION_EXPRESSION) AS c, REPLACE(COLUMN_DEFAULT, DATABASE(), '…') AS d
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
  UNION ALL SELECT 'check', CONSTRAINT_NAME, CHECK_CLAUSE, NULL, NULL
    FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()
  UNION ALL SELECT 'key', TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, REFERENCED_TABLE_NAME
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()
  UNION ALL SELECT 'index', TABLE_NAME, INDEX_NAME, CONCAT_WS('|', COLUMN_NAME, COLLATION, SUB_PART), NULL
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
  UNION ALL SELECT 'view', TABLE_NAME, REPLACE(VIEW_DEFINITION, DATABASE(), '…'), NULL, NULL
    FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
  UNION ALL SELECT 'trigger', TRIGGER_NAME, ACTION_STATEMENT, NULL, NULL
    FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1, 2, 3, 4`

/** The shadow databases for this one that are there, as their names say: the second part is a hash of its name. */
async function shadowsOf({ name, sql }: TestDatabase): Promise<readonly string[]> {
  const own = createHash('sha256').update(name).digest('hex').slice(0, 8)
  const rows = await sql(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'migrate\\_shadow\\_%' ORDER BY 1`,
  )
  return rows.map(({ name }) => String(name)).filter((each) => each.split('_')[3] === own)
}

describeOnEach(['mariadb', 'mysql'], 'the shadow database', (createDatabase, server) => {
  test('a rich schema is materialised as it is really created, and the catalog says the same of both, but for the name', async () => {
    const { url, sql, name } = await createDatabase()
    await sql(`ALTER DATABASE ${name} CHARACTER SET latin1 COLLATE latin1_german1_ci`)
    const dialect = dialectAt(url)
    const declared = rich(server)
    let inShadow: unknown
    let insideShadow: unknown
    const materialised = await materialise(
      withConcurrentWork(dialect, async ({ session }) => {
        inShadow = (await session.query(commentsQuery)).map((row) => JSON.stringify({ ...row }))
        insideShadow = (await session.query('SELECT DATABASE() AS name, @@collation_database AS collation'))[0]
      }),
      declared,
    )
    expect(insideShadow).toMatchObject({
      name: expect.stringMatching(/^migrate_shadow_[0-9a-f]{8}_[0-9a-f]{8}_[0-9a-z]{6,8}_[0-9a-f]{8}$/),
      collation: 'latin1_german1_ci',
    })
    const real = await create(dialect, creationsOf(declared))
    const spoken = await dialect.connection.connect({ purpose: 'inspect' })
    await spoken.close()
    expect(unlike(await (spoken.dialect ?? dialect).load(), real, materialised)).toEqual([])
    expect(inShadow).toEqual((await sql(commentsQuery)).map((row) => JSON.stringify(row)))
    expect(JSON.stringify([...materialised.views.values()])).not.toContain('migrate_shadow')
    const number = materialised.tables.get('users')?.columns.find((column) => column.name === 'number')
    expect(number?.default).toEqual(
      server === 'mariadb' ? { kind: 'expression', sql: 'nextval(`numbers`)' } : undefined,
    )
  })

  test('the database is as it was, when the work is over and when it throws, and no other is left', async () => {
    const database = await createDatabase()
    const { url, sql } = database
    await sql(
      "CREATE TABLE users (id int PRIMARY KEY, note varchar(9)); INSERT INTO users VALUES (1, 'kept'); CREATE VIEW v AS SELECT id FROM users",
    )
    const dialect = dialectAt(url)
    const before = await sql(dumps.mysql)
    await materialise(dialect, rich(server))
    const wrong = new Error('thrown by the work')
    await expect(
      materialise(
        withConcurrentWork(dialect, () => Promise.reject(wrong)),
        rich(server),
      ),
    ).rejects.toBe(wrong)
    expect(await sql(dumps.mysql)).toEqual(before)
    expect(await sql('SELECT id, note FROM users')).toEqual([{ id: 1, note: 'kept' }])
    expect(await shadowsOf(database)).toEqual([])
  })

  test('of a process that is killed the database is left: the doctor names it, and the next comparison drops it', async () => {
    const database = await createDatabase()
    const { url, sql } = database
    const { child, where } = await staying(url)
    const { findings } = await examine(migratorAt(url, []))
    expect(findings.map(({ about }) => about)).not.toContain('left-over database')
    // In use it stays, whatever else compares.
    await materialise(dialectAt(url), schema({}))
    expect(await shadowsOf(database)).toEqual([where])
    child.kill('SIGKILL')
    const reported = async (): Promise<unknown> =>
      (await examine(migratorAt(url, []))).findings.filter(({ about }) => about === 'left-over database')
    await expect.poll(reported).toEqual([
      {
        level: 'warning',
        about: 'left-over database',
        what: `The database ${where} was made to compare schemas, and its process ended without dropping it.`,
        next: `DROP DATABASE \`${where}\`; or wait: a later comparison drops it.`,
      },
    ])
    await materialise(dialectAt(url), schema({}))
    expect(await shadowsOf(database)).toEqual([])
    const [prefix, word, here, own, time = '', mark] = where.split('_')
    const named = (at: string | undefined, secondsAgo: number): string =>
      [prefix, word, at, own, (Number.parseInt(time, 36) - secondsAgo).toString(36), mark].join('_')
    const old = named(here, 3_600)
    const elsewhere = named('ffffffff', 3_600)
    const oldElsewhere = named('ffffffff', 100_000)
    const foreignName = [prefix, word, here, '00000000', named(here, 100_000).split('_')[4], mark].join('_')
    for (const name of [old, elsewhere, oldElsewhere, foreignName]) await sql(`CREATE DATABASE ${name}`)
    await materialise(dialectAt(url), schema({}))
    expect(await shadowsOf(database)).toEqual([elsewhere])
    expect(await sql(`SHOW DATABASES LIKE '${foreignName}'`)).toHaveLength(1)
    for (const name of [elsewhere, foreignName]) await sql(`DROP DATABASE ${name}`)
  })

  test('who may make no database, or could not drop it again, is refused, and nothing is left', async () => {
    const database = await createDatabase()
    const { sql, name } = database
    await asUser(database, false, async (user, url) => {
      await sql(`GRANT ALL ON ${name}.* TO ${user}`)
      const refused = {
        code: 'SHADOW_REFUSED',
        message: expect.stringContaining('gives no shadow database: Access denied for user'),
        remedy: expect.stringContaining('GRANT ALL ON `migrate\\_shadow\\_%`.* TO'),
      }
      await expect(materialise(dialectAt(url), rich(server))).rejects.toMatchObject(refused)
      await sql(`GRANT CREATE ON *.* TO ${user}`)
      await expect(materialise(dialectAt(url), rich(server))).rejects.toMatchObject(refused)
      expect(await shadowsOf(database)).toEqual([])
      await sql(`GRANT ALL ON \`migrate\\_shadow\\_%\`.* TO ${user}`)
      const part = schema({ tables: [table('t', [id, varchar('a')], [primary('id')])] })
      expect([...(await materialise(dialectAt(url), part)).tables.keys()]).toEqual(['t'])
      expect(await shadowsOf(database)).toEqual([])
    })
  })

  test('two at once know nothing of each other; a foreign key may lead out of what is made', async () => {
    const database = await createDatabase()
    const dialect = dialectAt(database.url)
    const part = schema({
      tables: [table('users', [id, integer('team')], [primary('id'), key('users_team', 'team', 'teams')])],
    })
    const materialised: SchemaModel[] = []
    await materialise(
      withConcurrentWork(dialect, async () => {
        materialised.push(await materialise(dialect, part))
      }),
      rich(server),
    )
    expect(materialised[0]?.tables.get('users')?.constraints).toEqual([
      { kind: 'primaryKey', columns: ['id'] },
      key('users_team', 'team', 'teams'),
    ])
    expect(await shadowsOf(database)).toEqual([])
  })

  test('what the server does not take has the name of its table, and the driver’s error', async () => {
    const database = await createDatabase()
    const dialect = dialectAt(database.url)
    const wrong = schema({
      tables: [
        table('fine', [id]),
        table('users', [
          id,
          { name: 'born', type: { kind: 'varchar', length: 40 }, nullable: true, collation: 'utf8mb4_of_none' },
        ]),
      ],
    })
    await expect(materialise(dialect, wrong)).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: "create table users failed: Unknown collation: 'utf8mb4_of_none'",
      location: { operation: 'create table users', sql: expect.stringContaining('CREATE TABLE `users`') },
      cause: { errno: 1273 },
    })
    const elsewhere = schema({ schemas: ['other'], tables: [table({ schema: 'other', name: 't' }, [id])] })
    await expect(materialise(dialect, elsewhere)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    const stop = new AbortController()
    const reason = new Error('enough')
    const slow = withConcurrentWork(dialect, async ({ session }) => {
      setTimeout(() => stop.abort(reason), 200)
      await session.query('SELECT SLEEP(60) AS slept')
    })
    await expect(materialise(slow, rich(server), { signal: stop.signal })).rejects.toBe(reason)
    expect(await shadowsOf(database)).toEqual([])
  })
})
