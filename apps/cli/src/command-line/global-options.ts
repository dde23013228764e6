import { InvalidArgumentError } from 'commander'
import type { OptionDeclaration } from './declaration.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `0`, `500ms`, `30s`, `5m`, `forever`, in ms. */
function time(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY
  const [, count, unit] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  if (count === undefined || (unit === undefined && count !== '0')) {
    throw new InvalidArgumentError('It is 0, forever, or a number with ms, s, m or h.')
  }
  return Number(count) * units[(unit ?? 's') as keyof typeof units]
}

/** `key=value`, or a bare key, as a pair. */
function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  const key = at === -1 ? text : text.slice(0, at)
  if (key.trim() === '') throw new InvalidArgumentError('It is key=value, or a bare key.')
  return [key, at === -1 ? '' : text.slice(at + 1)]
}

/** What every command takes, before its name or behind it. */
export const globalOptions: readonly OptionDeclaration[] = [
  { flags: '--tier <name>', description: 'the tier that targets name', default: 'the last one' },
  { flags: '--url <url>', description: 'the database', default: 'the one in the configuration' },
  { flags: '--database <name>', description: 'one of the `databases` of the configuration', default: 'the only one' },
  { flags: '--all', description: 'run on each of the `databases`, one after the other' },
  { flags: '--config <file>', description: 'the configuration', default: 'migrate.config.{ts,mts,js,mjs,cjs,json}' },
  { flags: '--dotenv <file>', description: 'variables for those that are not set', default: '`envFile`' },
  { flags: '--json', description: 'print for programs: one document, or one event a line and the result as the last' },
  {
    flags: '--log <form>',
    description: 'json: write what happens to stderr as a line of JSON each, with its time and the name of its span',
    default: 'lines for people',
    choices: ['json'],
  },
  { flags: '--quiet', description: 'print no progress' },
  { flags: '--verbose', description: 'print each statement as it runs, and how long it took' },
  {
    flags: '-x <key=value>',
    description: 'a value for the configuration and for data steps; a bare key is an empty text',
    default: 'none',
    repeatable: true,
    parse: assignment,
  },
  {
    flags: '--ignore-foreign-history <table>',
    description: "a table of another tool's history that may stay",
    default: 'none',
    repeatable: true,
  },
  { flags: '--allow-data-loss', description: 'continue where a downgrade cannot preserve what it drops' },
  {
    flags: '--lock-wait <time>',
    description: 'how long to wait for another run: 0, 30s, 5m, forever',
    default: '60s',
    parse: time,
  },
  {
    flags: '--accept-drift',
    description: 'revert objects as they are, although they were changed outside the revisions',
  },
  { flags: '--strict', description: 'an applied revision whose file was edited is an error' },
]
