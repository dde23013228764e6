import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { serverAccount, serverEnvironment } from './account.mjs'
import { run } from './children.mjs'
import { postgresFolders } from './installed.mjs'
import { embeddedPostgres } from './npm.mjs'
import { ownPackages } from './packages.mjs'

/** What `postgres --version` says: `15.6`. Throws where it does not run. */
async function versionOf(folder, env = {}) {
  const output = await run([join(folder, 'postgres'), '--version'], {
    env: serverEnvironment(folder, env),
    timeout: 60_000,
  })
  const [, version] = /PostgreSQL\) (\d[\w.]*)/.exec(output) ?? []
  if (version === undefined) throw new Error(`${folder}/postgres says: ${output.trim()}`)
  return version
}

const majorOf = (version) => Number.parseInt(version, 10)

async function programIn(folder, { env = {}, ...rest }) {
  return { kind: 'postgres', command: [folder], version: await versionOf(folder, env), env, ...rest }
}

const runs = (folder, env) =>
  versionOf(folder, env).then(
    () => true,
    () => false,
  )

/** The newest one, of another major version than `other`. */
async function installed(other) {
  for (const folder of postgresFolders()) {
    const program = await programIn(realpathSync(folder), { from: 'installed' }).catch(() => undefined)
    if (program !== undefined && majorOf(program.version) !== other) return program
  }
  return undefined
}

async function packaged() {
  const folderOf = ({ root }) => postgresFolders(join(root, 'usr/lib/postgresql')).find((each) => each.startsWith(root))
  const packages = await ownPackages('postgres', {
    names: ['postgresql'],
    without: /^Package: (postgresql|libpq)/,
    isRight: async (programs) => folderOf(programs) !== undefined && runs(folderOf(programs), programs.env),
  })
  return packages && programIn(folderOf(packages), { env: packages.env, from: 'packages' })
}

async function fromNpm(major) {
  return programIn(await embeddedPostgres(major, { isRight: (folder) => runs(folder) }), { from: 'npm' })
}

export const postgresSources = { installed: () => installed(), packages: packaged, npm: () => fromNpm(17) }

/** A second major version beside the one that `other` gives; a release's packages have but one. */
export const nextPostgresSources = {
  installed: async (other) => installed(await other()),
  npm: async (other) => fromNpm((await other()) === 18 ? 17 : 18),
}

/** Nothing that a crash of the machine could lose is worth waiting for. */
export const postgresSettings = [
  ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
  ...['max_prepared_transactions=20', 'max_locks_per_transaction=256', 'shared_buffers=128MB'],
  // No statement of a test is worth compiling, and no table lives long enough to be vacuumed.
  ...['jit=off', 'autovacuum=off', 'max_wal_size=256MB'],
].flatMap((setting) => ['-c', setting])

export const postgresServer = {
  async initialise(program, data, workFolder) {
    const [folder] = program.command
    const options = { account: serverAccount(), env: serverEnvironment(workFolder, program.env), cwd: data }
    const args = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions']
    const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C'
    await run([join(folder, 'initdb'), '-D', data, ...args, `--locale=${locale}`], options)
    const input = 'create database test;\n'
    await run([join(folder, 'postgres'), '--single', '-F', '-D', data, 'postgres'], { ...options, input })
  },
  command: (program, { data, port, sockets }) => [
    join(program.command[0], 'postgres'),
    ...['-D', data, '-p', `${port}`, '-k', sockets, '-c', 'listen_addresses=127.0.0.1'],
    ...postgresSettings,
  ],
  url: (port) => `postgres://postgres@127.0.0.1:${port}/test`,
  /** An immediate shutdown: the sessions end with it, and nothing is written that would be removed next. */
  end: { signal: 'SIGQUIT', patience: 6_000 },
  portTaken: /could not bind|Address already in use|could not create any TCP/i,
}
