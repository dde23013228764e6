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
]
