import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest'
import { ensureBuilt, root } from '../../../cli/project.ts'
import { bun, deno } from '../../../kit/servers/nodes.mjs'
import { whyNotLoaded } from '../../../kit/sqlite-client/client.mjs'

const home = mkdtempSync(join(tmpdir(), 'runtimes-'))
beforeAll(ensureBuilt)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Where it cannot be had the test is NOT RUN. */
async function fetched(context: TestContext, program: Promise<string>): Promise<string> {
  try {
    return await program
  } catch (error) {
    return context.skip(`it could not be fetched: ${String(error).slice(0, 200)}`)
  }
}

const outputOf = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', cwd: root })

test('on Bun a session of node:sqlite gives the values, errors and counts that it gives on Node', async (context) => {
  const program = await fetched(context, bun('1.4.5'))
  const facts = join(root, 'test/dialects/sqlite/connection/session-facts.mjs')
  const [reference, here] = [
    outputOf(program, facts, join(home, 'bun.db'), 'node:sqlite'),
    outputOf(process.execPath, facts, join(home, 'node.db')),
  ]
  expect(JSON.parse(reference)).toEqual(JSON.parse(here))
})

test('on Deno a session of node:sqlite gives the values, errors and counts that it gives on Node', async (context) => {
  const program = await fetched(context, deno('2.9.6'))
  const facts = join(root, 'test/dialects/sqlite/connection/session-facts.mjs')
  const onDeno = JSON.parse(
    outputOf(
      program,
      'run',
      '-A',
      '--no-lock',
      '--node-modules-dir=manual',
      facts,
      join(home, 'deno.db'),
      'node:sqlite',
    ),
  )
  const here = JSON.parse(outputOf(process.execPath, facts, join(home, 'reference.db')))
  expect(onDeno.lines).toEqual(here.lines)
  // Its node:sqlite cuts such a text.
  expect(onDeno.nul).toBe('UNSUPPORTED')
})

test('on Bun an encrypted database says to use Node, and nothing of a compiler', async (context) => {
  const program = await fetched(context, bun('1.4.5'))
  const file = join(home, 'open.mjs')
  const dialect = pathToFileURL(join(root, 'packages/dialect-sqlite/dist/index.js')).href
  writeFileSync(
    file,
    `import { sqliteDialect } from ${JSON.stringify(dialect)}
    const url = ${JSON.stringify(`sqlite+sqlcipher://${join(home, 'key.db')}`)}
    await sqliteDialect({ url, key: 'k' }).connection.connect({ purpose: 'run' }).then((session) => session.close()).then(() => console.log('"opened"'), ({ code, remedy }) => console.log(JSON.stringify({ code, remedy })))`,
  )
  expect(JSON.parse(outputOf(program, file))).toEqual({
    code: 'DRIVER_NOT_BUILT',
    remedy: 'Bun cannot load this driver: run the program with Node.',
  })
  if (whyNotLoaded('better-sqlite3-multiple-ciphers') === undefined)
    expect(JSON.parse(outputOf(process.execPath, file))).toBe('opened')
})
