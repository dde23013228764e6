// What every floor on a server starts with: Node, the driver, one connection, the pieces of a program written against it.
import { createRequire } from 'node:module'

const driver = (/** @type {string} */ family, /** @type {string} */ name) =>
  createRequire(new URL(`../../packages/dialect-${family}/package.json`, import.meta.url))(name)

/**
 * @typedef {{ query(sql: string, params?: readonly unknown[]): Promise<readonly any[]>, end(): Promise<void> }} Server
 */

/** @returns {Server} */
function connectPostgres(/** @type {string} */ url) {
  const client = driver('postgres', 'postgres')(url, { max: 1, fetch_types: false, onnotice: () => undefined })
  return {
    // Prepared under a name, as the driver does by itself with what it writes: the second time it is one round trip.
    query: (sql, params = []) => client.unsafe(sql, params, { prepare: params.length > 0 }),
    end: () => client.end(),
  }
}

/** @returns {Server} */
function connectMysql(/** @type {string} */ url) {
  const connection = driver('mysql', 'mysql2').createConnection({ uri: url, charset: 'UTF8MB4_GENERAL_CI' })
  return {
    query: (sql, params = []) =>
      new Promise((resolve, reject) => {
        connection.query(sql, params, (/** @type {unknown} */ error, /** @type {any} */ rows) =>
          error ? reject(error) : resolve(rows),
        )
      }),
    end: () => new Promise((resolve) => connection.end(() => resolve(undefined))),
  }
}

/** The URL is the server's; what it says of TLS is for the dialects. */
export function connect(/** @type {string} */ url) {
  const plain = url.replace(/\?.*$/, '')
  return url.startsWith('postgres') ? connectPostgres(plain) : connectMysql(plain.replace(/^mariadb:/, 'mysql:'))
}

export const isPostgres = (/** @type {string} */ url) => url.startsWith('postgres')
