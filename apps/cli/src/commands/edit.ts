import { spawn } from 'node:child_process'
import { platform } from 'node:os'
import { MigrateError } from '@org/migrate-core'
import { resolveTargets } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly, rowsFor } from '../graph/graph-state.ts'
import { locationsOf } from '../new-files/make-revision.ts'
import { usage } from '../usage.ts'

/** Opens the files of revisions in the editor of the one who calls, and waits until it is closed. */
export async function edit(context: CommandContext, target: string): Promise<ExitCode> {
  const editor = editorOf(context.caller.env)
  const files = await filesNamed(context, target)
  const why = await ended(editor, files, context)
  if (why !== undefined) {
    throw new MigrateError('HOOK_FAILED', { hook: editor, why }, `The editor \`${editor}\` failed: ${why}`, {
      remedy: 'Set VISUAL or EDITOR to a program that opens files.',
    })
  }
  context.report.answer({ files }, () => files.map((file) => `edited ${file}`).join('\n'))
  return exitCodes.done
}

function editorOf(env: NodeJS.ProcessEnv): string {
  const editor = [env.VISUAL, env.EDITOR].find((each) => each !== undefined && each.trim() !== '')
  if (editor !== undefined) return editor
  throw usage(
    'neither VISUAL nor EDITOR says which editor to open',
    'Set one of them, as in `EDITOR=vi migrate edit head`.',
  )
}

async function filesNamed(context: CommandContext, target: string): Promise<readonly string[]> {
  const files = await context.openFiles()
  const { tier } = files
  if (tier.kind === 'graph') locationsOf(files)
  const { graph } = await filesOnly(files)
  const revisions = resolveTargets(graph, target, await rowsFor(context, graph, [target]))
  if (revisions.length === 0) {
    throw usage(`${target} names no revision`, 'Run `migrate history` to see the revisions that exist.')
  }
  return revisions.map((revision) => graph.get(revision).source)
}

/** Why the editor failed; undefined where it did not. The variable may hold arguments, as in `code --wait`. */
function ended(
  editor: string,
  files: readonly string[],
  { settings, caller }: CommandContext,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    // The document that `--json` prints stays alone on stdout.
    const stdio = ['inherit', settings.json ? 2 : 'inherit', 'inherit'] as const
    const options = { stdio: [...stdio], cwd: caller.folder, env: caller.env }
    const child =
      platform() === 'win32'
        ? spawn(editor, files, { ...options, shell: true })
        : spawn('/bin/sh', ['-c', `${editor} "$@"`, editor, ...files], options)
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) =>
      resolve(
        code === 0 ? undefined : signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`,
      ),
    )
  })
}
