// Prints every text that a person reads of the program, by file: `npm run texts`, `npm run texts -- remedy`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './workspace.mjs'

const kinds = process.argv.slice(2)
const source = `export { isProgram, printedTexts } from './texts.ts'\nexport { readTree } from './tree.ts'`
const { outputFiles } = await build({
  stdin: { contents: source, resolveDir: join(root, 'test/repository'), loader: 'ts' },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/repository/tree.ts')).href) },
})
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
writeFileSync(join(cache, 'texts.mjs'), outputFiles[0].text)
const { isProgram, printedTexts, readTree } = await import(pathToFileURL(join(cache, 'texts.mjs')).href)

for (const file of readTree().files.values()) {
  if (!isProgram(file)) continue
  const texts = printedTexts(file).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
  if (texts.length > 0) console.log(`\n${file.path}`)
  for (const { kind, code, line, text } of texts)
    console.log(`${String(line).padStart(5)}  ${[kind, code ?? ''].join(' ').trim()}: ${text}`)
}
