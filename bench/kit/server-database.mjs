// A database of our own on a server of the tests.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isPostgres } from '../floors/server.mjs'

const asking = fileURLToPath(new URL('./ask.mjs', import.meta.url))

/** @typedef {{ name: string, url: string, version: string }} Server */

function ask(/** @type {string} */ url, /** @type {readonly string[]} */ statements) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [asking, url], {
    input: JSON.stringify(statements),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${new URL(url).pathname}: ${stderr}`)
  return /** @type {readonly any[]} */ (JSON.parse(stdout))
}

let count = 0

/** The database while `work` runs. */
export function withDatabase(/** @type {Server} */ server, /** @type {(database: any) => any} */ work) {
  const postgres = isPostgres(server.url)
  count += 1
  const name = `bench_${process.pid}_${count}`
  const at = new URL(server.url)
  at.pathname = `/${name}`
  // Ours and the floor speak over the same kind of line.
  at.search = postgres ? '?sslmode=disable' : '?ssl-mode=DISABLED'
  const url = at.href
  const dropSql = (/** @type {string} */ each) =>
    postgres ? `DROP DATABASE IF EXISTS ${each} WITH (FORCE)` : `DROP DATABASE IF EXISTS ${each}`
  const template = `${name}_template`
  const database = {
    url,
    isPostgres: postgres,
    run: (/** @type {readonly string[]} */ statements) => ask(url, statements),
    /** An empty one, then the statements. */
    recreate: (/** @type {readonly string[]} */ statements = []) => {
      ask(server.url, [dropSql(name), `CREATE DATABASE ${name}`])
      if (statements.length > 0) ask(url, statements)
    },
    /** What is in it now is what `copy` brings back. PostgreSQL only. */
    saveCopy: () => ask(server.url, [dropSql(template), `CREATE DATABASE ${template} TEMPLATE ${name}`]),
    copy: () => ask(server.url, [dropSql(name), `CREATE DATABASE ${name} TEMPLATE ${template}`, 'CHECKPOINT']),
  }
  try {
    database.recreate()
    return work(database)
  } finally {
    ask(server.url, postgres ? [dropSql(name), dropSql(template)] : [dropSql(name)])
  }
}
