// A run over a fleet of SQLite files that is killed at any time: runs on the built packages, as a worker would.
import { graphOf, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, fileMembers } from '@org/migrate-fleet'
import { history } from './killed-history.mjs'

const [, , folder] = process.argv
const fleet = createFleet({
  members: fileMembers('*.db', { baseDirectory: folder }),
  dialect: ({ url }) => sqliteDialect({ url }),
  tiers: [graphOf(revisions(history))],
  state: sqliteDialect({ url: `sqlite:///${folder}/state/fleet.db` }),
  parallel: 4,
})
const onEvent = (event) => {
  if (event.type === 'memberFinished') console.log(event.id)
}
const { failed, left } = await fleet.upgrade(undefined, { onEvent })
console.log(`ended with ${failed + left} left`)
