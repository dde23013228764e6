// The own clients of the servers, with which tests run scripts: where PATH has none, from this machine's packages.
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from './children.mjs'
import { programsNamed } from './installed.mjs'
import { newestPackages, ownPackages } from './packages.mjs'

const below = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])

/** What the client loads to log in; where it looks for that is compiled into it. */
const plugins = (root) => below(join(root, 'usr/lib')).find((folder) => existsSync(join(folder, 'libmariadb3/plugin')))

const ofPostgres = (program) => ({
  program,
  key: 'psql-client',
  names: ['postgresql-client'],
  without: /^Package: (postgresql|libpq)/,
  pathIn: (root) => below(join(root, 'usr/lib/postgresql')).map((folder) => join(folder, 'bin', program))[0],
})

const ofMariadb = (program, name) => ({
  program,
  key: `${program}-client`,
  names: [name],
  without: /^Package: (mariadb|mysql|galera|libmariadb)/,
  pathIn: (root) => join(root, 'usr/bin', program),
  options: (root) => [`--plugin-dir=${join(plugins(root) ?? root, 'libmariadb3/plugin')}`],
})

/** From where the server comes from. On Debian the programs of these names on PATH are MariaDB's. */
const ofMysql = (program) => ({
  program,
  key: 'mysqldump-client',
  names: ['mysql-client-core'],
  without: /^Package: (mariadb|mysql|galera)/,
  pathIn: (root) => join(root, 'usr/bin', program),
  fetch: newestPackages,
  isOther: (version) => /mariadb/i.test(version),
})

const packagesNeeded = [
  ...['psql', 'pg_dump', 'pg_restore'].map(ofPostgres),
  ofMariadb('mariadb', 'mariadb-client-core'),
  ofMariadb('mariadb-dump', 'mariadb-client'),
  ...['mysql', 'mysqldump'].map(ofMysql),
  {
    program: 'sqlite3',
    key: 'sqlite3-client',
    names: ['sqlite3'],
    without: /^Package: (sqlite3|libsqlite3)/,
    pathIn: (root) => join(root, 'usr/bin/sqlite3'),
  },
]

const environment = (env) => ({ ...process.env, ...env })

/** The command of the program in packages; undefined where there are none. */
async function unpacked({ key, names, without, pathIn, fetch = ownPackages }) {
  const commandIn = ({ root, commandOf }) => commandOf(relative(root, pathIn(root)))
  const packages = await fetch(key, {
    names,
    without,
    isRight: (programs) =>
      run([...commandIn(programs), '--version'], { env: environment(programs.env), timeout: 60_000 }).then(
        () => true,
        () => false,
      ),
  })
  return packages && { command: commandIn(packages), root: packages.root, env: packages.env }
}

async function isOnPath({ program, isOther }) {
  const [path] = programsNamed(program)
  if (path === undefined || isOther === undefined) return path !== undefined
  const version = await run([path, '--version'], { timeout: 60_000 }).catch(() => undefined)
  return version !== undefined && !isOther(version)
}

const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Makes a program of each client (`only`: of these) that PATH has not, in a folder that is for PATH; gives why one could not be had. */
export async function clientsIn(folder, only) {
  mkdirSync(folder, { recursive: true })
  const reasons = await Promise.all(
    packagesNeeded.map(async (each) => {
      const { program, options = () => [] } = each
      if (only !== undefined && !only.includes(program)) return undefined
      try {
        if (await isOnPath(each)) return undefined
        const unpackedClient = await unpacked(each)
        if (unpackedClient === undefined) return `${program}: neither on PATH nor in packages`
        const { command, root, env } = unpackedClient
        const settings = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)} `)
        const own = options(root).map(quoted).join(' ')
        const file = join(folder, program)
        const commandText = command.map(quoted).join(' ')
        // Behind the first word, which may be `--no-defaults`, and before a `--`.
        const insert = own === '' ? '' : `[ $# -eq 0 ] || { first=$1; shift; set -- "$first" ${own} "$@"; }\n`
        writeFileSync(file, `#!/bin/sh\n${insert}${settings.join('')}exec ${commandText} "$@"\n`)
        chmodSync(file, 0o755)
        return undefined
      } catch (error) {
        return `${program}: ${error.message}`
      }
    }),
  )
  return reasons.filter((reason) => reason !== undefined)
}
