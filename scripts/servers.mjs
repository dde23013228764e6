// `npm run servers`: starts the servers of the tests, prints the variables that name them, and keeps them until Ctrl-C.
// Words after `--` are the servers (`postgres mysql`); `--prepare` fetches what is missing, tries it and ends.
import { parseArgs } from 'node:util'
import { install, refuseUnfitMachine, temporaryFolder } from './workspace.mjs'

// An unknown flag ends it here, before anything is started.
const {
  values: { prepare },
  positionals: names,
} = parseArgs({ allowPositionals: true, options: { prepare: { type: 'boolean', default: false } } })
refuseUnfitMachine()
install()

const { environmentOf, missing, reportOf, startServers } = await import('../test/kit/servers/servers.mjs')
const servers = startServers(names.length > 0 ? names.join(',') : 'all')

let interrupted = false
const interruption = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interrupted = true
      resolve()
    })
  }
})
if (prepare) {
  const { clientsIn } = await import('../test/kit/servers/clients.mjs')
  for (const reason of await clientsIn(temporaryFolder('migrate-clients-'))) console.error(`  ${reason}`)
  const { chromium } = await import('../test/kit/servers/chromium.mjs')
  await chromium().catch(({ message }) => console.error(`  ${message}`))
}
const outcomes = (await Promise.race([servers.outcomes(), interruption])) ?? []
const selected = outcomes.filter(({ name }) => names.length === 0 || names.includes(name))
const lacking = missing(selected).length
if (!interrupted) {
  console.error(reportOf(selected))
  for (const [name, url] of Object.entries(environmentOf(selected)))
    if (url !== '') console.log(`export ${name}=${url}`)
}
if (!prepare && !interrupted && lacking < selected.length) {
  console.error('Until Ctrl-C.')
  // A promise alone keeps no process alive.
  const alive = setInterval(() => undefined, 60_000)
  await interruption
  clearInterval(alive)
}
await servers.stop()
process.exit(lacking > 0 ? 1 : 0)
