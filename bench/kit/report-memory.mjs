// Loaded before the program (`--import`): at its end, how much memory the process had at most, to `peak-memory` beside it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(process.cwd(), 'peak-memory')
process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)))
