import type { CommandDeclaration, Group } from '../../command-line/declaration.ts'
import { declared } from '../../command-line/declaration.ts'
import { fleet } from '../../fleet/declaration.ts'
import { adopt } from './adopt.ts'
import { daily } from './daily.ts'
import { history } from './history.ts'
import { repair } from './repair.ts'
import { writing } from './writing.ts'

/** It completes every command, itself included. */
const completion = declared<{ targets?: true }>({
  name: 'completion',
  summary: 'a script that completes commands, options and revisions in a shell',
  arguments: [{ name: '[shell]', description: 'bash, zsh or fish' }],
  options: [{ flags: '--targets', description: 'print the words that name revisions, which the scripts ask for' }],
  examples: [
    { line: 'migrate completion bash', description: 'for .bashrc: source <(migrate completion bash)' },
    { line: 'migrate completion --targets', description: 'what a target may be here, one a line' },
  ],
  work: async (context, [shell], options) =>
    (await import('../completion/completion.ts')).completion(
      context,
      { shell, ...options },
      Object.values(declarations).flat(),
    ),
})

/** Every command, in the groups and the order in which help shows them. */
export const declarations: { readonly [G in Group]: readonly CommandDeclaration[] } = {
  daily: [...daily, fleet, ...writing],
  history,
  repair,
  adopt: [...adopt, completion],
}
