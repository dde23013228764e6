// What language models read of the site: a list of the pages (llmstxt.org), their Markdown, and all of it in one file.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withSiteLinks } from './links.ts'
import { readPageIndex, textOf } from './page-index.ts'

/** The sentence that each page opens with. */
const purposeOf = (text: string): string =>
  (/^# .+\n\n([\s\S]+?)[.:](\s|$)/.exec(text)?.[1] ?? '').replaceAll('\n', ' ')

export function writeLlmsFiles(outDir: string, base: string): void {
  const whole: string[] = []
  const list = [
    '# migrate',
    '',
    '> Schema migrations for TypeScript services on SQLite, PostgreSQL, MySQL and MariaDB.',
    '',
  ]
  for (const { title, groups } of readPageIndex()) {
    list.push(`## ${title}`, '')
    for (const page of groups.flatMap(({ pages }) => pages)) {
      const text = withSiteLinks(page.path, textOf(page.path))
      const file = join(outDir, page.path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      list.push(`- [${page.title}](${base}${page.path}): ${purposeOf(text)}.`)
      whole.push(text)
    }
    list.push('')
  }
  writeFileSync(join(outDir, 'llms.txt'), list.join('\n'))
  writeFileSync(join(outDir, 'llms-full.txt'), whole.join('\n'))
}
