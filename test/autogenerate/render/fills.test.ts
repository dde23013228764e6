import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BodyChange } from '@org/migrate-autogenerate'
import {
  bytes,
  createMigrator,
  enumeration,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'

import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { describeOn, type ServerName } from '../../kit/servers.ts'
import { loaded, projectFolder, rendered } from './kit.ts'

const project = projectFolder()

interface FillDatabase {
  readonly dialect: UnloadedDialect
  sql(text: string): Promise<readonly Record<string, unknown>[]>
}

type Fill = Extract<BodyChange, { kind: 'fill' }>
const fill = (table: string, column: string, more: Partial<Fill> = {}): Fill => ({
  kind: 'fill',
  table: { name: table },
  column,
  where: { kind: 'null' },
  why: `${table}.${column} becomes NOT NULL`,
  ...more,
})

const many = 1203
/** Names with everything that a text or an SQL could take for its own. */
const odd = { table: 'we"ird? $1', key: '`key`?', column: `it's \\ $\{x}` }

function tables(op: OperationRecorder): void {
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('locale', varchar(12))
    t.column('country', varchar(2))
    t.column('tag', varchar(20))
    t.primaryKey(['id'])
  })
  op.insertRows(
    'people',
    Array.from({ length: many }, (_, at) => ({
      id: at + 1,
      locale: at % 2 === 0 ? null : 'de',
      country: at % 3 === 0 ? 'AT' : 'CH',
      tag: null,
    })),
  )
  op.createTable('grid', (t) => {
    t.column('row', integer(), { nullable: false })
    t.column('the column', varchar(20), { nullable: false })
    t.column('level', integer())
    t.primaryKey(['row', 'the column'])
  })
  op.insertRows('grid', [
    { row: 1, 'the column': "it's", level: null },
    { row: 1, 'the column': 'b', level: 7 },
    { row: 2, 'the column': 'b', level: null },
  ])
  op.createTable('log', (t) => {
    t.column('line', text())
    t.column('level', integer())
  })
  op.insertRows('log', [
    { line: 'a', level: null },
    { line: 'a', level: 2 },
    { line: 'a', level: null },
  ])
  op.createTable('moods', (t) => {
    t.column('at', timestamp(), { nullable: false })
    t.column('mood', enumeration(["sa'd\\", 'ok', '?']))
    t.primaryKey(['at'])
  })
  op.insertRows('moods', [
    { at: '2026-11-20 08:00:00', mood: "sa'd\\" },
    { at: '2026-11-21 08:00:00', mood: '?' },
    { at: '2026-11-22 08:00:00', mood: null },
  ])
  op.createTable(odd.table, (t) => {
    t.column(odd.key, bytes(4), { nullable: false })
    t.column(odd.column, varchar(20))
    t.primaryKey([odd.key])
  })
  op.insertRows(odd.table, [
    { [odd.key]: new Uint8Array([0, 255]), [odd.column]: null },
    { [odd.key]: new Uint8Array([39, 92]), [odd.column]: null },
  ])
}

const fills: readonly Fill[] = [
  fill('people', 'locale', { key: ['id'] }),
  fill('people', 'tag', { key: ['id'], value: `CONCAT('? ', "country")` }),
  fill('grid', 'level', { key: ['row', 'the column'] }),
  fill('log', 'level'),
  fill('moods', 'mood', { key: ['at'], where: { kind: 'value', value: "sa'd\\" } }),
  fill(odd.table, odd.column, { key: [odd.key] }),
]
const answers: Readonly<Record<string, string>> = {
  peopleLocale: "'en'",
  gridLevel: '5',
  logLevel: '-1n',
  moodsMoodSaD: "'ok'",
  weIrd1ItSX: "'a?\\\\\\'b'",
}

/** The file after its author has answered. */
function answered(text: string): string {
  return text.replaceAll(/const (\w+) = toFillIn\([^;]*?\n {2}\)|const (\w+) = toFillIn\([^\n]*\)/g, (_all, a, b) => {
    const name = String(a ?? b)
    return `const ${name} = ${answers[name]}`
  })
}

async function upgrade({ dialect }: FillDatabase, given: readonly Fill[], first = tables): Promise<void> {
  const text = answered(rendered({ upgrade: new Map([[dialect.name, given]]) }))
  const second = await loaded(project.path, text)
  const chain = revisions([
    { revision: 'r1', downRevision: null, upgrade: first },
    { revision: 'r2', downRevision: 'r1', upgrade: second.upgrade as (op: OperationRecorder) => void },
  ])
  await createMigrator({ dialect, tiers: [graphOf(chain)] }).upgrade()
}

