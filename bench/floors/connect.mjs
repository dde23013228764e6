// What every floor starts with: Node, the driver, one connection.
import { createRequire } from 'node:module'
import { driverOfSqlite } from './driver.mjs'

const driver = (/** @type {string} */ family, /** @type {string} */ name) =>
  createRequire(new URL(`../../packages/dialect-${family}/package.json`, import.meta.url))(name)

/**
 * @typedef {{ query(sql: string, params?: readonly unknown[]): Promise<readonly any[]> | readonly any[], end(): Promise<void> | void }} Client
 */

/** Each statement is prepared once, as a program by hand does. */
function connectSqlite(/** @type {string} */ file) {
  const db = driverOfSqlite(file)
  const statements = new Map()
  return {
    query: (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params = []) => {
      let statement = statements.get(sql)
      if (statement === undefined) {
        statement = db.prepare(sql)
        if (params.length > 0) statements.set(sql, statement)
      }
      if (statement.reader ?? statement.columns().length > 0) return statement.all(...params)
      statement.run(...params)
      return []
    },
    end: () => db.close(),
  }
}

function connectPostgres(/** @type {string} */ url) {
  const client = driver('postgres', 'postgres')(url, { max: 1, fetch_types: false, onnotice: () => undefined })
  return {
    // Prepared under a name, as the driver does by itself with what it writes: the second time it is one round trip.
    query: (/** @type {string} */ sql, /** @type {readonly any[]} */ params = []) =>
      client.unsafe(sql, params, { prepare: params.length > 0 }),
    end: () => client.end(),
  }
}

function connectMysql(/** @type {string} */ url) {
  const connection = driver('mysql', 'mysql2').createConnection({ uri: url, charset: 'UTF8MB4_GENERAL_CI' })
  return {
    query: (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params = []) =>
      new Promise((resolve, reject) => {
        connection.query(sql, params, (/** @type {unknown} */ error, /** @type {any} */ rows) =>
          error ? reject(error) : resolve(rows),
        )
      }),
    end: () => new Promise((resolve) => connection.end(() => resolve(undefined))),
  }
}

export const isPostgres = (/** @type {string} */ url) => url.startsWith('postgres')
export const isSqlite = (/** @type {string} */ url) => url.startsWith('sqlite:')

/** @returns {any} The URL is that of the dialect; what it says of TLS is not for drivers. */
export function connect(/** @type {string} */ url) {
  if (isSqlite(url)) return connectSqlite(url.slice('sqlite:'.length))
  const plain = url.replace(/\?.*$/, '')
  return isPostgres(url) ? connectPostgres(plain) : connectMysql(plain.replace(/^mariadb:/, 'mysql:'))
}
