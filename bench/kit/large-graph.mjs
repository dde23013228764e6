// 50,000 revisions in memory, in one line with a branch and a merge every hundred: loaded, planned up and down. Prints ms of
// processor time: other programs on the machine hardly stretch it.
import { createRevisionGraph, planDowngrade, planUpgrade } from '../../packages/core/dist/index.js'

const count = 50_000
const id = (/** @type {number} */ at) => at.toString(16).padStart(12, '0')
const nodes = Array.from({ length: count }, (_, at) => {
  const branches = at % 100 === 51 && at > 100
  const merges = at % 100 === 52 && at > 100
  const parents = at === 0 ? [] : merges ? [id(at - 1), id(at - 2)] : branches ? [id(at - 2)] : [id(at - 1)]
  return { revision: id(at), parents, dependsOn: [], branchLabels: [] }
})

const now = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const started = now()
const graph = createRevisionGraph(nodes)
const loaded = now()
const up = planUpgrade(graph, [], 'head')
const planned = now()
const down = planDowngrade(graph, up.to, 'base')
const ended = now()
if (up.steps.length !== count || down.steps.length !== count) throw new Error('the plan is not whole')
console.log(JSON.stringify({ load: loaded - started, up: planned - loaded, down: ended - planned }))
