// What a run does about servers: has them started beside its other work, gives their URLs to the tests, says what became
// of each. The keeper is another process, which notices the end of this one by the pipe between them.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { namedServers, serverNames, variables } from './names.mjs'

/** @typedef {import('./names.mjs').ServerName} ServerName */
/** @typedef {{ name: ServerName, url: string, version: string, from: string } | { name: ServerName, reason: string }} Outcome */

/** Has a keeper start what its words say; `names` are those that it will tell of. */
export function startKeeper(program, args, names) {
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })
  child.stdin.on('error', () => undefined)
  const outcomes = new Map(names.map((name) => [name, { name, reason: 'the keeper of the servers ended' }]))
  const ready = new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      const outcome = JSON.parse(line)
      if (outcome.name !== undefined) outcomes.set(outcome.name, outcome)
      else resolve()
    })
    ended.then(resolve)
  })
  return {
    /** The outcomes, once each server is there or known not to come. */
    outcomes: async () => {
      await ready
      return [...outcomes.values()]
    },
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}

/** Begins to start the servers; `servers` is `all`, `none`, or names with commas between. */
export function startServers(servers = 'all') {
  const names = namedServers(servers)
  const keeper = startKeeper(new URL('keep.mjs', import.meta.url), [servers], names)
  const outcomeOf = (outcomes, name) => outcomes.find((each) => each.name === name) ?? { name, reason: 'not asked for' }
  return {
    ...keeper,
    outcomes: async () => {
      const all = await keeper.outcomes()
      return serverNames.map((name) => outcomeOf(all, name))
    },
  }
}

/** The variables of the tests. One that names a server which does not answer is taken away: what needs it is not run. */
export function environmentOf(outcomes) {
  return Object.fromEntries(outcomes.map(({ name, url }) => [variables[name], url ?? '']))
}

export const missing = (outcomes) => outcomes.filter(({ version }) => version === undefined)

/** A line for each server; the ones that are not there cannot be overlooked. */
export function reportOf(outcomes) {
  const width = Math.max(...outcomes.map(({ name }) => name.length))
  return outcomes
    .map(({ name, version, from, reason }) => {
      const status =
        version === undefined
          ? `NOT RUN: ${reason.replaceAll('\n', `\n${' '.repeat(width + 13)}`)}`
          : `${version} (${from})`
      return `  ${name.padEnd(width)}  ${status}`
    })
    .join('\n')
}
