// `npm run test:cluster`: the tests of what ordinary runs do not have: a pooler before PostgreSQL, a cluster of MariaDB. It
// starts them, and ends and removes them afterwards. What cannot be started here is said loudly, and with
// `TEST_REQUIRE=all` a failure. Words before `--` are names (`pgbouncer`, `galera`; default: both), those after go to vitest.
import { build, install, refuseUnfitMachine, vitest } from './workspace.mjs'

refuseUnfitMachine()
install()

const { clusterNames } = await import('../test/kit/servers/cluster/names.mjs')
const { environmentOfCluster, startCluster } = await import('../test/kit/servers/cluster/cluster.mjs')
const { missing, reportOf } = await import('../test/kit/servers/servers.mjs')

const args = process.argv.slice(2)
const requested = args.filter((word) => clusterNames.includes(word))
const names = requested.length > 0 ? requested : clusterNames
// They start while the packages are built.
const cluster = startCluster(names)
build()
const outcomes = await cluster.outcomes()
const environment = environmentOfCluster(outcomes)
const rest = args.filter((word) => word !== '--' && !clusterNames.includes(word))
const lacking = missing(outcomes.filter(({ name }) => names.includes(name)))
const none = lacking.length === names.length
const code = none
  ? 1
  : await vitest(rest.length > 0 ? rest : ['test/faults/cluster'], { ...environment, TEST_CLUSTER: names.join(',') })
await cluster.stop()

console.log(`\nServers\n${reportOf(outcomes)}`)
for (const { name } of lacking) console.error(`NOT RUN: the tests of ${name}.`)
process.exit(code !== 0 || (process.env.TEST_REQUIRE === 'all' && lacking.length > 0) ? 1 : 0)
