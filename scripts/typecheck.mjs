// The type check of every package, of the tests, the site and the examples, as many at a time as there are cores.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from './workspace.mjs'

const folders = ['packages', 'apps', 'examples'].flatMap((group) =>
  existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
)
// The tests take longest, so they come first.
const waiting = ['test', ...folders, 'bench', 'docs/.vitepress'].filter((folder) =>
  existsSync(join(root, folder, 'tsconfig.json')),
)
let failed = false

async function checkNext() {
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, folder, 'tsconfig.json')]
    const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${folder}`)
    failed ||= code !== 0
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, checkNext))
process.exit(failed ? 1 : 0)
