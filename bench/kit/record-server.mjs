// Runs the revisions of a folder, or Open WebUI's, on a server and writes down what that took, for floors/replay-server.mjs:
// `node record-server.mjs <url> <file> [folder]`. Prints how long the inspections of the tables took.
import { writeFileSync } from 'node:fs'
import { serialize } from 'node:v8'
import { createMigrator } from '../../packages/core/dist/index.js'
import { graph } from '../../packages/core/dist/node.js'
import { openWebuiTiers } from '../../packages/schema/dist/tiers.js'
import { dialectOf } from './dialect-of.mjs'
import { recordingDialect } from './recording-dialect.mjs'

const [, , url, file, folder] = process.argv
const { dialect, log, inspection } = recordingDialect(await dialectOf(url))
const tiers = folder === undefined ? openWebuiTiers() : [graph(folder)]
await createMigrator({ dialect, tiers }).upgrade()
writeFileSync(file, serialize({ log }))
console.log(JSON.stringify(inspection))
