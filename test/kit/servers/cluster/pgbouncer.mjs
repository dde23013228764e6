// PgBouncer before the PostgreSQL of the run, once in each of its modes; and once more for tests that stop it.
import { closeSync, mkdirSync, openSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { ownFolder, serverAccount, serverEnvironment } from '../account.mjs'
import { logTail, untilItAnswers } from '../bring-up.mjs'
import { end, run as runProgram, start } from '../children.mjs'
import { programsNamed } from '../installed.mjs'
import { ownPackages } from '../packages.mjs'
import { freePort } from '../ports.mjs'
import { firstOf } from './sources.mjs'

async function versionOf(command, env = {}) {
  const versionText = await runProgram([command, '--version'], { env: serverEnvironment('/', env), timeout: 60_000 })
  const [, version] = /PgBouncer (\d[\w.]*)/.exec(versionText) ?? []
  if (version === undefined) throw new Error(`${command} says: ${versionText.trim()}`)
  return version
}

async function installed() {
  for (const path of programsNamed('pgbouncer')) {
    const command = realpathSync(path)
    const version = await versionOf(command).catch(() => undefined)
    if (version !== undefined) return { command, version, env: {}, from: 'installed' }
  }
  return undefined
}

async function packaged() {
  const programOf = ({ commandOf }) => commandOf('usr/sbin/pgbouncer')[0]
  const pgbouncerPackages = await ownPackages('pgbouncer', {
    names: ['pgbouncer'],
    without: /^Package: (pgbouncer|libpq)/,
    isRight: (programs) =>
      versionOf(programOf(programs), programs.env).then(
        () => true,
        () => false,
      ),
  })
  if (pgbouncerPackages === undefined) return undefined
  const command = programOf(pgbouncerPackages)
  return {
    command,
    version: await versionOf(command, pgbouncerPackages.env),
    env: pgbouncerPackages.env,
    from: 'packages',
  }
}

const program = () => firstOf({ installed, packages: packaged })

/** Fewer connections to the server than the tests have clients, so that they really share them. */
const poolSize = 3

/** Who comes as `postgres` is who the server's URL says, and may stop it on its console. */
const configuration = ({ server, port, mode, users }) => {
  const { hostname, username, password } = server
  const login = Object.entries({ host: hostname, port: server.port || '5432', user: username, password })
  return `[databases]
* = ${login.flatMap(([name, value]) => (value === '' ? [] : [`${name}='${decodeURIComponent(value).replaceAll("'", "''")}'`])).join(' ')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
admin_users = postgres
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 500
server_idle_timeout = 5
`
}

/** Its own console answers whether or not the server behind does. */
async function askItself(url) {
  const own = new URL(url)
  own.pathname = '/pgbouncer'
  const client = postgres(own.href, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => undefined })
  try {
    await client.unsafe('SHOW VERSION').simple()
  } finally {
    await client.end({ timeout: 1 })
  }
}

/** Starts one; where it ends by itself (a test tells it to) it is started again on its port, as a service would be. */
async function launch(installation, run, name, mode, server) {
  const folder = join(run.folder, `pgbouncer-${name}`)
  mkdirSync(folder, { mode: 0o755 })
  const workFolder = ownFolder(join(folder, 'scratch'))
  const log = join(folder, 'log')
  const users = join(folder, 'users')
  writeFileSync(users, '"postgres" ""\n')
  for (let turn = 1; ; turn += 1) {
    const port = await freePort()
    const settings = join(folder, 'pgbouncer.ini')
    writeFileSync(settings, configuration({ server: new URL(server), port, mode, users }))
    const url = `postgres://postgres@127.0.0.1:${port}/test`
    const begin = () => {
      const output = openSync(log, 'a')
      const child = start([installation.command, settings], {
        account: serverAccount(),
        cwd: workFolder,
        env: serverEnvironment(workFolder, installation.env),
        stdio: ['ignore', output, output],
        end: { signal: 'SIGTERM', patience: 2_000 },
      })
      closeSync(output)
      run.record(`pid ${child.pid}`)
      return child
    }
    const child = begin()
    let failure
    child.once('error', (error) => {
      failure = error.message
    })
    const over = async () =>
      failure ?? (child.exitCode === null && child.signalCode === null ? undefined : logTail(log))
    try {
      await untilItAnswers(() => askItself(url), over)
      const restart = async () => {
        while (!run.isOver()) {
          await sleep(200)
          if (run.isOver()) return
          const next = begin()
          await new Promise((resolve) => next.once('exit', resolve))
        }
      }
      child.once('exit', () => void restart())
      return url
    } catch (error) {
      await end(child)
      if (turn === 5 || !/Address already in use|cannot bind|bind to/i.test(error.message)) throw error
    }
  }
}

export async function pgbouncer(run, servers) {
  const installation = await program()
  const { url: server } = servers.get('postgres')
  const modes = { transaction: 'transaction', session: 'session', statement: 'statement', restarted: 'transaction' }
  const urls = await Promise.all(
    Object.entries(modes).map(([name, mode]) => launch(installation, run, name, mode, server)),
  )
  const [transaction, session, statement, restarted] = urls
  return {
    environment: {
      TEST_PGBOUNCER_URL: transaction,
      TEST_PGBOUNCER_SESSION_URL: session,
      TEST_PGBOUNCER_STATEMENT_URL: statement,
      TEST_PGBOUNCER_RESTARTED_URL: restarted,
    },
    version: `PgBouncer ${installation.version}`,
    from: installation.from,
  }
}
