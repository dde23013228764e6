import { dirname } from 'node:path'
import type { Host } from './host.ts'

/** The working directory of the process, and the one of its caller. */
export interface Caller extends Pick<Host, 'terminal'> {
  readonly cwd: string
  /** Relative paths of the command line start here. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** The command line that this command was started by: the program, and what it was given. */
  readonly program: readonly string[]
  readonly args: readonly string[]
}

/**
 * A package manager runs a script in the folder of its package and says in INIT_CWD where it was called. The variable is
 * inherited by everything below, so it counts only in the folder that the script was started in.
 */
export function callerOf(host: Host): Caller {
  const { cwd, env, terminal, args } = host
  const scriptFolders = [env.npm_package_json && dirname(env.npm_package_json), env.PNPM_SCRIPT_SRC_DIR]
  const folder = env.INIT_CWD !== undefined && scriptFolders.includes(cwd) ? env.INIT_CWD : cwd
  const { execPath, execArgv, argv } = host.process
  const program = [execPath, ...execArgv, argv[1] ?? '']
  return { cwd, folder, env, terminal, program, args }
}
