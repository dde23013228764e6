// One server: a URL that was given, else the first way that gives one.
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownFolder, serverAccount, serverEnvironment } from './account.mjs'
import { addressOf, ask, reasonOf } from './ask.mjs'
import { end, start } from './children.mjs'
import { createData } from './data.mjs'
import { dockerProblem, isRunning, removeContainer, startContainer } from './docker.mjs'
import { dataFolder } from './leftovers.mjs'
import { allowedSources, variables } from './names.mjs'
import { freePort } from './ports.mjs'
import { kinds } from './programs.mjs'

const patience = 120_000

/** Asks until there is an answer; `problem` says why there will be none any more. */
export async function untilItAnswers(question, problem) {
  let last
  for (const until = Date.now() + patience; Date.now() < until; await sleep(100)) {
    const why = await problem()
    if (why !== undefined) throw new Error(why)
    try {
      return await question()
    } catch (error) {
      last = error
    }
  }
  throw new Error(`no answer within ${patience / 1000} s: ${reasonOf(last)}`)
}

export const logTail = (path) => readFileSync(path, 'utf8').trim().split('\n').slice(-12).join('\n')

/** Starts a program on a port and a data folder of its own. What answers there has to be it: another may be faster. */
async function launch(name, program, run) {
  const { server } = kinds[name]
  const folder = join(run.folder, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o755 })
  const data = dataFolder(run.folder, name, 'data')
  const workFolder = ownFolder(join(folder, 'scratch'))
  await createData(program, data, { workFolder, initialise: (...at) => server.initialise(program, ...at) })
  const sockets = ownFolder(join(run.folder, `s-${name}`))
  for (let turn = 1; ; turn += 1) {
    const port = await freePort()
    const log = join(folder, 'log')
    const output = openSync(log, 'w')
    const child = start(server.command(program, { data, folder: workFolder, port, sockets }), {
      account: serverAccount(),
      cwd: data,
      env: serverEnvironment(workFolder, program.env),
      stdio: ['ignore', output, output],
      end: server.end,
    })
    closeSync(output)
    run.record(`pid ${child.pid}`)
    let failure
    child.once('error', (error) => {
      failure = error.message
    })
    const over = () =>
      failure ?? (child.exitCode !== null || child.signalCode !== null ? `it ended: ${logTail(log)}` : undefined)
    try {
      const url = server.url(port)
      const answer = await untilItAnswers(() => ask(name, url), over)
      if (realpathSync(answer.data) !== realpathSync(data))
        throw new Error(`another server answers: Address already in use`)
      child.once('exit', (code, signal) => run.lost(name, `ended by itself with ${signal ?? code}\n${logTail(log)}`))
      return { name, url, version: answer.version, from: program.from }
    } catch (error) {
      await end(child)
      if (turn === 5 || !server.portTaken.test(error.message)) throw error
    }
  }
}

async function contain(name, run, other) {
  const container = `migrate-test-${name}-${randomBytes(6).toString('hex')}`
  run.record(`container ${container}`)
  try {
    const port = await startContainer(name, container, await other?.())
    const url = kinds[name].server.url(port)
    const endedReason = async () => ((await isRunning(container)) ? undefined : 'the container ended')
    const { version } = await untilItAnswers(() => ask(name, url), endedReason)
    return { name, url, version, from: 'docker' }
  } catch (error) {
    await removeContainer(container)
    throw error
  }
}

/** Undefined where this way does not exist here. */
async function startFrom(source, name, run, other) {
  if (source === 'docker') {
    const problem = await dockerProblem()
    if (problem !== undefined) throw new Error(problem)
    return contain(name, run, other)
  }
  const program = await kinds[name].sources[source]?.(other)
  return program && launch(name, program, run)
}

const majorOf = ({ version }) => Number.parseInt(version.replace(/^\D+/, ''), 10)

async function given(name, url, other) {
  try {
    const { version } = await ask(name, url)
    if ((await other?.()) === majorOf({ version })) throw new Error(`${version} is not a second major version`)
    return { name, url, version, from: variables[name] }
  } catch (error) {
    return { name, reason: `${addressOf(name, url)}: ${reasonOf(error)}` }
  }
}

async function bringUp(name, run, other) {
  const url = process.env[variables[name]]
  if (url) return given(name, url, other)
  const reasons = []
  for (const source of allowedSources()) {
    if (run.isOver()) break
    try {
      const server = await startFrom(source, name, run, other)
      if (server !== undefined) return server
      reasons.push(`${source}: not here`)
    } catch (error) {
      reasons.push(`${source}: ${reasonOf(error)}`)
    }
  }
  return { name, reason: reasons.join('\n') }
}

/** All of them at once; each is told as soon as it is there, or is known not to come. */
export async function bringUpAll(names, run, report) {
  const started = new Map()
  const majorOfServer = (name) => async () => {
    const server = await started.get(name)
    return server?.version && majorOf(server)
  }
  for (const name of names) {
    const other = name.endsWith('-next') ? majorOfServer(name.slice(0, -'-next'.length)) : undefined
    started.set(
      name,
      bringUp(name, run, other).catch((error) => ({ name, reason: reasonOf(error) })),
    )
  }
  return Promise.all(
    [...started.values()].map(async (coming) => {
      const server = await coming
      report(server)
      return server
    }),
  )
}
