// After `changeset version`: the version that the history of a database records is the one of the package.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.mjs'

const file = join(root, 'packages/core/src/options/resolve-options.ts')
const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'))
const text = readFileSync(file, 'utf8')
const line = /^export const toolVersion = '.*'$/m
if (!line.test(text)) {
  console.error(`${file} has no line with toolVersion.`)
  process.exit(1)
}
writeFileSync(file, text.replace(line, `export const toolVersion = '${version}'`))
