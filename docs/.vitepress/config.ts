import { type DefaultTheme, defineConfig } from 'vitepress'
import { writeLlmsFiles } from './llms.ts'
import { markdown } from './markdown.ts'
import { readPageIndex } from './page-index.ts'

const sections = readPageIndex()

const sidebar: DefaultTheme.SidebarItem[] = sections.map(({ title, groups }) => ({
  text: title,
  items: groups.flatMap(({ title: text, pages }) => {
    const items = pages.map((page) => ({ text: page.title, link: `/${page.path.replace(/\.md$/, '')}` }))
    return text === '' ? items : [{ text, items, collapsed: true }]
  }),
}))

export default defineConfig({
  title: 'migrate',
  description: 'Schema migrations for TypeScript services on SQLite, PostgreSQL, MySQL and MariaDB',
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  // Not below docs/: the tests that read its pages would read these too.
  outDir: '../dist/site',
  cacheDir: '../node_modules/.vitepress/cache',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown,
  themeConfig: {
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    nav: sections.map(({ title, anchor }) => ({ text: title, link: `/#${anchor}` })),
    docFooter: { prev: 'Previous', next: 'Next' },
  },
  transformPageData: ({ relativePath, frontmatter, params }) => {
    if (!relativePath.startsWith('reference/errors/')) return undefined
    // The page of an error code is no step of a way through the pages.
    Object.assign(frontmatter, { prev: false, next: false })
    return {
      title: String(params?.code),
      description: `The error code ${params?.code} of migrate: its cause, and what to do`,
    }
  },
  buildEnd: ({ outDir, site }) => writeLlmsFiles(outDir, site.base),
})
