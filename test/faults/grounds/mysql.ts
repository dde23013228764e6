import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import { createDatabaseOn } from '../../kit/servers.ts'
import { type Contents, type Ground, isPassing, type Lines, type Snapshot } from './ground.ts'

type Row = Readonly<Record<string, string | null>>

interface MysqlContents extends Contents {
  /** How to make each object again, and its rows' columns where it is a table. */
  readonly tables: ReadonlyMap<string, { readonly create: string; readonly columns: readonly string[] }>
  readonly later: readonly { readonly drop: string; readonly create: string }[]
}

/** ER_NO_SUCH_TABLE */
const noSuchTable = 1146

const bare = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A database of a server; what a run changed of it is put back table by table, from a copy in another database. */
export async function mysqlGround(server: 'mariadb' | 'mariadb-next' | 'mysql'): Promise<Ground> {
  const database = await createDatabaseOn(server)
  const target = new URL(database.url)
  const connection = await mysql.createConnection({
    host: target.hostname,
    port: Number(target.port),
    user: decodeURIComponent(target.username),
    password: decodeURIComponent(target.password),
    charset: 'utf8mb4',
    database: database.name,
    multipleStatements: true,
    // As the server sends it: the test compares bytes.
    typeCast: (field) => field.buffer()?.toString('latin1') ?? null,
  })
  await connection.query(
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, lock_wait_timeout = 60, unique_checks = 0",
  )
  const results = async (sql: string): Promise<readonly (readonly Row[])[]> => {
    const [snapshot] = await connection.query(sql)
    const all = snapshot as unknown as readonly unknown[]
    return (Array.isArray(all[0]) ? all : [all]) as readonly (readonly Row[])[]
  }
  const one = async (sql: string): Promise<readonly Row[]> => (await results(sql))[0] ?? []
  const text = (bytes: string | null | undefined): string => Buffer.from(bytes ?? '', 'latin1').toString('utf8')
  const copies = new Set<string>()

  async function inspectDatabase(name: string): Promise<MysqlContents> {
    const home = `'${name}'`
    const [objects = [], triggers = [], columns = []] = await results(
      `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${home} ORDER BY 1;
       SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${home} ORDER BY 1;
       SELECT TABLE_NAME AS tab, COLUMN_NAME AS name FROM information_schema.COLUMNS
         WHERE TABLE_SCHEMA = ${home} AND GENERATION_EXPRESSION = '' OR TABLE_SCHEMA = ${home} AND GENERATION_EXPRESSION IS NULL ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    )
    const names = objects.filter(({ type }) => type !== 'VIEW').map((row) => text(row.name))
    const views = objects.filter(({ type }) => type === 'VIEW').map((row) => text(row.name))
    const raw: Record<string, string[]> = { tables: names, views: [], triggers: [] }
    const lasting: Record<string, string[]> = { tables: names }
    const tables = new Map<string, { create: string; columns: string[] }>()
    const later: { drop: string; create: string }[] = []
    const queries = [
      ...names.flatMap((each) => [
        `SHOW CREATE TABLE ${bare(name)}.${bare(each)}`,
        `SELECT * FROM ${bare(name)}.${bare(each)}`,
      ]),
      ...views.map((each) => `SHOW CREATE VIEW ${bare(name)}.${bare(each)}`),
      ...triggers.map((row) => `SHOW CREATE TRIGGER ${bare(name)}.${bare(text(row.name))}`),
    ]
    const answers =
      queries.length === 0
        ? []
        : queries.length === 1
          ? [await one(queries[0] ?? '')]
          : await results(queries.join('; '))
    const unqualified = (sql: string): string => sql.replaceAll(`${bare(name)}.`, '')
    for (const [at, table] of names.entries()) {
      const create = text(answers[2 * at]?.[0]?.['Create Table'])
      const rows = answers[2 * at + 1] ?? []
      // The next number of a counter is no fact about rows: what a killed run took is not given back.
      const shown = create.replace(/ AUTO_INCREMENT=\d+/, '')
      tables.set(table, {
        create,
        columns: columns.filter(({ tab }) => text(tab) === table).map((column) => text(column.name)),
      })
      raw[`schema of ${table}`] = [create]
      lasting[`schema of ${table}`] = shown.split('\n')
      const line = (row: Row, some: (column: string) => boolean): string =>
        Object.entries(row)
          .flatMap(([column, cell]) =>
            some(column) ? [`${column}=${cell === null ? 'NULL' : JSON.stringify(cell)}`] : [],
          )
          .join(', ')
      raw[`rows of ${table}`] = rows.map((row) => line(row, () => true)).sort()
      lasting[`rows of ${table}`] = rows.map((row) => line(row, (column) => !isPassing(table, column))).sort()
    }
    for (const [at, view] of views.entries()) {
      const create = unqualified(text(answers[2 * names.length + at]?.[0]?.['Create View']))
      later.push({ drop: `DROP VIEW IF EXISTS ${bare(view)}`, create })
    }
    for (const [at, row] of triggers.entries()) {
      const create = unqualified(text(answers[2 * names.length + views.length + at]?.[0]?.['SQL Original Statement']))
      later.push({ drop: `DROP TRIGGER IF EXISTS ${bare(text(row.name))}`, create })
    }
    raw.others = lasting.others = later.map(({ create }) => create)
    return { raw, lasting, tables, later }
  }

  const same = (one: Lines, other: Lines, name: string): boolean => {
    const [left, right] = [one[name] ?? [], other[name] ?? []]
    return left.length === right.length && left.every((line, at) => line === right[at])
  }
  const contentsOf = new WeakMap<Snapshot, MysqlContents>()

  return {
    name: server,
    dialect: 'mysql',
    url: database.url,
    inspect: async () => {
      for (let round = 1; ; round += 1) {
        try {
          return await inspectDatabase(database.name)
        } catch (error) {
          // The last statement of a run that was killed may still be at work: a table is gone between its name and its rows.
          if (round === 5 || (error as { errno?: unknown }).errno !== noSuchTable) throw error
        }
      }
    },
    save: async () => {
      const name = `k_${randomBytes(6).toString('hex')}`
      const contents = await inspectDatabase(database.name)
      await connection.query(`CREATE DATABASE ${bare(name)}`)
      copies.add(name)
      const copyStatements = [...contents.tables].flatMap(([table, { create, columns }]) => {
        const list = columns.map(bare).join(', ')
        return [
          create,
          `INSERT INTO ${bare(table)} (${list}) SELECT ${list} FROM ${bare(database.name)}.${bare(table)}`,
        ]
      })
      await connection.query([`USE ${bare(name)}`, ...copyStatements, `USE ${bare(database.name)}`].join('; '))
      const forget = async (): Promise<void> => {
        copies.delete(name)
        await connection.query(`DROP DATABASE ${bare(name)}`)
      }
      const snapshot: Snapshot = { name, contents, forget }
      contentsOf.set(snapshot, contents)
      return snapshot
    },
    restore: async (to) => {
      const desired = contentsOf.get(to)
      if (desired === undefined) throw new Error(`${to.name} was kept elsewhere`)
      const now = await inspectDatabase(database.name)
      const statements = now.later.map(({ drop }) => drop)
      for (const table of now.tables.keys()) {
        if (desired.tables.has(table) && same(desired.raw, now.raw, `schema of ${table}`)) continue
        statements.push(`DROP TABLE ${bare(table)}`)
      }
      for (const [table, { create, columns }] of desired.tables) {
        const isUnchanged = now.tables.has(table) && same(desired.raw, now.raw, `schema of ${table}`)
        if (isUnchanged && same(desired.raw, now.raw, `rows of ${table}`)) continue
        const list = columns.map(bare).join(', ')
        statements.push(
          isUnchanged ? `DELETE FROM ${bare(table)}` : create,
          `INSERT INTO ${bare(table)} (${list}) SELECT ${list} FROM ${bare(to.name)}.${bare(table)}`,
        )
      }
      statements.push(...desired.later.map(({ create }) => create))
      if (statements.length > 0) await connection.query(statements.join('; '))
    },
    script: async (sql) => void (await connection.query(sql)),
    rows: async (sql) => one(sql),
    close: async () => {
      for (const name of copies) await connection.query(`DROP DATABASE ${bare(name)}`)
      await connection.end()
      await database.drop()
    },
  }
}
