// The type check of every package, of the tests and of the examples.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './workspace.mjs'

const folders = ['packages', 'apps', 'examples'].flatMap((group) =>
  existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
)
let failed = false
for (const folder of [...folders, 'test', 'bench']) {
  if (!existsSync(join(root, folder, 'tsconfig.json'))) continue
  const code = run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, folder, 'tsconfig.json'),
  ])
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${folder}`)
  failed ||= code !== 0
}
process.exit(failed ? 1 : 0)
