// The keeper of what the tests of clusters run on. Arguments: names with commas between.
import { reasonOf } from '../ask.mjs'
import { bringUpAll } from '../bring-up.mjs'
import { keep } from '../keeper.mjs'
import { galera } from './galera.mjs'
import { serversOf } from './names.mjs'
import { pgbouncer } from './pgbouncer.mjs'

/**
 * What `start(run, servers)` of each starts through `children.mjs` is ended with the run, and what it writes below `run.folder`
 * removed. It gives `{ environment, version, from }`: the tests' variables with their values, or throws why not. `servers` are
 * the outcomes of those that it stands on.
 * @typedef {{ environment: Record<string, string>, version: string, from: string }} Started
 */

/** @type {{ readonly [name: string]: (run: object, servers: ReadonlyMap<string, object>) => Promise<Started> }} */
const starts = {
  pgbouncer,
  galera,
}

const names = (process.argv[2] ?? '').split(',').filter(Boolean)
const below = [...new Set(names.flatMap((name) => serversOf[name]))]

await keep([...below, ...names], async (_, run, print) => {
  const servers = new Map((await bringUpAll(below, run, print)).map((each) => [each.name, each]))
  const bringUp = async (name) => {
    const missing = serversOf[name].find((each) => servers.get(each)?.url === undefined)
    if (missing !== undefined) return { name, reason: `${missing} is not here` }
    return { name, ...(await starts[name](run, servers)) }
  }
  await Promise.all(
    names.map(async (name) => print(await bringUp(name).catch((error) => ({ name, reason: reasonOf(error) })))),
  )
})
