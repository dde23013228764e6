import { spawn } from 'node:child_process'
import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { dirname } from 'node:path'
import { autogenerateOf } from '../../autogenerate/generate.ts'
import { pathsOf } from '../../autogenerate/schema-files.ts'
import { declarationFor, type SchemaFiles } from '../../autogenerate/sources.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'

/** An editor writes a file in several steps, and a formatter once more behind it. */
const quietMs = 200
/** What a round that was interrupted on a terminal has heard of by itself. */
const graceMs = 5_000

/** The folders of the files that declare the schema. Throws USAGE where no file does. */
async function schemaFolders(project: Project): Promise<readonly string[]> {
  const { loaded, dialect } = project
  const declaration = declarationFor(dialect.name, autogenerateOf(project).schema)
  const isFiles = typeof declaration === 'string' || Array.isArray(declaration)
  const source =
    isFiles || declaration === undefined ? undefined : (declaration as { from: string; files?: SchemaFiles })
  const files = isFiles ? (declaration as SchemaFiles) : source?.files
  if (files === undefined) {
    throw usage('the schema is declared by no file that could be watched', 'Leave --watch out.')
  }
  const paths = await pathsOf(files, loaded.folder, source === undefined ? '*.{ts,mts,js,mjs}' : '*.sql')
  return [...new Set(paths.map(dirname))]
}

const isSource = (name: string | null): boolean => name === null || /\.(?:[cm]?[jt]sx?|sql|json)$/i.test(name)

/** One round in a process of its own: what was imported before is not imported again in this one. */
function round({ caller, signal }: CommandContext): Promise<void> {
  const [node = '', ...program] = caller.program
  const args = [...program, ...caller.args.filter((each) => each !== '--watch')]
  const child = spawn(node, args, { cwd: caller.cwd, env: caller.env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    // A terminal sends Ctrl-C to both processes; a second one would end the round at once, in the middle of a statement.
    const stop = (): void => {
      const timer = setTimeout(() => child.kill('SIGINT'), caller.terminal() === undefined ? 0 : graceMs)
      timer.unref()
    }
    signal.addEventListener('abort', stop, { once: true })
    child.once('error', reject)
    child.once('close', () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
  })
}

/** Runs a round now, and another one each time that a file beside those of the schema changes, until Ctrl-C. */
export async function watch(context: CommandContext, project: Project): Promise<ExitCode> {
  const { signal, report } = context
  const folders = await schemaFolders(project)
  let wake = (): void => {}
  let isDue = true
  let timer: NodeJS.Timeout | undefined
  const changed = (name: string | null): void => {
    if (!isSource(name)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      isDue = true
      wake()
    }, quietMs)
  }
  const watchers: FSWatcher[] = []
  try {
    for (const folder of folders) watchers.push(watchFolder(folder, (_event, name) => changed(name)))
    signal.addEventListener('abort', () => wake(), { once: true })
    while (!signal.aborted) {
      if (isDue) {
        isDue = false
        await round(context)
        if (!signal.aborted) report.note(`watching ${folders.join(', ')}`)
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    clearTimeout(timer)
    for (const each of watchers) each.close()
  }
  return exitCodes.done
}
