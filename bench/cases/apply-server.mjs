// Revisions of DDL on a server, from their TypeScript files to the last commit.
import { join } from 'node:path'
import { inTurn, median, runNode } from '../kit/measure.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { idOf, revisionFiles } from '../kit/revisions.mjs'
import { withDatabase } from '../kit/server-database.mjs'
import { recordRuns, roundTrips } from '../kit/server-runs.mjs'

const configuration = (/** @type {string} */ url) =>
  `import { defineConfig } from '@org/cli'\n\nexport default defineConfig({ url: '${url}', migrations: './migrations' })\n`

/** A database that is in use already: there each revision is a transaction of its own. */
const inUse = ['CREATE TABLE guest (id INTEGER PRIMARY KEY, name VARCHAR(255) NOT NULL)']

/** @param {{ database: any, server: import('../kit/server-database.mjs').Server, count: number }} what */
function applied({ database, server, count }, /** @type {number} */ pairs) {
  const project = makeProject({ ...revisionFiles(count), 'migrate.config.ts': configuration(database.url) })
  const recreate = () => database.recreate(inUse)
  const file = project.at('floor.bin')
  const folder = join(project.folder, 'migrations')
  const { inspectionMs, inspections } = recordRuns({
    url: database.url,
    file,
    folder,
    recreate,
    times: Math.max(3, pairs),
  })
  const check = () => {
    const [{ version_num: version }] = database.run(['SELECT version_num FROM migrate_version'])
    if (version !== idOf(count - 1)) throw new Error(`ended at ${version}`)
  }
  const replay = { args: [floor('replay-server'), database.url, file] }
  const command = project.migrate('upgrade', '--quiet')
  const name = `apply ${count} revisions, ${server.name}`
  const [cold, warm] = inTurn({
    pairs,
    floor: { name: 'floor', prepare: recreate, check, command: replay },
    subjects: [
      {
        name: `${name}, compiled each time`,
        command,
        check,
        prepare: () => {
          recreate()
          project.emptyCache()
        },
      },
      { name: `${name}, compiled before`, aim: '<= 1.3x without inspection', command, check, prepare: recreate },
    ],
  })
  recreate()
  const theirs = roundTrips(replay, project.at('round-trips'))
  recreate()
  const ours = roundTrips(command, project.at('round-trips'))
  const withoutInspection = median(warm.ratios.map((ratio, at) => ratio * (1 - inspectionMs / warm.times[at])))
  const note = `${withoutInspection.toFixed(2)}x without ${inspections} inspections of ${inspectionMs.toFixed(0)} ms; round trips ${theirs}, ${ours}`
  return [cold, { ...warm, note }]
}

export function applyOn(
  /** @type {number} */ pairs,
  /** @type {import('../kit/server-database.mjs').Server} */ server,
) {
  return [20, 200].flatMap((count) => withDatabase(server, (database) => applied({ database, server, count }, pairs)))
}

/** At head: what a service, a pipeline or a person pays each time. */
export function noopOn(/** @type {number} */ pairs, /** @type {import('../kit/server-database.mjs').Server} */ server) {
  return [20, 200].flatMap((count) =>
    withDatabase(server, (database) => {
      const project = makeProject({ ...revisionFiles(count), 'migrate.config.ts': configuration(database.url) })
      const command = project.migrate('upgrade')
      runNode(project.migrate('upgrade', '--quiet'))
      const check = (/** @type {string} */ stdout) => {
        if (!/up to date/.test(stdout)) throw new Error(`unexpected answer ${stdout}`)
      }
      const inspection = { args: [floor('version-row-server'), database.url] }
      const name = `no-op upgrade, ${count} revisions, ${server.name}`
      const [measured] = inTurn({
        pairs,
        floor: { name: 'floor', command: inspection },
        subjects: [{ name, aim: '<= 1.4x', command, check }],
      })
      const [theirs, ours] = [inspection, command].map((each) => roundTrips(each, project.at('round-trips')))
      return [{ ...measured, note: `round trips ${theirs}, ${ours}` }]
    }),
  )
}
