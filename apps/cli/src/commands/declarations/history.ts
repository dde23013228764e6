import { declared } from '../../command-line/declaration.ts'
import { everyTier } from '../../command-line/tier-refusals.ts'
import { usage } from '../../usage.ts'
import type { CurrentSettings } from '../current.ts'
import type { ErdSettings } from '../erd/erd.ts'
import type { GraphSettings } from '../graph.ts'
import type { HeadsSettings } from '../heads.ts'
import type { HistorySettings } from '../history.ts'
import type { ReportSettings } from '../report/report.ts'

/** Throws USAGE for a range that is an argument and an option: one of them would be passed by. */
function withRange<T extends { readonly range?: string }>(argument: string | undefined, options: T): T {
  if (argument === undefined) return options
  if (options.range === undefined) return { ...options, range: argument }
  throw usage(`${argument} and --range ${options.range} are two ranges`, 'Leave one of the two out.')
}

const rangeArgument = { name: '[range]', description: 'as --range takes it: -3:, :head, a1:b1', default: 'all' }

export const history = [
  declared<GraphSettings>({
    name: 'graph',
    summary: 'the history drawn: @ current, * applied, o pending; dotted lines are dependencies',
    arguments: [rangeArgument],
    options: [
      { flags: '-r, --range <from:to>', description: 'only these; either end may be left out', default: 'all' },
      {
        flags: '--format <format>',
        description: 'for the terminal, or for another program',
        default: 'text',
        choices: ['text', 'mermaid', 'dot', 'json'],
      },
      { flags: '--ascii', description: 'draw with letters that every terminal has' },
    ],
    examples: [
      { line: 'migrate graph', description: 'all of it, the latest first' },
      { line: 'migrate graph -r current: --ascii', description: 'what is pending' },
      { line: 'migrate graph --format mermaid', description: 'for Markdown' },
    ],
    work: async (context, [range], options) => (await import('../graph.ts')).graph(context, withRange(range, options)),
  }),
  declared<ErdSettings>({
    name: 'erd',
    summary: 'the tables of a schema and their foreign keys, drawn',
    arguments: [
      {
        name: '[schema]',
        description: 'database, declared (the schema that the configuration names), or a revision such as head',
        default: 'database',
      },
    ],
    options: [
      {
        flags: '--format <format>',
        description: 'mermaid for Markdown, dot for Graphviz, dbml, or a picture that needs nothing else',
        default: 'mermaid',
        choices: ['mermaid', 'dot', 'dbml', 'svg'],
      },
      {
        flags: '--changed <from:to>',
        description: 'draw the second revision, and mark what leads there from the first: current:head',
        default: 'nothing is marked',
      },
      { flags: '--out <file>', description: 'write it there', default: 'printed' },
    ],
    refusesTier: ({ changed }, [schema = 'database']) =>
      changed === undefined && (schema === 'database' || schema === 'declared') ? everyTier : undefined,
    examples: [
      { line: 'migrate erd', description: 'the database, for Markdown' },
      { line: 'migrate erd head --format svg --out schema.svg', description: 'what the revisions make, as a picture' },
      { line: 'migrate erd --changed current:head', description: 'what is pending' },
    ],
    work: async (context, [schema], options) => (await import('../erd/erd.ts')).erd(context, schema, options),
  }),
  declared<ReportSettings>({
    name: 'report',
    summary: 'one page of HTML: graph, plan with its SQL, losses, locks, changed schema, drift, history',
    arguments: [
      {
        name: '[target]',
        description: 'as for plan, or a range from:to of the files',
        default: 'everything that is pending',
      },
    ],
    options: [
      { flags: '--out <file>', description: 'write it there; an earlier report is replaced', default: 'printed' },
      { flags: '--no-database', description: 'read the files only', default: 'the database is read too' },
      { flags: '--test', description: 'try the steps on a shadow database, which shows locks and durations' },
    ],
    examples: [
      { line: 'migrate report --out report.html', description: 'what is pending' },
      { line: 'migrate report a1:head --no-database --out report.html', description: 'a range, for a review' },
    ],
    running: true,
    work: async (context, [target], options) => (await import('../report/report.ts')).report(context, target, options),
  }),
  declared<CurrentSettings>({
    name: 'current',
    summary: 'the revisions that the database is at',
    options: [
      { flags: '-v, --verbose', description: 'everything about each' },
      { flags: '-c, --check-heads', description: 'exit with 3 where these are not all of the heads' },
    ],
    examples: [
      { line: 'migrate current', description: 'a line each' },
      {
        line: 'migrate current --check-heads',
        description: 'for a script that asks whether the database is at the heads',
      },
      { line: 'migrate current --json', description: 'for programs' },
    ],
    work: async (context, _args, options) => (await import('../current.ts')).current(context, options),
  }),
  declared<HistorySettings>({
    name: 'history',
    summary: 'the revisions, the latest first',
    arguments: [rangeArgument],
    options: [
      { flags: '-v, --verbose', description: 'everything about each' },
      { flags: '-r, --range <from:to>', description: 'only these; either end may be left out', default: 'all' },
      { flags: '-i, --indicate-current', description: 'fail if the database cannot be read for its current revisions' },
    ],
    examples: [
      { line: 'migrate history', description: 'a line each' },
      { line: 'migrate history -r current:', description: 'those that are pending' },
      {
        line: 'migrate history -r -1: -v',
        description: 'the latest and the one before it, with everything about them',
      },
    ],
    work: async (context, [range], options) =>
      (await import('../history.ts')).history(context, withRange(range, options)),
  }),
  declared<HeadsSettings>({
    name: 'heads',
    summary: 'the heads of the graph',
    options: [
      { flags: '-v, --verbose', description: 'everything about each' },
      { flags: '--resolve-dependencies', description: 'without those that another revision depends on' },
    ],
    examples: [
      { line: 'migrate heads', description: 'a line each' },
      { line: 'migrate heads --verbose', description: 'with parents, labels and files' },
    ],
    work: async (context, _args, options) => (await import('../heads.ts')).heads(context, options),
  }),
  declared<{ verbose?: true }>({
    name: 'branches',
    summary: 'the revisions that more than one follows, with those',
    options: [{ flags: '-v, --verbose', description: 'everything about each' }],
    examples: [
      { line: 'migrate branches', description: 'a line each' },
      { line: 'migrate branches --verbose', description: 'with parents, labels and files' },
    ],
    work: async (context, _args, options) => (await import('../branches.ts')).branches(context, options),
  }),
  declared({
    name: 'show',
    summary: 'everything about a revision',
    arguments: [
      { name: '<targets...>', description: 'a revision, the beginning of one, head, heads, base, current, label@head' },
    ],
    examples: [
      { line: 'migrate show head', description: 'the latest' },
      { line: 'migrate show current', description: 'the one that the database is at' },
    ],
    work: async (context, targets) => (await import('../show.ts')).show(context, targets),
  }),
]
