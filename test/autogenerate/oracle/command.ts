import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Verdict } from './oracle.ts'
import type { OracleDialect, OracleSchema } from './schema.ts'

const program = fileURLToPath(new URL('../../node_modules/drizzle-kit/bin.cjs', import.meta.url))
const names = { sqlite: 'sqlite', postgres: 'postgresql', mysql: 'mysql' } as const

/** What does not answer ends before its test does. */
export const patienceMs = 150_000

export const killed = (signal: NodeJS.Signals): Error =>
  new Error(`drizzle-kit was ended by ${signal}, and has judged nothing; it is ended after ${patienceMs / 1000} s`)

export interface Pushed {
  readonly schema: OracleSchema
  readonly version: number
  readonly url: string
}

/**
 * What `drizzle-kit push` says that it would do. With `--verbose --strict` it prints its statements and asks whether it may; there is no
 * terminal to answer on, so that it ends without having done anything.
 */
export async function verdictOfCommand(dialect: OracleDialect, bundle: string, pushed: Pushed): Promise<Verdict> {
  const { schema, version, url } = pushed
  // Beside the bundle: what it imports is found from there.
  const folder = mkdtempSync(join(dirname(bundle), 'push-'))
  const config = {
    dialect: names[dialect],
    schema: './schema.cjs',
    dbCredentials: { url },
    tablesFilter: ['!migrate_*'],
    ...(dialect === 'postgres' ? { schemaFilter: ['public', ...(schema.schemas ?? [])] } : {}),
    ...(schema.casing === undefined ? {} : { casing: schema.casing }),
  }
  writeFileSync(join(folder, 'drizzle.config.cjs'), `module.exports = ${JSON.stringify(config)}`)
  const exported = `schemas.find(({ name }) => name === ${JSON.stringify(schema.name)}).versions[${version}]`
  writeFileSync(join(folder, 'schema.cjs'), `module.exports = require(${JSON.stringify(bundle)}).${exported}`)
  try {
    const child = spawn(process.execPath, [program, 'push', '--config=drizzle.config.cjs', '--verbose', '--strict'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    })
    const [stdout, stderr, [, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ])
    if (signal !== null) throw killed(signal)
    if (stdout.includes('No changes detected')) return { statements: [] }
    const [, listed] = stdout.split(/You are about to execute current statements:\s*/)
    if (listed === undefined) return { failed: `${stdout}${stderr}` }
    // On MySQL it also prints that there is no terminal to ask.
    const [statements = ''] = listed.split(/Error: Interactive prompts/)
    // It reads indexes without an order (INFORMATION_SCHEMA.STATISTICS), and MySQL answers in now this one, now that one.
    return {
      statements: statements
        .trim()
        .split(/(?<=;)\n/)
        .toSorted(),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
