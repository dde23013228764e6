import { spawnSync } from 'node:child_process'
import type { ServerName } from '../../kit/servers/names.mjs'

/** How a client ended; `stopped` with what it said. */
export interface ClientRun {
  readonly stopped: boolean
  readonly output: string
}

export type RunScript = (url: string, script: string) => ClientRun

const versionOf = (program: string, flag = '--version'): string | undefined => {
  const { error, stdout } = spawnSync(program, [flag], { encoding: 'utf8' })
  return error === undefined ? stdout : undefined
}

function run(program: string, args: readonly string[], script: string, env: Record<string, string> = {}): ClientRun {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    input: script,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw error
  return { stopped: status !== 0, output: `${stderr}${stdout}` }
}

const psql: RunScript = (url, script) => run('psql', ['-X', '-q', '-d', url], script)

function ofMysql(program: string): RunScript {
  return (url, script) => {
    const { hostname, port, username, password, pathname } = new URL(url)
    const account = ['-u', decodeURIComponent(username), '-h', hostname, '-P', port || '3306']
    const secret = password === '' ? {} : { MYSQL_PWD: decodeURIComponent(password) }
    return run(program, ['--no-defaults', ...account, pathname.slice(1)], script, secret)
  }
}

/** SQLite's shell; where there is none, Python's own driver, which knows no lines of the shell and stops by itself. */
export const sqliteClient: ((file: string, script: string) => ClientRun) | undefined =
  versionOf('sqlite3') !== undefined
    ? (file, script) => run('sqlite3', ['-batch', file], script)
    : versionOf('python3') !== undefined
      ? (file, script) => {
          const program = 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())'
          return run('python3', ['-c', program, file], script.replace(/^\..*$/gm, ''))
        }
      : undefined

/** The version of SQLite that the client is: a script for it may need an older one than the driver's. */
export const sqliteClientVersion = (
  versionOf('sqlite3') ??
  spawnSync('python3', ['-c', 'import sqlite3; print(sqlite3.sqlite_version)'], { encoding: 'utf8' }).stdout
)
  ?.trim()
  .split(' ')[0]

/** The server's own client; MariaDB's also talks to MySQL, and stands in for MySQL's where that is not installed. */
export function clientFor(server: ServerName): RunScript | undefined {
  if (server === 'postgres' || server === 'postgres-next') return versionOf('psql') === undefined ? undefined : psql
  const clients = ['mysql', 'mariadb'].map((name) => ({ name, version: versionOf(name) }))
  const own = clients.find(
    ({ version }) => version !== undefined && /mariadb/i.test(version) === (server === 'mariadb'),
  )
  const program = own ?? clients.find(({ version }) => version !== undefined)
  return program === undefined ? undefined : ofMysql(program.name)
}
