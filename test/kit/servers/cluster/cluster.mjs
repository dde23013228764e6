// What a run does about poolers and clusters; as `servers.mjs` does about servers.
import { variables } from '../names.mjs'
import { startKeeper } from '../servers.mjs'
import { clusterVariables, serversOf } from './names.mjs'

/** Begins to start them, with the servers that they stand on. */
export function startCluster(names) {
  const below = new Set(names.flatMap((name) => serversOf[name]))
  return startKeeper(new URL('keep.mjs', import.meta.url), [names.join(',')], [...below, ...names])
}

/** The variables of the tests; those of what is not there are taken away. */
export function environmentOfCluster(outcomes) {
  const none = Object.values(clusterVariables).flat()
  const entries = outcomes.flatMap(({ name, url, environment }) =>
    environment !== undefined ? Object.entries(environment) : name in variables ? [[variables[name], url ?? '']] : [],
  )
  return { ...Object.fromEntries(none.map((name) => [name, ''])), ...Object.fromEntries(entries) }
}
