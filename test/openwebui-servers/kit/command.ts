import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bin, root } from '../../cli/project.ts'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Our own command line with our own configuration, as `pnpm --filter cli migrate` calls it; nothing of the environment names a database. */
export function migrate(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(DATABASE_|DATA_DIR$|INIT_CWD$|FORCE_COLOR$)/.test(name),
  )
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: join(root, 'apps/cli'),
    env: { ...Object.fromEntries(own), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part) => {
    stdout += part
  })
  child.stderr.on('data', (part) => {
    stderr += part
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The document that `--json` prints, or the last line of its events. */
export function answerOf({ stdout, stderr }: Finished): Readonly<Record<string, unknown>> {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(stdout) as Record<string, unknown>
  } catch {
    if (!line.startsWith('{')) throw new Error(`no JSON: ${stdout}${stderr}`)
    return JSON.parse(line) as Record<string, unknown>
  }
}
