// The heap while a fleet of files is migrated: `node --expose-gc memory-process.mjs folder members`. Prints the largest one, in bytes.
import { copyFileSync, mkdirSync } from 'node:fs'
import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet } from '@org/migrate-fleet'
import { history } from './killed-history.mjs'

const [, , folder, count] = process.argv
mkdirSync(folder)
const urlOf = (id) => `sqlite:///${folder}/${id}.db`
const tiers = [graphOf(revisions(history))]
await createMigrator({ dialect: sqliteDialect({ url: urlOf('first') }), tiers }).upgrade('r1')
for (let at = 0; at < Number(count); at += 1) copyFileSync(`${folder}/first.db`, `${folder}/m${at}.db`)
function* members() {
  for (let at = 0; at < Number(count); at += 1) yield { id: `m${at}`, url: urlOf(`m${at}`) }
}
const fleet = createFleet({
  members,
  dialect: ({ url }) => sqliteDialect({ url }),
  tiers,
  state: sqliteDialect({ url: urlOf('state') }),
})
let [ended, largest] = [0, 0]
const onEvent = ({ type }) => {
  if (type !== 'memberFinished') return
  ended += 1
  // The first ones load what a run needs.
  if (ended % 50 !== 0) return
  globalThis.gc()
  largest = Math.max(largest, process.memoryUsage().heapUsed)
}
const { migrated } = await fleet.upgrade(undefined, { onEvent })
if (migrated !== Number(count)) throw new Error(`${migrated} migrated`)
console.log(largest)
