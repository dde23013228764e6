// The own clients of the servers, with which tests run scripts: where PATH has none, from this machine's packages.
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './children.mjs'
import { programsNamed } from './installed.mjs'
import { ownPackages } from './packages.mjs'

const below = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])

/** What the client loads to log in; where it looks for that is compiled into it. */
const plugins = (root) => below(join(root, 'usr/lib')).find((folder) => existsSync(join(folder, 'libmariadb3/plugin')))

const packagesNeeded = [
  {
    program: 'psql',
    names: ['postgresql-client'],
    without: /^Package: (postgresql|libpq)/,
    pathIn: (root) => below(join(root, 'usr/lib/postgresql')).map((folder) => join(folder, 'bin/psql'))[0],
  },
  {
    program: 'mariadb',
    names: ['mariadb-client-core'],
    without: /^Package: (mariadb|mysql|galera|libmariadb)/,
    pathIn: (root) => join(root, 'usr/bin/mariadb'),
    options: (root) => [`--plugin-dir=${join(plugins(root) ?? root, 'libmariadb3/plugin')}`],
  },
  {
    program: 'sqlite3',
    names: ['sqlite3'],
    without: /^Package: (sqlite3|libsqlite3)/,
    pathIn: (root) => join(root, 'usr/bin/sqlite3'),
  },
]

const environment = (env) => ({ ...process.env, ...env })

async function unpacked({ program, names, without, pathIn }) {
  return ownPackages(`${program}-client`, {
    names,
    without,
    isRight: ({ root, env }) =>
      run([pathIn(root), '--version'], { env: environment(env), timeout: 60_000 }).then(
        () => true,
        () => false,
      ),
  })
}

const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`

/**
 * Makes a program of each client that PATH has not, in a folder that is for PATH; gives why one could not be had. What a client is
 * asked comes first, as `--no-defaults` has to.
 */
export async function clientsIn(folder) {
  mkdirSync(folder, { recursive: true })
  const reasons = await Promise.all(
    packagesNeeded.map(async (each) => {
      const { program, pathIn, options = () => [] } = each
      if (programsNamed(program).length > 0) return undefined
      try {
        const unpackedClient = await unpacked(each)
        if (unpackedClient === undefined) return `${program}: neither on PATH nor in packages`
        const { root, env } = unpackedClient
        const settings = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)} `)
        const more = options(root).map((word) => ` ${quoted(word)}`)
        const file = join(folder, program)
        writeFileSync(file, `#!/bin/sh\n${settings.join('')}exec ${quoted(pathIn(root))} "$@"${more.join('')}\n`)
        chmodSync(file, 0o755)
        return undefined
      } catch (error) {
        return `${program}: ${error.message}`
      }
    }),
  )
  return reasons.filter((reason) => reason !== undefined)
}
