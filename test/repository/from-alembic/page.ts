import { sections } from './sections.ts'

export const pageFile = new URL('../../../docs/guides/from-alembic.md', import.meta.url)

const cell = (text: string): string => text.replaceAll('|', '\\|')

const head = `# From Alembic

This guide shows a team that knows Alembic how to take over its database, and where each thing is here.

## Take over a database

1. Apply all revisions of Alembic: \`alembic upgrade head\`. Stop using it for changes from here on.
2. Run \`migrate init\`, and set \`url\` in \`migrate.config.ts\`.
3. Run \`migrate adopt\`. It writes one revision that makes the current schema, proves it, and stamps the database. It doesn't change \`alembic_version\`: see
   [take over a database](adopt.md).
4. Run \`migrate adopt --url …\` for [each other database](adopt.md#more-than-one-database), such as staging.
5. Write the next change with \`migrate revision\`: see [create a revision](new-revisions.md).

The \`.py\` revisions are not read, and not converted: they stay in your repository as a record. A new database gets its schema from the revision of \`adopt\`, so rows
that an old revision inserted have to be inserted by a [revision of yours](write-by-hand.md).

\`tables: { version: 'alembic_version' }\` is possible, because the table has the same shape. It is not the way to take over: each applied id then needs a revision file with the
same id here, and every command warns that \`migrate_history\` has no row of it.
`

export function page(): string {
  const parts = sections.flatMap(({ title, intro: introduction, rows }) => [
    `## ${title}`,
    '',
    ...(introduction === undefined ? [] : [introduction, '']),
    '| Alembic | here | what differs |',
    '|---|---|---|',
    ...rows.map(({ alembic, ours, differs }) => `| ${cell(alembic)} | ${cell(ours)} | ${cell(differs)} |`),
    '',
  ])
  return [head, ...parts].join('\n')
}
