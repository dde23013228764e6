import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import { clientOfSqlite } from '../../../kit/sqlite-client/bundled.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const outfile = path.join(root, `test/node_modules/.cache/sqlite-lock-${process.pid}.mjs`)
let built: Promise<unknown> | undefined

/** The racer as a program of its own: built once for each process of tests, from the sources as they are. */
export async function program(): Promise<string> {
  built ??= build({
    entryPoints: [fileURLToPath(new URL('./racer.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
    external: ['better-sqlite3', 'better-sqlite3-multiple-ciphers'],
    plugins: [clientOfSqlite],
    logLevel: 'error',
  })
  await built
  return outfile
}

export async function racer(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [await program(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

export function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()))
    child.once('exit', (code, signal) => reject(new Error(`it ended before it said anything: ${code ?? signal}`)))
  })
}

/** How it ended, with what it complained of. */
export function end(
  child: ChildProcess,
): Promise<{ readonly how: number | string | null; readonly complaint: string }> {
  let complaint = ''
  child.stderr?.on('data', (data) => {
    complaint += String(data)
  })
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ how: code ?? signal, complaint })))
}
