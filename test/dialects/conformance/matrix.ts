import { readFileSync } from 'node:fs'
import type { CaseOutcome, SqlFragments } from '@org/migrate-conformance'
import type { Dialect, OperationKind } from '@org/migrate-core/dialect'
import { expect } from 'vitest'
import { cases, kinds } from '../../../packages/conformance/src/operations/cases/index.ts'
import { caseOutcome, cellText } from '../../../packages/conformance/src/operations/cell.ts'

/** The version of the server that has a case from it on: the major one of PostgreSQL. */
const versions: {
  readonly [server: string]: readonly (readonly [kind: OperationKind, title: string, version: number])[]
} = {
  PostgreSQL: [
    ['createTable', 'a virtual generated column', 18],
    ['addColumn', 'generated, virtual', 18],
    ['alterColumn', 'another generated expression', 17],
    ['addConstraint', 'unique, NULLS NOT DISTINCT', 15],
    ['createIndex', 'NULLS NOT DISTINCT', 15],
  ],
  SQLite: [
    ['alterColumn', 'NOT NULL', 3.53],
    ['alterColumn', 'nullable again', 3.53],
    ['dropConstraint', 'check', 3.53],
  ],
}

export const versionFrom = (server: string, kind: OperationKind, title: string): number | undefined =>
  versions[server]?.find((each) => each[0] === kind && each[1] === title)?.[2]

/** Whether a test of the suite is of such a case. */
export const isVersioned = (server: string, title: string): boolean =>
  (versions[server] ?? []).some(
    ([kind, name]) => title === `operations: ${kind}: ${name}` && versionFrom(server, kind, name) !== undefined,
  )

const withVersion = (text: string, version?: number): string =>
  version === undefined || text === 'unsupported' ? text : `${text} (from ${version})`

export const matrixFile = new URL('../../../docs/reference/support-matrix.md', import.meta.url)

/** A dialect without a connection: the newest version of its server. */
export interface Column {
  readonly name: string
  readonly dialect: Dialect
  readonly fragments: SqlFragments
}

const head = `# Support matrix

This page lists every operation on every database. The conformance suite compiles each case below, and runs it on the real servers, up and down, on rows.

## Supported versions

| | supported | notes |
|---|---|---|
| Node | 20.19, 22.3 and newer; not 21 | Below 22.16, and on Node 23, [SQLite](sqlite.md#drivers) needs better-sqlite3; [what was tried](platforms.md) |
| Bun, Deno | [SQLite](sqlite.md#drivers) | [tried with](platforms.md) Bun 1.4.5 and Deno 2.9.6 |
| PostgreSQL | 13 and newer | tests run on 15 and 18 |
| MySQL | 8.0.17 and newer | tests run on 9.7 |
| MariaDB | 10.6 and newer | tests run on 10.11 and 11.8 |
| SQLite | that of the [driver](sqlite.md#drivers): better-sqlite3 12 or 13, libsql, \`node:sqlite\` or \`bun:sqlite\`; [D1](d1.md) and [libSQL over HTTP](sqlite.md#libsql-over-http) | [scripts](../guides/offline-sql.md) run from 3.35 on |
| Drizzle (\`drizzle-orm\`) | 0.45, and the release candidates of 1.0 | tests run on 0.45.4 and 1.0.0-rc.5: [what differs](../guides/autogenerate.md#versions-of-drizzle-orm) |

An older server is refused with [SERVER_UNSUPPORTED](errors.md#server_unsupported).

## How to read the table

- **native**: one statement of the server.
- **_n_ statements**: the server needs several; on MySQL and MariaDB each DDL statement commits by itself.
- **rebuilt**: the table is copied into a new one, in one transaction.
- **outside a transaction**: the statement can't run in a transaction; the revision is split there.
- **no statement**: nothing is sent: a data step is a function, and some servers don't store every fact.
- **unsupported**: refused with [UNSUPPORTED](errors.md#unsupported) when the SQL is made, before anything runs. The number refers to the reasons below.
- **no downgrade**: a downgrade is refused, for the reason below, unless the revision has its own \`downgrade\`.
- **none**: the server has no such object.
- MySQL and MariaDB have no deferred constraints. They check a deferrable or NOT VALID constraint at once, for all rows. A hash index of InnoDB is a btree.
- A view or a trigger that reads a renamed object keeps working. SQLite and PostgreSQL write the new name into it (PostgreSQL not into the body of a function). On MySQL and MariaDB it is
  created again with the new name. If its text is ambiguous, or if it reads a dropped object, the change is refused and names it.
- **(from _n_)**: from that version of the server on; older versions need more statements or a rebuild, or refuse it.

## Operations
`

const escaped = (text: string): string => text.replaceAll('|', '\\|')

/** The page, from the compilers of all dialects. */
export function matrixPage(columns: readonly Column[]): string {
  const reasons: string[] = []
  const reason = (why: string): number => {
    const index = reasons.indexOf(why)
    return index >= 0 ? index + 1 : reasons.push(why)
  }
  const cell = ({ name, dialect, fragments }: Column, kind: OperationKind, at: number): string => {
    const each = cases[kind][at]
    if (each === undefined) return ''
    if (each.needs !== undefined && each.needs(fragments) === undefined) return 'none'
    const outcome = caseOutcome(dialect, kind, each, fragments)
    const text = withVersion(cellText(outcome), versionFrom(name, kind, each.title))
    const why = outcome.why ?? outcome.noDowngrade
    return why === undefined ? text : `${text} ${reason(why)}`
  }
  const lines = kinds.flatMap((kind) =>
    cases[kind].map(
      ({ title }, at) =>
        `| ${at === 0 ? `\`${kind}\`` : ''} | ${escaped(title)} | ${columns.map((column) => cell(column, kind, at)).join(' | ')} |`,
    ),
  )
  return [
    head,
    `| operation | | ${columns.map(({ name }) => name).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...lines,
    '',
    '## Reasons',
    '',
    ...reasons.map((why, at) => `${at + 1}. ${why}`),
    '',
  ].join('\n')
}

/** What the committed page has for one case on one server, without the number of its reason. */
function committedCell(server: string, kind: OperationKind, title: string): string {
  const [, operations = ''] = readFileSync(matrixFile, 'utf8').split('\n## Operations\n')
  const rows = operations
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(/ ?(?<!\\)\| ?/))
  const column = rows[0]?.indexOf(server) ?? -1
  let current = ''
  for (const row of rows.slice(1)) {
    current = row[0] || current
    if (current === `\`${kind}\`` && row[1] === escaped(title))
      return row[column]?.replace(/^(unsupported|.*no downgrade.*) \d+$/, '$1') ?? ''
  }
  return 'missing: UPDATE_DOCS=1 writes it'
}

/** What the live dialect makes of a case is what the page has; a server that is too old for it makes it of others, or not at all. */
export function expectCommitted(
  server: string,
  version: number | undefined,
  { kind, title, outcome }: CaseOutcome,
): void {
  const from = versionFrom(server, kind, title)
  if (from !== undefined && (version ?? from) < from) expect(outcome).toMatch(/^(unsupported|rebuilt|\d+ statements)/)
  else expect(withVersion(outcome, from), 'docs/reference/support-matrix.md').toBe(committedCell(server, kind, title))
}
