import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bin, ensureBuilt, Project, revision, root, twoRevisions } from '../../../cli/project.ts'
import { otherNode, otherNodes } from '../../../kit/other-node.ts'

const home = mkdtempSync(join(tmpdir(), 'node-sqlite-'))
beforeAll(ensureBuilt)
afterAll(() => rmSync(home, { recursive: true, force: true }))

function factsOf(
  node: string,
  name: string,
  ...driver: readonly string[]
): { readonly lines: readonly unknown[]; readonly nul: string } {
  const args = [join(root, 'test/dialects/sqlite/connection/session-facts.mjs'), join(home, name), ...driver]
  return JSON.parse(execFileSync(node, args, { encoding: 'utf8', cwd: root }))
}

describe.each(otherNodes)('where better-sqlite3 cannot be loaded, on Node %s', (version) => {
  test('a session of node:sqlite gives the values, errors and counts that it gives with better-sqlite3', async (context) => {
    const node = await otherNode(version, context)
    const here = factsOf(process.execPath, `own-${version}.db`)
    // From version 13 on better-sqlite3 is loaded by these, too.
    const reference = factsOf(node, `${version}.db`, 'node:sqlite')
    expect(reference.lines).toEqual(here.lines)
    expect(here.nul).toBe('a\0b')
    expect(reference.nul).toBe(version.startsWith('22.') ? 'UNSUPPORTED' : 'a\0b')
  })

  test('an open DatabaseSync that gives rows as lists is taken for its file', async (context) => {
    const node = await otherNode(version, context)
    const file = join(home, `lists-${version}.db`)
    const program = `
      import { DatabaseSync } from 'node:sqlite'
      import { sqliteDialect } from ${JSON.stringify(pathToFileURL(join(root, 'packages/dialect-sqlite/dist/index.js')))}
      const db = new DatabaseSync(${JSON.stringify(file)}, { returnArrays: true, readBigInts: true })
      const { connection } = sqliteDialect({ driver: db })
      const session = await connection.connect({ purpose: 'run' })
      const lock = session.runLock('migrate_history')
      const facts = [connection.database, await lock.take()]
      await session.close()
      console.log(JSON.stringify([...facts, db.prepare('SELECT 1').get().map(Number)]))`
    const args = ['--no-warnings', '--input-type=module', '--eval', program]
    expect(JSON.parse(execFileSync(node, args, { encoding: 'utf8' }))).toEqual([file, true, [1]])
    expect(existsSync(`${file}-migrate.lock`)).toBe(true)
  })

  test('the line of a statement that fails in a data step is shown', async (context) => {
    const node = await otherNode(version, context)
    const project = new Project(twoRevisions)
    try {
      const body =
        "  op.run('x', async (db) => {\n    await db.query('SELECT 1')\n    await db.query('SELECT * FROM nowhere')\n  })"
      project.put({ 'migrations/c1_fails.ts': revision('c1', 'b1', body) })
      const { status, stderr } = spawnSync(node, [bin, 'upgrade'], { encoding: 'utf8', cwd: project.folder })
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining(`  at         ${join(project.folder, 'migrations/c1_fails.ts')}:12:5\n`),
      })
    } finally {
      project.remove()
    }
  })

  test('the command line migrates, and prints no warning', async (context) => {
    const node = await otherNode(version, context)
    const project = new Project(twoRevisions)
    try {
      const run = (...args: readonly string[]): string =>
        execFileSync(node, [bin, ...args], {
          encoding: 'utf8',
          cwd: project.folder,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
      run('upgrade')
      expect(JSON.parse(run('current', '--json'))).toMatchObject({ revisions: [{ revision: 'b1' }] })
      run('downgrade', 'base')
      run('upgrade', '--backup', 'copy.db')
      const script = `${JSON.stringify(bin)} status 2>&1 1>/dev/null`
      expect(execFileSync('sh', ['-c', `"${node}" ${script}`], { encoding: 'utf8', cwd: project.folder })).toBe('')
    } finally {
      project.remove()
    }
  })
})
