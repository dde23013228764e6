// The floor of a command that looks at many revision files: reads each.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
let bytes = 0
for (const name of readdirSync(folder)) bytes += readFileSync(join(folder, name)).length
console.log(bytes)
