import { execFile } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleImporter } from '../plain-node.ts'
import { eachIndexedProject, readIndex, revisionText, sha256 } from './kit.ts'

const at = eachIndexedProject()
let bundle: string
beforeAll(async () => {
  bundle = await bundleImporter()
})
afterAll(() => rmSync(bundle, { recursive: true, force: true }))

test('processes that make the index at once all report the files, and leave one whole index', async () => {
  const { project } = at
  const ids = Array.from({ length: 300 }, (_, index) => `r${String(index).padStart(3, '0')}`)
  project.put(Object.fromEntries(ids.map((id) => [`${id}_x.ts`, revisionText(id)])))
  const code = `
    import { graph } from ${JSON.stringify(pathToFileURL(join(bundle, 'node.mjs')).href)}
    for (let turn = 0; turn < 5; turn += 1) {
      const headers = await graph(${JSON.stringify(project.migrations)}).source.headers({ readAll: turn === 3 })
      console.log(headers.map(({ textHash }) => textHash).join(' '))
    }`
  const run = promisify(execFile)
  const results = await Promise.all(
    ids.slice(0, 4).map(() => run(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })),
  )
  const expected = `${ids.map((id) => sha256(revisionText(id))).join(' ')}\n`.repeat(5)
  for (const { stdout } of results) expect(stdout).toBe(expected)
  expect(readdirSync(project.cache)).toEqual(project.indexes())
  expect(readIndex(project.indexPath).lines).toHaveLength(300)
})
