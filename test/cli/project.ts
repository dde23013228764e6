import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInProcess } from './in-process/run.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const bin = join(root, 'apps/cli/bin/migrate.js')
const packages = {
  core: 'packages/core',
  autogenerate: 'packages/autogenerate',
  fleet: 'packages/fleet',
  'dialect-sqlite': 'packages/dialect-sqlite',
  'dialect-postgres': 'packages/dialect-postgres',
  'dialect-mysql': 'packages/dialect-mysql',
  drizzle: 'packages/drizzle',
  schema: 'packages/schema',
  cli: 'apps/cli',
}

/** These tests run what was built: build it first where a source is newer. One test process does, the others wait. */
export function ensureBuilt(): void {
  const lock = join(root, 'node_modules/.cache/test-build')
  mkdirSync(dirname(lock), { recursive: true })
  // The first file of a build makes it look new: the others wait for its end.
  for (let waited = 0; isStale() || existsSync(lock); waited += 100) {
    if (acquired(lock) || waited > 60_000) {
      try {
        if (!isStale()) return
        const built = spawnSync(
          process.execPath,
          [join(root, 'scripts/build.mjs'), ...Object.keys(packages), '--no-types'],
          { encoding: 'utf8' },
        )
        if (built.status !== 0) throw new Error(`the build failed: ${built.stdout}${built.stderr}`)
      } finally {
        rmSync(lock, { recursive: true, force: true })
      }
      return
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
}

function acquired(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}

function isStale(): boolean {
  return Object.values(packages).some(
    (folder) => newest(join(root, folder, 'src')) > newest(join(root, folder, 'dist')),
  )
}

function newest(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => /\.[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
    )
    return Math.max(0, ...entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
  } catch {
    return 0
  }
}

export interface RunSettings {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Kills what does not end, in ms. */
  readonly timeout?: number
  /** In a process of its own, where the process is the subject: how it starts and ends, and what it leaves on the streams. */
  readonly ownProcess?: boolean
  /** A program that runs Node with its arguments: with other rights, or under limits. */
  readonly through?: readonly string[]
}

/** Rights mean nothing to the superuser, unless the power to pass them by is taken from the process. */
export const withRightsThatCount: RunSettings = {
  through: process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [],
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly ended: Promise<Finished>
  /** What it has printed so far. */
  output(): string
  signal(name: NodeJS.Signals): void
  /** SIGKILL: the process has no word in it. */
  kill(): Promise<Finished>
}

/** Another package, with the command line and the SQLite dialect installed, in a folder of its own. */
export class Project {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'cli-')))
  readonly database = join(this.folder, 'app.db')
  readonly #bin: string

  /** Its command line is that of this workspace, or a file of its own. */
  constructor(files: Readonly<Record<string, string>> = {}, own?: string) {
    this.#bin = own === undefined ? bin : join(this.folder, own)
    mkdirSync(join(this.folder, 'node_modules/@org'), { recursive: true })
    for (const [name, folder] of [
      ['cli', packages.cli],
      ['migrate-core', packages.core],
      ['migrate-dialect-sqlite', packages['dialect-sqlite']],
    ] as const) {
      symlinkSync(join(root, folder), join(this.folder, 'node_modules/@org', name))
    }
    this.put({
      'package.json': '{"name":"app","type":"module"}',
      'migrate.config.ts':
        "import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: process.env.APP_URL ?? 'sqlite:./app.db', migrations: './migrations' })\n",
      ...files,
    })
  }

  put(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true })
      writeFileSync(join(this.folder, name), text)
    }
  }

  run(args: readonly string[], settings: RunSettings = {}): Finished {
    const { timeout, through = [], ownProcess = through.length > 0 || timeout !== undefined } = settings
    if (!ownProcess && this.#bin === bin) return runInProcess({ args, ...this.#options(settings) })
    const [program = '', ...programArgs] = [...through, process.execPath, this.#bin, ...args]
    return finished(
      spawnSync(program, programArgs, {
        ...this.#options(settings),
        encoding: 'utf8',
        timeout,
        killSignal: 'SIGKILL',
      }),
    )
  }

  /** The one document, or the last line, that `--json` prints. */
  json(args: readonly string[], settings: RunSettings = {}): Record<string, unknown> {
    const { stdout } = this.run([...args, '--json'], settings)
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
  }

  /** Starts the command, which other commands then find at work. */
  start(args: readonly string[], settings: RunSettings = {}): Started {
    const child = spawn(process.execPath, [this.#bin, ...args], { ...this.#options(settings), stdio: 'pipe' })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
    })
    const ended = new Promise<Finished>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
    )
    return {
      ended,
      output: () => stdout + stderr,
      signal: (name) => void child.kill(name),
      async kill() {
        child.kill('SIGKILL')
        return ended
      },
    }
  }

  /** Starts the command and sends signals when its output says something. */
  async signalled(
    args: readonly string[],
    reactions: readonly (readonly [string, NodeJS.Signals])[],
  ): Promise<Finished> {
    const child = spawn(process.execPath, [this.#bin, ...args], { ...this.#options({}), stdio: 'pipe' })
    const waiting = [...reactions]
    let stdout = ''
    let stderr = ''
    const react = (): void => {
      const [expectedText, signal] = waiting[0] ?? []
      if (expectedText === undefined || signal === undefined || !(stdout + stderr).includes(expectedText)) return
      waiting.shift()
      child.kill(signal)
      react()
    }
    child.stdout.on('data', (part) => {
      stdout += part
      react()
    })
    child.stderr.on('data', (part) => {
      stderr += part
      react()
    })
    return await new Promise((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #options(settings: RunSettings): { cwd: string; env: NodeJS.ProcessEnv } {
    // pnpm and npx put the whole store of this workspace on NODE_PATH.
    const { DATABASE_URL: _url, INIT_CWD: _caller, FORCE_COLOR: _color, NODE_PATH: _path, ...env } = process.env
    return { cwd: settings.cwd ?? this.folder, env: { ...env, ...settings.env } }
  }
}

function finished({ status, signal, stdout, stderr }: SpawnSyncReturns<string>): Finished {
  return { code: status, signal, stdout, stderr }
}

/** The text of a revision file. */
export function revision(id: string, parent: string | null, body: string, message = `about ${id}`): string {
  return `/** ${message} — Revises ${parent} */
import { type OperationRecorder, integer, text, varchar } from '@org/migrate-core'

export const revision = '${id}'
export const downRevision: string | null = ${JSON.stringify(parent)}
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder): void {
${body}
}
`
}

/** A data step that says where it is, and continues once there is a file `gate` in the folder of the project. */
const gatedStep = `  op.run('gated', async (db) => {
    await db.query('SELECT 1')
    writeFileSync('inside', '')
    while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
    await db.query('SELECT 1')
  })`

/** A revision with that step, behind its parent. */
export function gatedRevision(id: string, parent: string): string {
  return `import { existsSync, writeFileSync } from 'node:fs'\n${revision(id, parent, gatedStep)}`
}

/** Two revisions: a table with a row, then a column with a default. */
export const twoRevisions: Readonly<Record<string, string>> = {
  'migrations/a1_accounts.ts': revision(
    'a1',
    null,
    `  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.insertRows('accounts', [{ id: 1, name: 'one' }], { key: ['id'] })`,
    'accounts',
  ),
  'migrations/b1_locale.ts': revision(
    'b1',
    'a1',
    `  op.alterTable('accounts', (t) => {
    t.addColumn('locale', varchar(12), { nullable: false, default: 'en' })
  })`,
    'accounts get a locale',
  ),
}

/** Names of new revision files begin with the time. */
export const untimed = (name: string): string => name.replace(/\b\d{8}T\d{6}_/g, '')

/** A file by its name without the time. */
export function filePath(folder: string, path: string): string {
  const home = dirname(join(folder, path))
  const name = basename(path)
  return join(home, readdirSync(home).find((each) => untimed(each) === name) ?? name)
}
