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

/** A program that has the dialect, as it is published. */
function programOf(name: string, body: string): string {
  const file = join(home, `${name}.mjs`)
  const dialect = pathToFileURL(join(root, 'packages/dialect-sqlite/dist/index.js')).href
  writeFileSync(file, `import { sqliteDialect } from ${JSON.stringify(dialect)}\n${body}`)
  return file
}

test('on Bun an encrypted database says to use Node, and nothing of a compiler', async (context) => {
  const program = await fetched(context, bun('1.4.5'))
  const file = programOf(
    'open',
    `const url = ${JSON.stringify(`sqlite+sqlcipher://${join(home, 'key.db')}`)}
    await sqliteDialect({ url, key: 'k' }).connection.connect({ purpose: 'run' }).then((session) => session.close()).then(() => console.log('"opened"'), ({ code, remedy }) => console.log(JSON.stringify({ code, remedy })))`,
  )
  expect(JSON.parse(outputOf(program, file))).toEqual({
    code: 'DRIVER_NOT_BUILT',
    remedy: 'Bun cannot load this driver: run the program with Node.',
  })
  if (whyNotLoaded('better-sqlite3-multiple-ciphers') === undefined)
    expect(JSON.parse(outputOf(process.execPath, file))).toBe('opened')
})

/** Takes the lock of a run and prints how it names its holder. */
const lockProgram = (name: string): string =>
  programOf(
    name,
    `const { connection } = sqliteDialect({ url: ${JSON.stringify(`sqlite:${join(home, `${name}.db`)}`)}, driver: 'node:sqlite' })
    const session = await connection.connect({ purpose: 'run' })
    const lock = session.runLock('migrate_history')
    await lock.take()
    console.log(JSON.stringify({ pid: process.pid, warning: lock.warning, ...(await lock.holder()) }))
    await lock.release()
    await session.close()`,
  )

test('on Deno without the right to facts of the system a run takes the lock all the same', async (context) => {
  const program = await fetched(context, deno('2.9.6'))
  const rights = ['--no-prompt', '--allow-env', '--allow-read', '--allow-write']
  const file = lockProgram('denied')
  const output = outputOf(program, 'run', ...rights, '--no-lock', '--node-modules-dir=manual', file)
  const { pid, warning, who } = JSON.parse(output)
  expect([warning, who]).toEqual([undefined, `process ${pid} of uid unknown@unknown`])
})

test('on Bun without USER the lock names the number of its user', async (context) => {
  const program = await fetched(context, bun('1.4.5'))
  const { USER: _user, LOGNAME: _logname, ...env } = process.env
  const output = execFileSync(program, [lockProgram('numbered')], { encoding: 'utf8', cwd: root, env })
  const { pid, who } = JSON.parse(output)
  expect(who).toContain(`process ${pid} of uid ${process.getuid?.()}@`)
})

test('on Bun a server of libSQL that is not there was sent nothing', async (context) => {
  const program = await fetched(context, bun('1.4.5'))
  const file = programOf(
    'libsql',
    `const session = await sqliteDialect({ url: 'libsql://127.0.0.1:1?tls=0' }).connection.connect({ purpose: 'inspect' })
    await session.query({ sql: 'SELECT 1', params: [] }).catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`,
  )
  expect(JSON.parse(outputOf(program, file))).toEqual({
    code: 'DATABASE_UNREACHABLE',
    message: 'cannot reach libsql://127.0.0.1:1: ECONNREFUSED',
  })
})
