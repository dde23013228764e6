// Open WebUI's 21 revisions on a database at legacy 018: time, and the largest memory of the process.
import { inTurn, runNode } from '../kit/measure.mjs'
import { kit, memoryOf } from '../kit/observe.mjs'
import { makeOpenWebui } from '../kit/open-webui.mjs'
import { createDatabase, Database, floor, makeProject } from '../kit/project.mjs'

const head = 'e223b100ad81'
const configuration = `import { defineConfig } from '@org/cli'
import { openWebuiTiers } from '@org/migrate-schema/tiers'

export default defineConfig({ url: 'sqlite:./app.db', tiers: openWebuiTiers() })
`

/** @param {{ name: string, aim?: number, longestBytes?: number }} what */
function chained({ name, aim, longestBytes }, /** @type {number} */ pairs) {
  const project = makeProject({ 'migrate.config.ts': configuration })
  const template = project.at('legacy.db')
  makeOpenWebui({
    path: template,
    chats: 20_000,
    bytesEach: 1_450,
    ...(longestBytes === undefined ? {} : { longestBytes }),
  })
  const recreate = () => createDatabase(project.database, template)
  recreate()
  runNode({ args: [kit('record'), project.database, project.at('floor.bin')] })
  const check = () => {
    const db = new Database(project.database, { readonly: true })
    const { version_num: version } = db.prepare('SELECT version_num FROM migrate_version').get()
    db.close()
    if (version !== head) throw new Error(`ended at ${version}`)
  }
  const command = project.migrate('upgrade', '--quiet')
  const [measured] = inTurn({
    pairs,
    floor: {
      name: 'floor',
      prepare: recreate,
      check,
      command: { args: [floor('replay'), project.database, project.at('floor.bin')] },
    },
    subjects: [{ name, aim, prepare: recreate, command, check }],
  })
  recreate()
  return [{ ...measured, note: `${memoryOf(command)} MB` }]
}

export function chain(/** @type {number} */ pairs) {
  return chained({ name: "Open WebUI's chain, 20,000 chats, SQLite", aim: 1.25 }, pairs)
}

export function chainLong(/** @type {number} */ pairs) {
  return chained({ name: 'the same with one chat of 50 MB, SQLite', longestBytes: 50_000_000 }, pairs)
}
