import { sections } from './sections.ts'

export const pageFile = new URL('../../../docs/guides/from-alembic.md', import.meta.url)

const cell = (text: string): string => text.replaceAll('|', '\\|')

const head = `# From Alembic

This guide shows a team that knows Alembic where each thing is here. \`UPDATE_DOCS=1\` writes this page; a test looks up the test that shows each row.
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
