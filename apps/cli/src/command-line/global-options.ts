import { assignment } from './assignment.ts'
import type { OptionDeclaration } from './declaration.ts'
import { time } from './time.ts'

/** What every command takes, before its name or behind it. */
export const globalOptions: readonly OptionDeclaration[] = [
  { flags: '--tier <name>', description: 'the tier that targets name', default: 'the last one' },
  { flags: '--url <url>', description: 'the database', default: 'the one in the configuration' },
  { flags: '--config <file>', description: 'the configuration', default: 'migrate.config.{ts,mts,js,mjs}' },
  { flags: '--json', description: 'print for programs: one document, or one event a line and the result as the last' },
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
