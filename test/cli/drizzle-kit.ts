import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { type Project, root } from './project.ts'

/** Where a project gets drizzle-kit and its drivers from. */
export const installed = join(root, 'test/node_modules')
const kit = join(installed, 'drizzle-kit/bin.cjs')
const children: ChildProcess[] = []

/** Ends what a test that failed has left running. */
export function endKits(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL')
}

type Kit = ChildProcessByStdio<null, Readable, Readable>

function startKit({ folder }: Project, args: readonly string[]): Kit {
  const { NODE_PATH: _path, FORCE_COLOR: _color, ...env } = process.env
  const child = spawn(process.execPath, [kit, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

/** Runs a command of drizzle-kit, which has to succeed. */
export async function runKit(project: Project, ...args: readonly string[]): Promise<void> {
  const child = startKit(project, args)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  expect({ args, exitCode: child.exitCode }, `${stdout}${stderr}`).toEqual({ args, exitCode: 0 })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Asks Studio as its page does. */
export type Ask = (question: Readonly<Record<string, unknown>>) => Promise<unknown>

/** Studio runs while the work does; it is ended then. */
export async function inStudio(project: Project, work: (ask: Ask) => Promise<void>): Promise<void> {
  const port = await freePort()
  const child = startKit(project, ['studio', '--host=127.0.0.1', `--port=${port}`])
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const heard = (part: Buffer): void => {
      output += String(part)
      if (output.includes('up and running')) resolve()
    }
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    child.on('close', () => reject(new Error(`Studio has ended: ${output}`)))
  })
  await work(async (question) => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
    const answered = await answer.text()
    expect(answer.status, answered).toBe(200)
    return JSON.parse(answered)
  })
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
