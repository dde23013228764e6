import { declared } from '../../command-line/declaration.ts'

export const adopt = [
  declared({
    name: 'init',
    summary: 'make a configuration and a folder for revisions here',
    examples: [
      { line: 'migrate init', says: 'in this folder; nothing is overwritten' },
      { line: 'migrate init --json', says: 'and tell a program what was made' },
    ],
    work: async (context) => (await import('../init.ts')).init(context),
  }),
  declared({
    name: 'ensure-version',
    summary: 'make the bookkeeping tables, and nothing else',
    examples: [
      { line: 'migrate ensure-version', says: 'so that rights on them can be given before the first run' },
      { line: 'migrate ensure-version --json', says: 'and tell a program which were made' },
    ],
    work: async (context) => (await import('../ensure-version.ts')).ensureVersion(context),
  }),
  declared<{ targets?: true }>({
    name: 'completion',
    summary: 'a script that completes commands, options and revisions in a shell',
    arguments: [{ name: '[shell]', says: 'bash, zsh or fish' }],
    options: [{ flags: '--targets', says: 'print the words that name revisions, which the scripts ask for' }],
    examples: [
      { line: 'migrate completion bash', says: 'for .bashrc: source <(migrate completion bash)' },
      { line: 'migrate completion --targets', says: 'what a target may be here, one a line' },
    ],
    work: async (context, [shell], options) => (await import('../completion.ts')).completion(context, shell, options),
  }),
]
