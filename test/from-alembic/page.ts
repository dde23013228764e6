import { sections } from './sections.ts'

export const pageFile = new URL('../../docs/from-alembic.md', import.meta.url)

const cell = (text: string): string => text.replaceAll('|', '\\|')

const head = `# From Alembic

What a team that knows Alembic looks for, and where it is here. \`UPDATE_DOCS=1\` writes this page; a test looks up the test that shows each row.
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
