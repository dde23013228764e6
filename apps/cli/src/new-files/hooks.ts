import { resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { runProgram, shownOutput } from '../programs.ts'
import type { WriteHook } from './settings.ts'

interface HookContext {
  readonly file: string
  /** The folder of the configuration. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** Runs programs on a file, one after the other. Throws HOOK_FAILED at the first that fails. */
export async function runHooks(hooks: readonly WriteHook[], context: HookContext): Promise<void> {
  for (const hook of hooks) {
    const { name = hook.exec } = hook
    const { exec, args = [], cwd = '.' } = hook
    const { why, output, cause } = await runProgram(context.folder, {
      exec,
      args: args.map((arg) => arg.replaceAll('{{file}}', () => context.file)),
      cwd: resolve(context.folder, cwd),
      env: context.env,
      signal: context.signal,
    })
    if (why !== undefined) {
      throw new MigrateError(
        'HOOK_FAILED',
        { hook: name, why },
        `The hook ${name} failed on ${context.file}: ${why}${shownOutput(output)}`,
        {
          remedy: `The file was kept: ${context.file}. Fix the hook in the configuration, or what the hook reports about the file.`,
          cause,
        },
      )
    }
  }
}
