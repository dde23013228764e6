import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, root } from '../../../cli/project.ts'
import { otherNode } from '../../../kit/other-node.ts'

const home = mkdtempSync(join(tmpdir(), 'not-null-'))
beforeAll(ensureBuilt)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Node 22 includes SQLite 3.51, Node 24 and 26 include 3.53. */
for (const [version, copies, foreignKeys] of [
  ['22.23.3', 1, 'off'],
  ['24.21.0', 0, 'on'],
  ['26.10.0', 0, 'on'],
] as const) {
  test(`the SQLite of Node ${version} makes a column NOT NULL, copies of the table: ${copies}`, async (context) => {
    const node = await otherNode(version, context)
    const args = [join(root, 'test/dialects/sqlite/native/not-null.mjs'), join(home, `${version}.db`)]
    const result = JSON.parse(execFileSync(node, args, { encoding: 'utf8', cwd: root }))
    expect(result).toEqual({
      copies,
      foreignKeys,
      text: 'CREATE TABLE "people" (\n  "id" INTEGER NOT NULL PRIMARY KEY,\n  "name" TEXT\n NOT NULL)',
    })
  })
}
