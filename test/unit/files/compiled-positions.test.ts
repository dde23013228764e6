import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { originalPositions } from '@org/migrate-core/node'
import { expect, test } from 'vitest'

test('the source map of a file is read once for the locations of all its operations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'positions-'))
  const original = join(folder, 'a.ts')
  const compiled = join(folder, `${'0'.repeat(32)}.mjs`)
  const map = { version: 3, sources: [pathToFileURL(original).href], names: [], mappings: 'AAAA;AACA' }
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64')
  writeFileSync(compiled, `a()\nb()\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`)
  expect(originalPositions(`at ${compiled}:1:1`)).toBe(`at ${original}:1:1`)
  rmSync(folder, { recursive: true })
  expect(originalPositions(`at ${compiled}:2:1`)).toBe(`at ${original}:2:1`)
})
