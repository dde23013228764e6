// Loaded before the program (`--import`): at its end, how much memory the process had at most, in kB, to the file of BENCH_MEMORY.
import { writeFileSync } from 'node:fs'

process.on('exit', () => writeFileSync(process.env.BENCH_MEMORY, String(process.resourceUsage().maxRSS)))
