// Open WebUI's 21 revisions on a database at legacy 018: time, and the largest memory of the process.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inTurn, median, runNode } from '../kit/measure.mjs'
import { makeOpenWebui } from '../kit/open-webui.mjs'
import { createDatabase, Database, floor, makeProject } from '../kit/project.mjs'

const head = 'e223b100ad81'
const configuration = `import { defineConfig } from '@org/cli'
import { openWebuiTiers } from '@org/migrate-schema/tiers'

export default defineConfig({ url: 'sqlite:./app.db', tiers: openWebuiTiers() })
`
const kit = (/** @type {string} */ name) => fileURLToPath(new URL(`../kit/${name}.mjs`, import.meta.url))

/** @param {{ name: string, longestBytes?: number }} what */
function chained({ name, longestBytes }, /** @type {number} */ pairs) {
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
  const memory = project.at('peak-memory')
  const peaks = /** @type {number[]} */ ([])
  const check = () => {
    const db = new Database(project.database, { readonly: true })
    const { version_num: version } = db.prepare('SELECT version_num FROM migrate_version').get()
    db.close()
    if (version !== head) throw new Error(`ended at ${version}`)
  }
  const { args, cwd } = project.migrate('upgrade', '--quiet')
  const measured = inTurn({
    pairs,
    floor: {
      name: 'floor',
      prepare: recreate,
      check,
      command: { args: [floor('replay'), project.database, project.at('floor.bin')] },
    },
    subjects: [
      {
        name,
        aim: '< 3 s, < 200 MB',
        prepare: recreate,
        command: { args: ['--import', kit('report-memory'), ...args], cwd },
        check: () => {
          check()
          peaks.push(Number(readFileSync(memory, 'utf8')) / 1024)
        },
      },
    ],
  })
  const note = `${median(peaks).toFixed(0)} MB (${Math.min(...peaks).toFixed(0)}-${Math.max(...peaks).toFixed(0)})`
  return measured.map((each) => ({ ...each, note }))
}

export function chain(/** @type {number} */ pairs) {
  return chained({ name: 'chain, 20,000 chats' }, pairs)
}

export function chainLong(/** @type {number} */ pairs) {
  return chained({ name: 'chain, and one chat of 50 MB', longestBytes: 50_000_000 }, pairs)
}
