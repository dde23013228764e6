// Keeps one server for one test, which may kill it, start it again and take away its room. Like the keeper of a run it ends
// with its standard input, however the test ends. Argument: JSON of `{ name, settings, tmpfs }`. Each line of the input is
// JSON of `{ id, act, … }`; each line it prints is the answer of that id.
import { once } from 'node:events'
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownFolder, serverAccount, serverEnvironment } from './account.mjs'
import { ask } from './ask.mjs'
import { untilItAnswers } from './bring-up.mjs'
import { end, endAll, start } from './children.mjs'
import { createData } from './data.mjs'
import { dataFolder, makeFolder, record, removeFolder } from './leftovers.mjs'
import { freePort } from './ports.mjs'
import { kinds, programOf } from './programs.mjs'

process.umask(0o022)
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const { name, settings = [], tmpfs } = JSON.parse(process.argv[2])
const { server } = kinds[name]
let folder
let ending = false

function finish(code) {
  if (ending) return
  ending = true
  endAll().then(() => {
    if (folder !== undefined) removeFolder(folder)
    process.exit(code)
  })
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => finish(0))

const isOver = (child) => child.exitCode !== null || child.signalCode !== null

/** The sessions of PostgreSQL are processes, in groups of their own. */
function childrenOf(pid) {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === `${pid}`
    } catch {
      return false
    }
  })
}

function kill(pid, signal) {
  try {
    process.kill(Number(pid), signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`

/**
 * Memory of a size in place of the data folder, in a namespace of its own, so that nothing has to be unmounted. A program of its own keeps it: the
 * data outlive a server that ends.
 */
async function mountMemory({ data, source, size }) {
  const account = serverAccount()
  const owner = account === undefined ? '' : `,uid=${account.uid},gid=${account.gid}`
  const prepare = `mount -t tmpfs -o size=${size},mode=0700${owner} none ${quoted(data)} && cp -a ${quoted(source)}/. ${quoted(data)}/`
  const enter = account === undefined ? ['unshare', '-rm'] : ['unshare', '-m']
  const child = start([...enter, 'sh', '-c', `${prepare} && echo ready && exec sleep infinity`], {
    env: process.env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  record(folder, `pid ${child.pid}`)
  const output = [
    ...(await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')])),
  ]
  if (`${output[0]}`.trim() !== 'ready') throw new Error(`no memory of ${size} for the data: ${output.join(' ')}`)
  return child
}

/** The command in the namespace that holds its data. */
function inMemory(command, { data, memory }) {
  const account = serverAccount()
  const own = account ?? { uid: process.getuid(), gid: process.getgid() }
  // No server runs as root, not even as the root of its own namespace.
  const become =
    account === undefined
      ? `unshare --user --map-user=${own.uid} --map-group=${own.gid}`
      : `setpriv --reuid=${own.uid} --regid=${own.gid} --clear-groups`
  const options = account === undefined ? ['--user', '--mount', '--preserve-credentials'] : ['--mount']
  const commandLine = `cd ${quoted(data)} && exec ${become} ${command.map(quoted).join(' ')}`
  return ['nsenter', '--target', `${memory.pid}`, ...options, 'sh', '-c', commandLine]
}

let prepared
let running

async function launch(more) {
  const { program, data, workFolder, sockets, memory, port } = prepared
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  const plain = [...server.command(program, { data, folder: workFolder, port, sockets }), ...settings, ...more]
  const command = memory === undefined ? plain : inMemory(plain, { data, memory })
  const child = start(command, {
    account: memory === undefined ? serverAccount() : undefined,
    cwd: memory === undefined ? data : folder,
    env: serverEnvironment(workFolder, program.env),
    stdio: ['ignore', output, output],
    end: server.end,
  })
  closeSync(output)
  record(folder, `pid ${child.pid}`)
  let failure
  child.once('error', (error) => {
    failure = error.message
  })
  const url = server.url(port)
  try {
    const { version, data: answering } = await untilItAnswers(
      () => ask(name, url),
      () =>
        failure === undefined && !isOver(child)
          ? undefined
          : (failure ?? `it ended: ${readFileSync(log, 'utf8').trim().split('\n').slice(-12).join('\n')}`),
    )
    if (realpathSync(answering) !== realpathSync(data))
      throw new Error('another server answers: Address already in use')
    running = child
    return { url, pid: child.pid, version }
  } catch (error) {
    // It has the folder and the port of the next one.
    await end(child)
    throw error
  }
}

const acts = {
  async begin() {
    const program = await programOf(name)
    folder = makeFolder()
    const workFolder = ownFolder(join(folder, 'scratch'))
    const sockets = ownFolder(join(folder, 's'))
    const data = dataFolder(folder, 'data')
    const source = tmpfs === undefined ? data : dataFolder(folder, 'source')
    await createData(program, source, { workFolder, initialise: (...at) => server.initialise(program, ...at) })
    const memory = tmpfs === undefined ? undefined : await mountMemory({ data, source, size: tmpfs })
    for (let turn = 1; ; turn += 1) {
      prepared = { program, data, workFolder, sockets, memory, port: await freePort() }
      try {
        return await launch([])
      } catch (error) {
        if (turn === 5 || !server.portTaken.test(error.message)) throw error
      }
    }
  },
  /** Where it runs already, nothing happens. */
  start: async ({ settings: more = [] }) => (isOver(running) ? launch(more) : {}),
  /** All of it at once, as a loss of power does; with another signal, as its manual says. */
  async kill({ signal }) {
    const child = running
    const sessions = signal === 'SIGKILL' ? childrenOf(child.pid) : []
    kill(child.pid, signal)
    for (const each of sessions) kill(each, signal)
    for (let waited = 0; waited < 60_000; waited += 20) {
      if (isOver(child)) return {}
      await sleep(20)
    }
    await end(child)
    throw new Error(`the server is still there 60 s after ${signal}`)
  },
  /** Leaves so many bytes of its memory free; without a number, all that it has. */
  async fill({ leave }) {
    const inside = `/proc/${prepared.memory.pid}/root${prepared.data}`
    const path = join(inside, 'in-the-way')
    if (leave === undefined) rmSync(path, { force: true })
    else {
      const { bavail, bsize } = statfsSync(inside)
      writeFileSync(path, Buffer.alloc(Math.max(0, Number(bavail) * Number(bsize) - leave)))
    }
    return {}
  },
}

const lines = createInterface({ input: process.stdin })
lines.on('close', () => finish(0))
// One after the other: a test that took too long continues beside the next one, and both may want it started.
let before = Promise.resolve()
lines.on('line', (line) => {
  const { id, act, ...rest } = JSON.parse(line)
  before = before.then(async () => {
    const answer = await acts[act](rest).catch((error) => ({ problem: error.message }))
    process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`)
  })
})
