// MariaDB and MySQL: the same options for the most part, and data made in two ways.
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ownFolder, serverAccount, serverEnvironment } from './account.mjs'
import { run } from './children.mjs'
import { programsNamed } from './installed.mjs'
import { newestPackages, ownPackages } from './packages.mjs'

async function versionOf(command, env) {
  const output = await run([...command, '--no-defaults', '--version'], {
    env: serverEnvironment('/', env),
    timeout: 60_000,
  })
  const [, version] = /Ver (\d[\w.]*)/.exec(output) ?? []
  if (version === undefined) throw new Error(`${command.at(-1)} says: ${output.trim()}`)
  return { version, kind: /mariadb/i.test(output) ? 'mariadb' : 'mysql' }
}

/** Where its messages and tables lie: beside it, wherever it was unpacked or linked to. */
export async function programAt(path, { command = [path], env = {}, from }) {
  const { version, kind } = await versionOf(command, env)
  const base = dirname(dirname(realpathSync(path)))
  const shares = ['share/mysql', 'share/mariadb', 'share'].map((name) => join(base, name))
  const share = shares.find((folder) => existsSync(join(folder, 'english'))) ?? shares[0]
  return { kind, command, version, env, from, base, share }
}

async function installed(kind) {
  const names = kind === 'mariadb' ? ['mariadbd', 'mysqld'] : ['mysqld']
  for (const path of programsNamed(...names)) {
    const program = await programAt(path, { from: 'installed' }).catch(() => undefined)
    if (program?.kind === kind) return program
  }
  return undefined
}

const programFiles = { mariadb: 'usr/sbin/mariadbd', mysql: 'usr/sbin/mysqld' }

async function packaged(kind, fetch) {
  const [names, file] = [[`${kind}-server-core`], programFiles[kind]]
  const at = ({ root, commandOf, env }) =>
    programAt(join(root, file), { command: commandOf(file), env, from: 'packages' })
  const packages = await fetch(kind, {
    names,
    without: /^Package: (mariadb|mysql|galera)/,
    isRight: (programs) =>
      at(programs).then(
        (program) => program.kind === kind,
        () => false,
      ),
  })
  return packages && at(packages)
}

export const mariadbSources = {
  installed: () => installed('mariadb'),
  packages: () => packaged('mariadb', ownPackages),
}
export const mysqlSources = { installed: () => installed('mysql'), packages: () => packaged('mysql', newestPackages) }

/** Debian's unstable suite has a second major version, beside the one that `other` gives. */
export const nextMariadbSources = {
  packages: async (other) => {
    const [program, taken] = await Promise.all([packaged('mariadb', newestPackages), other()])
    return Number.parseInt(program?.version, 10) === taken ? undefined : program
  },
}

/** What both take also from a container's command line. */
const shared = [
  ...['--skip-log-bin', '--max-connections=300', '--innodb-buffer-pool-size=128M'],
  ...['--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-doublewrite=0'],
]
export const mariadbSettings = [...shared, '--innodb-log-file-size=32M', '--skip-sync-frm']
// Threads of their own that write the log are for many sessions that commit at once: https://dev.mysql.com/doc/refman/8.4/en/innodb-performance-optimizing-log-writer-threads.html
const log = ['--innodb-redo-log-capacity=32M', '--loose-innodb-log-writer-threads=OFF']
export const mysqlSettings = [...shared, ...log, '--mysqlx=OFF']

export const fileOptions = (program, folder) => [
  '--no-defaults',
  `--basedir=${program.base}`,
  `--lc-messages-dir=${program.share}`,
  `--character-sets-dir=${join(program.share, 'charsets')}`,
  `--tmpdir=${ownFolder(join(folder, 'tmp'))}`,
]

const command =
  (settings) =>
  (program, { data, folder, port, sockets }) => [
    ...program.command,
    ...fileOptions(program, folder),
    ...[`--datadir=${data}`, '--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'],
    ...[`--socket=${join(sockets, 's')}`, `--pid-file=${join(folder, 'pid')}`],
    ...settings,
  ]

const common = {
  url: (port) => `mysql://root@127.0.0.1:${port}/test`,
  end: { signal: 'SIGKILL', patience: 0 },
  portTaken: /Bind on TCP\/IP port|Address already in use|Do you already have another/i,
}

/** Without names of hosts, the loopback address is an account of its own beside localhost. */
const accounts = `CREATE DATABASE IF NOT EXISTS test;
CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
`

export const mysqlServer = {
  ...common,
  async initialise(program, data, workFolder) {
    const file = join(workFolder, 'accounts.sql')
    writeFileSync(file, accounts, { mode: 0o644 })
    const args = [...fileOptions(program, workFolder), `--datadir=${data}`, ...mysqlSettings, '--secure-file-priv=NULL']
    await run([...program.command, ...args, '--initialize-insecure', `--init-file=${file}`], {
      account: serverAccount(),
      env: serverEnvironment(workFolder, program.env),
      cwd: data,
    })
  },
  command: command([...mysqlSettings, '--secure-file-priv=NULL']),
}

/** The files that make a data folder, in their order; their names begin with the server's name of the day. */
const tables = ['system_tables', 'performance_tables', 'system_tables_data', 'add_gis_sp_bootstrap', 'sys_schema']

export const mariadbServer = {
  ...common,
  async initialise(program, data, workFolder) {
    const names = readdirSync(program.share)
    const statements = tables.flatMap((table) => {
      const name = names.find((each) => new RegExp(`^(mariadb|mysql|maria)_${table}\\.sql$`).test(each))
      return name === undefined ? [] : [readFileSync(join(program.share, name), 'utf8')]
    })
    if (statements.length < 3) throw new Error(`the files of the system tables are not in ${program.share}`)
    const everywhere = accounts.replace('CREATE USER IF NOT EXISTS', 'CREATE OR REPLACE USER')
    const local =
      "CREATE OR REPLACE USER 'root'@'localhost';\nGRANT ALL PRIVILEGES ON *.* TO 'root'@'localhost' WITH GRANT OPTION;\n"
    const input = ['CREATE DATABASE mysql;\nUSE mysql;', ...statements, 'FLUSH PRIVILEGES;', everywhere, local].join(
      '\n',
    )
    const args = [...fileOptions(program, workFolder), `--datadir=${data}`, ...mariadbSettings]
    const more = ['--bootstrap', '--max-allowed-packet=16M', '--enforce-storage-engine=', '--skip-log-error']
    await run([...program.command, ...args, ...more], {
      account: serverAccount(),
      env: serverEnvironment(workFolder, program.env),
      cwd: data,
      input,
    })
  },
  command: command(mariadbSettings),
}
