import type { CommandDeclaration } from '../../command-line/declaration.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { usage } from '../../usage.ts'
import { completionScript, isShell } from './completion-scripts.ts'

/** Prints the script of a shell; or the words that name revisions, which the scripts ask for. */
export async function completion(
  context: CommandContext,
  { shell, targets }: { readonly shell: string | undefined; readonly targets?: true },
  commands: readonly CommandDeclaration[],
): Promise<ExitCode> {
  if (targets) {
    const names = await targetNames(context)
    context.report.answer({ targets: names }, () => names.join('\n'))
    return exitCodes.done
  }
  if (!isShell(shell)) {
    throw usage(
      shell === undefined ? 'the shell is not named' : `there is no completion for ${shell}`,
      'Name bash, zsh or fish.',
    )
  }
  const script = completionScript(shell, commands)
  context.report.answer({ shell, script }, () => script.trimEnd())
  return exitCodes.done
}

/** From the headers of the files alone: no database is asked. */
async function targetNames(context: CommandContext): Promise<readonly string[]> {
  const { tier } = await context.openFiles()
  const headers = await tier.source.headers()
  const labels = headers.flatMap(({ branchLabels }) => branchLabels.map((label) => `${label}@head`))
  return ['head', 'heads', 'base', '+1', ...labels, ...headers.map(({ revision }) => revision).toReversed()]
}
