import type { OptionDeclaration } from '../../command-line/declaration.ts'

/** What commands take that can print SQL for the server's own client instead of working. */
export const sqlOptions: readonly OptionDeclaration[] = [
  { flags: '--sql', description: 'print it as a script for psql, mysql, mariadb, sqlite3 or wrangler' },
  {
    flags: '--out <file>',
    description: 'with --sql: write it there; in a folder, as its next numbered file',
    default: 'print it',
  },
  { flags: '--server-version <version>', description: 'with --sql: write it for this version, such as 3.53 or 15' },
  { flags: '--sql-skip-data', description: 'with --sql: leave data steps out, with a comment in their place' },
]
