// A database of our own on a server of the tests, or a file.
import { spawnSync } from 'node:child_process'
import { closeSync, copyFileSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isPostgres } from '../floors/connect.mjs'

const asking = fileURLToPath(new URL('./ask.mjs', import.meta.url))

/** @typedef {{ name: string, url?: string, version?: string }} Server without a URL: SQLite */

function ask(/** @type {string} */ url, /** @type {readonly string[]} */ statements) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [asking, url], {
    input: JSON.stringify(statements),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${new URL(url).pathname}: ${stderr}`)
  return /** @type {readonly any[]} */ (JSON.parse(stdout))
}

/** A copy that is on the disk: no sync of it is left to pay. */
function copyFile(/** @type {string} */ from, /** @type {string} */ to) {
  copyFileSync(from, to)
  const handle = openSync(to, 'r+')
  fsyncSync(handle)
  closeSync(handle)
}

function withFile(/** @type {(database: any) => any} */ work) {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-bench-file-'))
  const file = join(folder, 'app.db')
  const url = `sqlite:${file}`
  const remove = () => {
    for (const tail of ['', '-wal', '-shm', '-journal']) rmSync(file + tail, { force: true })
  }
  try {
    return work({
      url,
      file,
      dialect: 'sqlite',
      run: (/** @type {readonly string[]} */ statements) => ask(url, statements),
      recreate: (/** @type {readonly string[]} */ statements = []) => {
        remove()
        if (statements.length > 0) ask(url, statements)
      },
      save: () => copyFile(file, join(folder, 'saved.db')),
      restore: () => {
        remove()
        copyFile(join(folder, 'saved.db'), file)
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

let count = 0

function withServerDatabase(/** @type {any} */ server, /** @type {(database: any) => any} */ work) {
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
  const saved = `${name}_saved`
  const create = (/** @type {string} */ each, from = '') => [dropSql(each), `CREATE DATABASE ${each}${from}`]
  const copy = (/** @type {string} */ from, /** @type {string} */ to) => {
    if (postgres) ask(server.url, [...create(to, ` TEMPLATE ${from}`), 'CHECKPOINT'])
    else {
      const tables = ask(server.url, [
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${from}'`,
      ])
      const copies = tables.flatMap(({ name: each }) => [
        `CREATE TABLE ${to}.${each} LIKE ${from}.${each}`,
        `INSERT INTO ${to}.${each} SELECT * FROM ${from}.${each}`,
      ])
      ask(server.url, [...create(to), ...copies])
    }
  }
  try {
    ask(server.url, create(name))
    return work({
      url,
      dialect: postgres ? 'postgres' : 'mysql',
      run: (/** @type {readonly string[]} */ statements) => ask(url, statements),
      /** An empty one, then the statements. */
      recreate: (/** @type {readonly string[]} */ statements = []) => {
        ask(server.url, create(name))
        if (statements.length > 0) ask(url, statements)
      },
      /** What is in it now is what `restore` brings back; on MySQL and MariaDB without foreign keys. */
      save: () => copy(name, saved),
      restore: () => copy(saved, name),
    })
  } finally {
    ask(server.url, [dropSql(name), dropSql(saved)])
  }
}

/** The database while `work` runs. */
export function withDatabase(/** @type {Server} */ server, /** @type {(database: any) => any} */ work) {
  return server.url === undefined ? withFile(work) : withServerDatabase(server, work)
}
