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
]
