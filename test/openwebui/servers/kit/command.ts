import { join } from 'node:path'
import { runInProcess } from '../../../cli/in-process/run.ts'
import { type Finished, root } from '../../../cli/project.ts'

/** Our own command line with our own configuration, as `pnpm --filter cli migrate` calls it; nothing of the environment names a database. */
export function migrate(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Finished {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(DATABASE_|DATA_DIR$|INIT_CWD$|FORCE_COLOR$)/.test(name),
  )
  return runInProcess({ args, cwd: join(root, 'apps/cli'), env: { ...Object.fromEntries(own), ...variables } })
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
