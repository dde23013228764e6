import { declared } from '../../command-line/declaration.ts'
import type { HistorySettings } from '../history.ts'

export const history = [
  declared({
    name: 'current',
    summary: 'the revisions that the database stands at',
    examples: [
      { line: 'migrate current', says: 'a line each' },
      { line: 'migrate current --json', says: 'for programs' },
    ],
    work: async (context) => (await import('../current.ts')).current(context),
  }),
  declared<HistorySettings>({
    name: 'history',
    summary: 'the revisions, the latest first',
    options: [
      { flags: '--verbose', says: 'everything about each' },
      { flags: '-r, --range <from:to>', says: 'only these; either end may be left out', default: 'all' },
    ],
    examples: [
      { line: 'migrate history', says: 'a line each' },
      { line: 'migrate history -r current:', says: 'those that are pending' },
    ],
    work: async (context, _words, options) => (await import('../history.ts')).history(context, options),
  }),
  declared<{ verbose?: true }>({
    name: 'heads',
    summary: 'the heads of the graph',
    options: [{ flags: '--verbose', says: 'everything about each' }],
    examples: [
      { line: 'migrate heads', says: 'a line each' },
      { line: 'migrate heads --verbose', says: 'with parents, labels and files' },
    ],
    work: async (context, _words, options) => (await import('../heads.ts')).heads(context, options),
  }),
  declared({
    name: 'show',
    summary: 'one revision',
    arguments: [{ name: '<revision>', says: 'a revision, the beginning of one, head, heads, current' }],
    examples: [
      { line: 'migrate show head', says: 'the latest' },
      { line: 'migrate show current', says: 'the one that the database stands at' },
    ],
    work: async (context, [target = '']) => (await import('../show.ts')).show(context, target),
  }),
]
