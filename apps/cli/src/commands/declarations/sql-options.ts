import type { OptionDeclaration } from '../../command-line/declaration.ts'

const script: OptionDeclaration = {
  flags: '--sql',
  description: 'print it as a script for psql, mysql, mariadb, sqlite3 or wrangler',
}
const scriptParts: readonly OptionDeclaration[] = [
  { flags: '--server-version <version>', description: 'with --sql: write it for this version, such as 3.53 or 15' },
  { flags: '--sql-skip-data', description: 'with --sql: leave data steps out, with a comment in their place' },
]

/** What commands take that can print SQL for the server's own client instead of working. */
export const sqlOptions: readonly OptionDeclaration[] = [
  script,
  {
    flags: '--out <file>',
    description: 'with --sql: write it there; in a folder, as its next numbered file',
    default: 'print it',
  },
  ...scriptParts,
]

/** A plan can also be kept, to be run later. */
export const planOptions: readonly OptionDeclaration[] = [
  script,
  {
    flags: '--out <file>',
    description:
      'write it there: a plan for `upgrade --plan`, with --sql a script; in a folder, as its next numbered file',
    default: 'print it',
  },
  ...scriptParts,
]