/** Values as texts: every client has its own for numbers. */
const asText = (rows: readonly Record<string, unknown>[]): readonly (readonly string[])[] =>
  rows.map((row) => Object.values(row).map(String))

const quoted = (name: string, dialect: UnloadedDialect): string =>
  dialect.name === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`

function suite(open: () => Promise<FillDatabase>): void {
  it('nothing of any revision is run while one of them is to be completed', async () => {
    const { dialect, sql } = await open()
    const text = rendered({ upgrade: new Map([[dialect.name, fills.slice(0, 1)]]) })
    const second = await loaded(project.path, text)
    const chain = revisions([
      { revision: 'r1', downRevision: null, upgrade: tables },
      { revision: 'r2', downRevision: 'r1', upgrade: second.upgrade as (op: OperationRecorder) => void },
    ])
    await expect(createMigrator({ dialect, tiers: [graphOf(chain)] }).upgrade()).rejects.toMatchObject({
      code: 'REVISION_INCOMPLETE',
      location: { tier: 'main', revision: 'r2', source: expect.stringMatching(/revision\d+\.ts:14:\d+$/) },
    })
    await expect(sql('SELECT * FROM people')).rejects.toThrow(/people/)
  })

  it('rows get what their author filled in, by every kind of key, and only the rows that are meant', async () => {
    const database = await open()
    await upgrade(database, fills)
    const q = (name: string): string => quoted(name, database.dialect)
    const rows = async (sql: string) => asText(await database.sql(sql))
    expect(await rows('SELECT locale, COUNT(*) AS n FROM people GROUP BY locale ORDER BY locale')).toEqual([
      ['de', '601'],
      ['en', '602'],
    ])
    expect(await rows('SELECT tag, COUNT(*) AS n FROM people GROUP BY tag ORDER BY tag')).toEqual([
      ['? AT', '401'],
      ['? CH', '802'],
    ])
    expect(await rows(`SELECT ${q('row')}, level FROM grid ORDER BY ${q('row')}, level`)).toEqual([
      ['1', '5'],
      ['1', '7'],
      ['2', '5'],
    ])
    expect(await rows('SELECT level FROM log ORDER BY level')).toEqual([['-1'], ['-1'], ['2']])
    expect(await rows('SELECT mood FROM moods ORDER BY at')).toEqual([['ok'], ['?'], ['null']])
    expect(await rows(`SELECT ${q(odd.column)} FROM ${q(odd.table)}`)).toEqual([["a?\\'b"], ["a?\\'b"]])
  })
}

describe('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fills-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let files = 0
  suite(async () => {
    const file = join(folder, `${files++}.db`)
    const sql = async (text: string) => {
      const client = new Database(file)
      try {
        return client.prepare(text).all() as Record<string, unknown>[]
      } finally {
        client.close()
      }
    }
    return { dialect: sqliteDialect({ url: `sqlite:${file}` }), sql }
  })
})

const servers: readonly (readonly [ServerName, (url: string) => UnloadedDialect])[] = [
  ['postgres', (url) => postgresDialect({ url })],
  ['mariadb', (url) => mysqlDialect({ url })],
  ['mysql', (url) => mysqlDialect({ url })],
]
for (const [server, dialect] of servers) {
  describeOn(server, 'fills', (createDatabase) => {
    const open = async (): Promise<FillDatabase> => {
      const database = await createDatabase()
      return { dialect: dialect(database.url), sql: database.sql }
    }
    suite(open)

    if (server !== 'postgres') return
    it('a table of another schema is filled in batches too', async () => {
      const database = await open()
      const log = { schema: 'app', name: 'log' }
      const table = (op: OperationRecorder): void => {
        op.createSchema('app')
        op.createTable(log, (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('level', integer())
          t.primaryKey(['id'])
        })
        op.insertRows(log, [
          { id: 1, level: null },
          { id: 2, level: 3 },
        ])
      }
      await upgrade(database, [fill('log', 'level', { table: log, key: ['id'] })], table)
      expect(asText(await database.sql('SELECT id, level FROM app.log ORDER BY id'))).toEqual([
        ['1', '-1'],
        ['2', '3'],
      ])
    })
  })
}
