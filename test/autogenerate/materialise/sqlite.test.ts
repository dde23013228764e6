import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dialect, SchemaModel } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { creationsOf } from '../../../packages/autogenerate/src/differences/creations.ts'
import { materialise } from '../../../packages/autogenerate/src/differences/materialise.ts'
import { createSchema } from '../../../packages/conformance/src/operations/outcome.ts'
import { needsDriver } from '../../kit/sqlite-client/needs-driver.ts'
import { create, unlike } from './kit.ts'
import { withConcurrentWork } from './live-kit.ts'
import { integer, key, primary, schema, table, varchar, view } from './models.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-scratch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const id = integer('id', { nullable: false })

const rich: SchemaModel = schema({
  tables: [
    table(
      'users',
      [
        { ...id, identity: { mode: 'autoIncrement' } },
        varchar('name', { default: { kind: 'literal', value: "it's" }, collation: 'NOCASE' }),
        { name: 'mood', type: { kind: 'enum', values: ['sad', 'ok'] }, nullable: false },
        varchar('slug', { generated: { expression: "name || '-'", stored: true } }),
        integer('team'),
      ],
      [
        primary('id'),
        key('users_team', 'team', 'teams'),
        { kind: 'check', name: 'named', expression: 'length(name) > 1' },
      ],
      [{ name: 'users_name', unique: false, elements: [{ expression: 'lower(name)' }], where: 'team > 0' }],
    ),
    table('teams', [id, integer('lead')], [primary('id'), key('teams_lead', 'lead', 'users')]),
  ],
  views: [view('a_last', 'SELECT slug FROM b_middle'), view('b_middle', 'SELECT * FROM users')],
  triggers: [
    {
      name: 'touched',
      table: 'users',
      definition: 'CREATE TRIGGER touched AFTER DELETE ON users BEGIN DELETE FROM teams WHERE lead = OLD.id; END',
    },
  ],
})

const schemaQuery = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid'

async function inAndOut(dialect: Dialect, picture: () => unknown): Promise<readonly unknown[]> {
  const before = picture()
  let rows: readonly unknown[] = []
  await materialise(
    withConcurrentWork(dialect, async ({ session }) => {
      rows = (await session.query(schemaQuery)).map((row) => ({ ...row }))
      expect(picture()).toEqual(before)
    }),
    rich,
  )
  const wrong = new Error('thrown by the work')
  await expect(
    materialise(
      withConcurrentWork(dialect, () => Promise.reject(wrong)),
      rich,
    ),
  ).rejects.toBe(wrong)
  expect(picture()).toEqual(before)
  return rows
}

describe('sqlite: the shadow database', () => {
  test('a rich schema is materialised as it is really created, and the texts that are kept are the same', async () => {
    const file = join(folder, 'rich.db')
    const dialect = await sqliteDialect({ url: `sqlite:${file}` }).load()
    const rows = await inAndOut(dialect, () => existsSync(file))
    expect(existsSync(file)).toBe(false)
    const materialised = await materialise(dialect, rich)
    expect(unlike(dialect, await create(dialect, creationsOf(rich, { circles: 'inline' })), materialised)).toEqual([])
    const client = new Database(file, { readonly: true })
    expect(client.prepare(schemaQuery).all()).toEqual(rows)
    client.close()
    expect(unlike(dialect, materialised, await materialise(dialect, rich))).toEqual([])
  })

  async function expectUntouched(encrypted: boolean): Promise<void> {
    const home = mkdtempSync(join(folder, 'file-'))
    const file = join(home, 'app.db')
    const dialect = await (encrypted
      ? sqliteDialect({ url: `sqlite+sqlcipher://${file}`, key: 'secret' })
      : sqliteDialect({ url: `sqlite:${file}` })
    ).load()
    await create(dialect, [{ kind: 'createTable', table: table('users', [id]) }])
    expect(readFileSync(file).includes('CREATE TABLE')).toBe(!encrypted)
    const rows = await inAndOut(dialect, () => [readdirSync(home), readFileSync(file).toString('hex')])
    expect(rows.length).toBeGreaterThan(5)
  }

  test('the file is not touched: not a byte, and nothing beside it', () => expectUntouched(false))

  describe('an encrypted file', () => {
    needsDriver('better-sqlite3-multiple-ciphers')
    test('is not touched: not a byte, and nothing beside it', () => expectUntouched(true))
  })

  test('a database in memory is another one than the place; and so are two places', async () => {
    const dialect = await sqliteDialect({ url: ':memory:' }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    await createSchema(dialect, session, [{ kind: 'createTable', table: table('kept', [id]) }])
    await dialect.shadow?.use(async (one) => {
      await one.session.execute('CREATE TABLE one (a)')
      await dialect.shadow?.use(async (other) => {
        await other.session.execute('CREATE TABLE one (a)')
        await other.session.execute('CREATE TABLE other (a)')
      })
      expect([...(await dialect.introspection.schema(one.session)).tables.keys()]).toEqual(['one'])
    })
    expect([...(await dialect.introspection.schema(session)).tables.keys()]).toEqual(['kept'])
    await session.close()
  })

  test('what SQLite does not take has the name of its table, and the driver’s error', async () => {
    const dialect = await sqliteDialect({ url: ':memory:' }).load()
    const wrong = schema({
      tables: [
        table('fine', [id]),
        table(
          'users',
          [id, integer('age', { default: { kind: 'expression', sql: '(no_such_function(1))' } })],
          [{ kind: 'check', name: 'named', expression: 'nobody > 1' }],
        ),
      ],
    })
    await expect(materialise(dialect, wrong)).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringMatching(/^create table users failed: /),
      location: { operation: 'create table users', sql: expect.stringContaining('CREATE TABLE "users"') },
      cause: { code: 'SQLITE_ERROR' },
    })
    const { shadow: _, ...without } = dialect
    await expect(materialise(without, rich)).rejects.toMatchObject({ code: 'SHADOW_REFUSED' })
  })
})
