// A cluster of three MariaDB nodes, each of which takes changes.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { ownFolder, serverAccount, serverEnvironment } from '../account.mjs'
import { logTail, untilItAnswers } from '../bring-up.mjs'
import { end, start } from '../children.mjs'
import { createData } from '../data.mjs'
import { programsNamed } from '../installed.mjs'
import { fileOptions, mariadbServer, mariadbSettings, mariadbSources, programAt } from '../mysql.mjs'
import { ownPackages } from '../packages.mjs'
import { freePort } from '../ports.mjs'
import { firstOf } from './sources.mjs'

const nodes = [1, 2, 3]

/** A node that joins is filled by a script of the server's package, which calls the others. */
const scripts = ['wsrep_sst_rsync', 'rsync', 'lsof', 'ss']
const library = 'usr/lib/galera/libgalera_smm.so'

async function installed() {
  if (!existsSync(join('/', library)) || scripts.some((name) => programsNamed(name).length === 0)) return undefined
  const program = await mariadbSources.installed()
  return program && { program, provider: join('/', library), path: process.env.PATH }
}

async function packaged() {
  const at = ({ root, commandOf, env }) =>
    programAt(join(root, 'usr/sbin/mariadbd'), { command: commandOf('usr/sbin/mariadbd'), env, from: 'packages' })
  const galeraPackages = await ownPackages('galera', {
    names: ['mariadb-server', 'galera-4', 'rsync', 'lsof', 'iproute2'],
    without: /^Package: (mariadb|mysql|galera|rsync|lsof|iproute2)/,
    isRight: (programs) =>
      at(programs).then(
        () => existsSync(join(programs.root, library)),
        () => false,
      ),
  })
  if (galeraPackages === undefined) return undefined
  const folders = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((name) => join(galeraPackages.root, name))
  const path = [...folders, process.env.PATH].join(':')
  return { program: await at(galeraPackages), provider: join(galeraPackages.root, library), path }
}

const programs = () => firstOf({ installed, packages: packaged })

/** Says what it is once it takes statements, and how many nodes it knows. */
async function askNode({ sql }) {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port: sql, user: 'root', connectTimeout: 5_000 })
  connection.on('error', () => undefined)
  try {
    const [rows] = await connection.query(
      "SHOW STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_provider_version')",
    )
    const status = Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, value]))
    if (status.wsrep_ready !== 'ON') throw new Error(`wsrep_ready is ${status.wsrep_ready}`)
    const [[{ version }]] = await connection.query('SELECT VERSION() AS version')
    const [number] = /^[\d.]+/.exec(version) ?? [version]
    const [provider] = /^[\d.]+/.exec(status.wsrep_provider_version) ?? [status.wsrep_provider_version]
    return `MariaDB ${number}, Galera ${provider}`
  } finally {
    connection.destroy()
  }
}

const optionsOf = ({ program, provider }, { name, members, ports, number, data, workFolder, socket, first }) => [
  ...program.command,
  ...fileOptions(program, workFolder),
  ...[`--datadir=${data}`, '--bind-address=127.0.0.1', `--port=${ports.sql}`, '--skip-name-resolve'],
  ...[`--socket=${socket}`, `--pid-file=${join(workFolder, 'pid')}`, `--server-id=${number}`],
  ...mariadbSettings.filter((setting) => !setting.startsWith('--innodb-buffer-pool-size')),
  ...['--innodb-buffer-pool-size=64M', '--binlog-format=ROW', '--innodb-autoinc-lock-mode=2'],
  ...[
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    `--wsrep-cluster-name=${name}`,
    `--wsrep-node-name=node${number}`,
  ],
  ...[`--wsrep-cluster-address=gcomm://${members}`, `--wsrep-node-address=127.0.0.1:${ports.group}`],
  `--wsrep-node-incoming-address=127.0.0.1:${ports.sql}`,
  `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${ports.group};ist.recv_addr=127.0.0.1:${ports.increments};gcache.size=32M`,
  ...['--wsrep-sst-method=rsync', `--wsrep-sst-receive-address=127.0.0.1:${ports.state}`],
  ...(first ? ['--wsrep-new-cluster'] : []),
]

async function fourPorts() {
  const ports = new Set()
  while (ports.size < 4) ports.add(await freePort())
  const [sql, group, increments, state] = ports
  return { sql, group, increments, state }
}

async function launch(installation, run, { folder, name, members, ports, number }) {
  const nodeFolder = join(folder, `node${number}`)
  mkdirSync(nodeFolder, { mode: 0o755 })
  const [data, workFolder] = [ownFolder(join(nodeFolder, 'data')), ownFolder(join(nodeFolder, 'scratch'))]
  // The others are filled by the first.
  const first = number === 1
  const initialise = (...at) => mariadbServer.initialise(installation.program, ...at)
  if (first) await createData(installation.program, data, { workFolder, initialise })
  const socket = join(ownFolder(join(run.folder, `s-galera${number}`)), 's')
  const log = join(nodeFolder, 'log')
  const output = openSync(log, 'w')
  const at = { name, members, ports, number, data, workFolder, socket, first }
  const child = start(optionsOf(installation, at), {
    account: serverAccount(),
    cwd: data,
    env: serverEnvironment(workFolder, { ...installation.program.env, PATH: installation.path }),
    stdio: ['ignore', output, output],
    end: mariadbServer.end,
  })
  closeSync(output)
  run.record(`pid ${child.pid}`)
  let failure
  child.once('error', (error) => {
    failure = error.message
  })
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const over = () => failure ?? (isOver() ? `node ${number} ended: ${logTail(log)}` : undefined)
  try {
    const version = await untilItAnswers(() => askNode(ports), over)
    return { child, version, log }
  } catch (error) {
    await end(child)
    throw error
  }
}

const portTaken = /address already in use|in use|Bind on TCP/i

export async function galera(run) {
  const installation = await programs()
  for (let turn = 1; ; turn += 1) {
    const folder = join(run.folder, 'galera')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: 0o755 })
    // A name that no other run has: nodes of one would join the other.
    const name = `test-${randomBytes(8).toString('hex')}`
    const ports = new Map()
    for (const number of nodes) ports.set(number, await fourPorts())
    const members = nodes.map((number) => `127.0.0.1:${ports.get(number).group}`).join(',')
    const started = []
    try {
      // One after the other: two that are filled at once would wait for each other.
      for (const number of nodes) {
        started.push(await launch(installation, run, { folder, name, members, ports: ports.get(number), number }))
      }
    } catch (error) {
      for (const { child } of started) await end(child)
      if (turn === 3 || !portTaken.test(error.message)) throw error
      continue
    }
    for (const [index, { child, log }] of started.entries()) {
      child.once('exit', (code, signal) =>
        run.lost('galera', `node ${index + 1} ended by itself with ${signal ?? code}\n${logTail(log)}`),
      )
    }
    const urls = nodes.map((number) => `mysql://root@127.0.0.1:${ports.get(number).sql}/test`)
    return {
      environment: { TEST_GALERA_URLS: urls.join(',') },
      version: started[0].version,
      from: installation.program.from,
    }
  }
}
