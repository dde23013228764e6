import { spawn } from 'node:child_process'
import { delimiter, dirname, join, resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import type { WriteHook } from './settings.ts'

const mostLines = 40

interface Ended {
  /** Absent: it did its work. */
  readonly why?: string
  readonly output: string
  readonly cause?: unknown
}

interface HookContext {
  readonly file: string
  /** The folder of the configuration. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
}

/** What is installed in the project comes first, as in a script of its package. */
function searchPath(folder: string, env: NodeJS.ProcessEnv): string {
  const folders: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    folders.push(join(at, 'node_modules', '.bin'))
    if (dirname(at) === at) break
  }
  return [...folders, ...(env.PATH === undefined ? [] : [env.PATH])].join(delimiter)
}

function ended({ exec, args = [], cwd = '.' }: WriteHook, { file, folder, env }: HookContext): Promise<Ended> {
  return new Promise((resolvePromise) => {
    const child = spawn(
      exec,
      args.map((arg) => arg.replaceAll('{{file}}', () => file)),
      {
        cwd: resolve(folder, cwd),
        env: { ...env, PATH: searchPath(folder, env) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part
      })
    }
    child.on('error', (cause) => resolvePromise({ why: `it could not be started: ${cause.message}`, output, cause }))
    child.on('close', (code, signal) => {
      if (code === 0) resolvePromise({ output })
      else
        resolvePromise({
          why: signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`,
          output,
        })
    })
  })
}

/** The last lines: they say what went wrong. */
function shownOutput(output: string): string {
  const lines = output.trimEnd().split('\n')
  if (output.trim() === '') return ''
  const cut = lines.length > mostLines ? ['…'] : []
  return [':', ...cut, ...lines.slice(-mostLines)].join('\n')
}

/** Runs programs on a file, one after the other. Throws HOOK_FAILED at the first that fails. */
export async function runHooks(hooks: readonly WriteHook[], context: HookContext): Promise<void> {
  for (const hook of hooks) {
    const { name = hook.exec } = hook
    const { why, output, cause } = await ended(hook, context)
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
