import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, compare, diffSchemas } from '@org/migrate-autogenerate'
import { type DeclaredSchema, type Exports, isMigrateError, type Revision } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import { type Column, ColumnBuilder, is } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { afterAll, describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { type DialectName, dialects, membersOf } from './members.ts'
import type { Row, Rows } from './row.ts'
import { mysqlRows } from './rows/mysql.ts'
import { postgresRows } from './rows/postgres.ts'
import { sqliteRows } from './rows/sqlite.ts'

/*
 * What Drizzle can say, and what becomes of it: made, left out with a line that fails `check`, refused, or nothing that a database has.
 */

const rowsOf: { readonly [D in DialectName]: Rows } = { postgres: postgresRows, mysql: mysqlRows, sqlite: sqliteRows }
const readers: { readonly [D in DialectName]: (exports: Exports) => DeclaredSchema } = {
  postgres: readPostgres,
  mysql: readMysql,
  sqlite: readSqlite,
}
const offline: { readonly [D in DialectName]: Dialect } = {
  postgres: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
  mysql: await mysqlDialect({ url: 'mysql://localhost/d' }).load(),
  sqlite: await sqliteDialect({ url: ':memory:' }).load(),
}

const isMethod = (member: string): boolean => !member.includes('(')

/** What is found of a word without a server: how many changes, and what is said beside them. */
async function findAnswer(
  dialect: DialectName,
  { without, declaring }: Pick<Row, 'without' | 'declaring'>,
): Promise<string> {
  const read = readers[dialect]
  try {
    const [before, after] = [read(without), read(declaring)]
    const { changes, notes } = await diffSchemas({
      dialect: offline[dialect],
      from: before.schema,
      to: after,
      fromAuthors: true,
      answers: { none: true },
    })
    // That a comparison without a server cannot judge texts is no answer to a word: half of these rows ask servers.
    const news = notes.filter((note) => !before.notes.includes(note) && !note.startsWith('No server was asked'))
    // What the dialect cannot make is refused when it is planned.
    let model = before.schema
    for (const change of changes) {
      if (change.kind !== 'operation') continue
      const { operation } = change
      const next = offline[dialect].model.apply(model, operation)
      const compile = offline[dialect].compiler.table[operation.kind] as (at: object) => unknown
      compile({ operation, before: model, after: next })
      model = next
    }
    if (news.length > 0) return `noted: ${news.join('; ')}`
    return changes.length > 0 ? 'made' : 'nothing'
  } catch (error) {
    if (isMigrateError(error)) return `refused: ${error.code}`
    throw error
  }
}

function expected({ answer }: Row): string {
  if (answer.is === 'noted') return `noted: ${answer.note}`
  if (answer.is === 'refused') return `refused: ${answer.code}`
  return answer.is === 'none' ? 'nothing' : 'made'
}

const cores = { postgres: pg, mysql: my, sqlite: lite } as const
/** The arguments of types that ask for some. */
const given: readonly (readonly unknown[])[] = [
  [],
  [{ length: 10 }],
  [{ dimensions: 3 }],
  [{ values: ['a', 'b'] }],
  [['a', 'b']],
  [{ type: 'point' }],
]
/** In 1.0 those of PostgreSQL have a base of their own. */
const isBuilder = (value: unknown): boolean => is(value, ColumnBuilder) || is(value, pg.PgColumnBuilder)
const noTypes = new Set(['migrate', 'migrateAsync', 'migrateSync', 'customType', 'pgEnum', 'mysqlEnum'])

/** The functions of a dialect that make columns, each with a column of it. */
function columnsOf(dialect: DialectName): readonly (readonly [string, () => unknown])[] {
  return Object.entries(cores[dialect] as Readonly<Record<string, unknown>>).flatMap(([name, make]) => {
    if (typeof make !== 'function' || !/^[a-z]/.test(name) || noTypes.has(name)) return []
    const call = (each: readonly unknown[]): unknown => {
      try {
        return (make as (...all: readonly unknown[]) => unknown)(...each)
      } catch {
        return undefined
      }
    }
    const arguments_ = given.find((each) => {
      const column = call(each)
      return isBuilder(column) && readable(dialect, call(each))
    })
    return arguments_ === undefined
      ? isBuilder(call([]))
        ? [[name, () => call([])] as const]
        : []
      : [[name, () => call(arguments_)] as const]
  })
}

const tableOf = (dialect: DialectName, columns: object): Exports =>
  ({
    postgres: () => ({ t: pg.pgTable('t', { id: pg.integer().primaryKey(), ...columns }) }),
    mysql: () => ({ t: my.mysqlTable('t', { id: my.int().primaryKey(), ...columns }) }),
    sqlite: () => ({ t: lite.sqliteTable('t', { id: lite.int().primaryKey(), ...columns }) }),
  })[dialect]()

function readable(dialect: DialectName, column: unknown): boolean {
  try {
    const table = Object.values(tableOf(dialect, { a: column }))[0] as { readonly a: Column }
    return !table.a.getSQLType().includes('undefined')
  } catch {
    return false
  }
}

describe.each(dialects)('what Drizzle can say on %s', (dialect) => {
  it('has an answer for every method of its builders, and for none that is gone', () => {
    expect(Object.keys(rowsOf[dialect]).filter(isMethod).sort()).toEqual(membersOf(dialect))
  })

  it('a method without an answer is seen', () => {
    const [first, ...otherMembers] = Object.keys(rowsOf[dialect]).filter(isMethod).sort()
    expect(membersOf(dialect).filter((member) => !otherMembers.includes(member))).toEqual([first])
  })

  it.each(Object.entries(rowsOf[dialect]))('%s', async (_member, row) => {
    expect(await findAnswer(dialect, row)).toBe(expected(row))
  })

  it('every type of a column is made, or left out with a line', async () => {
    const columns = columnsOf(dialect)
    expect(columns.length).toBeGreaterThan(5)
    const silent: string[] = []
    for (const [name, make] of columns) {
      const answer = await findAnswer(dialect, {
        without: tableOf(dialect, {}),
        declaring: tableOf(dialect, { a: make() }),
      })
      if (answer === 'nothing') silent.push(name)
    }
    expect(silent).toEqual([])
  })
})

const servers = { postgres: postgresDialect, mysql: mysqlDialect, sqlite: sqliteDialect }

/** Declares words of Drizzle on a server, checks, makes them, and checks again. */
function onServer(dialect: DialectName, createDatabase: () => Promise<{ readonly url: string }>): void {
  const write = revisionWriter()
  const read = readers[dialect]
  const cases = Object.entries(rowsOf[dialect]).filter(
    // Types of extensions that a server need not have are left out.
    ([member, { answer }], at) =>
      answer.is !== 'refused' && !member.startsWith('geometry') && at % counts.builderWordEvery === 0,
  )

  it.each(cases)(
    '%s: check is never green beside what is not there',
    async (_member, { without, declaring, answer }) => {
      let { url } = await createDatabase()
      const migratorOn = (chain: readonly Revision[]) => migratorOf(servers[dialect]({ url }), chain)
      const bring = async (chain: readonly Revision[], exports: Exports): Promise<readonly Revision[]> => {
        const longer = await write(await compare(migratorOn(chain), read(exports), { answers: { none: true } }), chain)
        await migratorOn(longer).upgrade()
        return longer
      }
      const isGreen = async (chain: readonly Revision[], exports: Exports): Promise<boolean> =>
        (await check(migratorOn(chain), { declared: read(exports) })).ok
      const chain = await bring([], without)
      const isDefault = answer.is === 'made' && answer.isDefault === true
      expect(await isGreen(chain, declaring), 'without it').toBe(answer.is === 'none' || isDefault)
      if (answer.is !== 'made' || isDefault) return
      if (answer.toFill !== undefined) {
        await expect(bring(chain, declaring)).rejects.toMatchObject({ code: 'REVISION_INCOMPLETE' })
        url = (await createDatabase()).url
      }
      expect(
        await isGreen(await bring(answer.toFill === undefined ? chain : [], declaring), declaring),
        'once it is made',
      ).toBe(true)
    },
  )
}

describeOnEach(['postgres', 'mariadb', 'mysql'], 'what Drizzle can say, on the server', (createDatabase, server) => {
  onServer(familyOf(server), createDatabase)
})

describe('what Drizzle can say, in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-words-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let files = 0
  onServer('sqlite', async () => {
    files += 1
    return { url: `sqlite:${join(folder, `${files}.db`)}` }
  })
})
