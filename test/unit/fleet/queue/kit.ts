import { type ChildProcess, spawn } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bin, type Finished, Project, revision, root } from '../../../cli/project.ts'
import { otherNode } from '../../../kit/servers/nodes.mjs'
import type { TestDatabase } from '../../../kit/servers.ts'

const tables = `  op.createTable('ran', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })`

/** Counts how often it ran, between two tables. */
const counting = (
  id: string,
  seconds: number,
): string => `  op.createTable('${id}_first', (t) => t.column('id', integer()))
  op.run('count', {
    up: async (db) => {
      await db.query('SELECT pg_sleep(${seconds})::text')
      await db.execute('INSERT INTO ran SELECT 1000 + (SELECT count(*) FROM ran)')
    },
    down: 'none',
  })
  op.createTable('${id}_second', (t) => t.column('id', integer()))`

const config = (more: string): string => `import { defineConfig } from '@org/cli'
export default defineConfig({
  url: process.env.MEMBERS_URL,
  migrations: './migrations',
  fleet: {
    members: { query: 'SELECT name AS id, name AS schema FROM public.tenants ORDER BY name' },
    parallel: 4,
    queue: { url: process.env.QUEUE_URL ?? '', jobSize: 5, heartbeatSeconds: 10 },
    ${more}
  },
})
`

/** pg-boss runs on Node 22.12 and newer: with an older one the command line is run by a program of npm's. */
export async function nodeOfQueue(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12) ? process.execPath : otherNode('24.21.0')
}

/** A release of a service: its first revisions and a configuration of a fleet of PostgreSQL schemas, on a queue. */
export class Release {
  readonly project: Project
  readonly #node: string
  readonly #env: NodeJS.ProcessEnv

  constructor(node: string, env: NodeJS.ProcessEnv, { revisions = 2, seconds = 0, more = '' } = {}) {
    this.#node = node
    this.#env = env
    const files = Array.from({ length: revisions }, (_, at) => {
      const id = `r${at + 1}`
      const body = at === 0 ? tables : counting(id, seconds)
      return [`migrations/${id}_step.ts`, revision(id, at === 0 ? null : `r${at}`, body)]
    })
    this.project = new Project({ ...Object.fromEntries(files), 'migrate.config.ts': config(more) })
    symlinkSync(
      join(root, 'packages/dialect-postgres'),
      join(this.project.folder, 'node_modules/@org/migrate-dialect-postgres'),
    )
  }

  /** A command that runs on its own, with what it has printed so far. */
  start(...args: readonly string[]): Command {
    const child = spawn(this.#node, [bin, ...args], {
      cwd: this.project.folder,
      env: { ...process.env, DATABASE_URL: undefined, NODE_PATH: undefined, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (part: Buffer) => {
      stdout += part.toString()
    })
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString()
    })
    const ended = new Promise<Finished>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
    )
    return { child, ended, output: () => stdout + stderr }
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).ended
  }
}

export interface Command {
  readonly child: ChildProcess
  readonly ended: Promise<Finished>
  output(): string
}

/** Waits for a text in the output of a command. */
export async function until(command: Command, text: string): Promise<void> {
  let hasEnded = false
  void command.ended.then(() => {
    hasEnded = true
  })
  while (!command.output().includes(text)) {
    if (hasEnded) throw new Error(`ended without ${text}: ${command.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Schemas of tenants, listed and empty. */
export async function makeTenants(database: TestDatabase, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `t_${String(at + 1).padStart(4, '0')}`)
  await database.sql('CREATE TABLE IF NOT EXISTS public.tenants (name text PRIMARY KEY)')
  const schemas = names.map((name) => `CREATE SCHEMA ${name}; INSERT INTO public.tenants VALUES ('${name}');`)
  for (let at = 0; at < schemas.length; at += 100) await database.sql(schemas.slice(at, at + 100).join('\n'))
  return names
}

/** Each tenant's revision, and how often its data steps ran. */
export async function readTenants(database: TestDatabase, names: readonly string[]) {
  const parts = names.map(
    (name) =>
      `SELECT '${name}' AS name, (SELECT string_agg(version_num, ',') FROM ${name}.migrate_version) AS at, (SELECT count(*)::int FROM ${name}.ran) AS ran, (SELECT count(*)::int FROM information_schema.tables WHERE table_schema = '${name}' AND table_name LIKE 'r%\\_%') AS tables`,
  )
  const rows: Readonly<Record<string, unknown>>[] = []
  for (let at = 0; at < parts.length; at += 100)
    rows.push(...(await database.sql(parts.slice(at, at + 100).join(' UNION ALL '))))
  return rows.map(({ name, at, ran, tables: count }) => ({ name, at, ran, tables: count }))
}

/** The last line of what a command prints for programs. */
export function resultOf(stdout: string): Readonly<Record<string, unknown>> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Readonly<Record<string, unknown>>
}
