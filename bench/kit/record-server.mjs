// Runs Open WebUI's revisions on a server and writes down what it was sent, for floors/replay-server.mjs: `node record-server.mjs <url> <file>`.
import { writeFileSync } from 'node:fs'
import { serialize } from 'node:v8'
import { createMigrator } from '../../packages/core/dist/index.js'
import { openWebuiTiers } from '../../packages/schema/dist/tiers.js'
import { dialectOf } from './dialect-of.mjs'
import { recordingDialect } from './recording-dialect.mjs'

const [, , url, file] = process.argv
const { dialect, log } = recordingDialect(await dialectOf(url))
await createMigrator({ dialect, tiers: openWebuiTiers() }).upgrade()
writeFileSync(file, serialize({ log }))
