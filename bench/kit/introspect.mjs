// Reads the whole schema of a server: `node introspect.mjs <url> [file]`; with a file, what was asked is written there.
import { writeFileSync } from 'node:fs'
import { serialize } from 'node:v8'
import { dialectOf } from './dialect-of.mjs'
import { recordingDialect } from './recording-dialect.mjs'

const [, , url, file] = process.argv
const plain = await dialectOf(url)
const { dialect, reads } = file === undefined ? { dialect: plain, reads: [] } : recordingDialect(plain)
const session = await dialect.connection.connect({ purpose: 'run' })
const model = await (session.dialect ?? dialect).introspection.schema(session)
console.log(model.tables.size)
await session.close()
if (file !== undefined) writeFileSync(file, serialize(reads))
