// Starts a Node program so many times at once and waits for all: `node at-once.mjs <count> <arguments …>`. Ends with 1 if one failed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const [, , count, ...args] = process.argv
const codes = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const [code] = await once(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
    return code
  }),
)
process.exit(codes.every((code) => code === 0) ? 0 : 1)
