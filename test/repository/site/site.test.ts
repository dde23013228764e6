import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCodes } from '../../../packages/core/src/errors/codes.ts'
import { projectAddress } from '../../../scripts/package-links.mjs'
import { chromium } from '../../kit/servers/chromium.mjs'
import { root } from '../tree.ts'
import { type Browser, openBrowser } from './browser.ts'
import { type BuiltSite, deadLinks, filesIn } from './built-links.ts'
import { serveFolder } from './static-server.ts'

// Not the root of a host: a link that forgets the base is seen.
const base = '/migrate/docs/'
const folder = mkdtempSync(join(tmpdir(), 'migrate-site-'))
const out = join(folder, 'site')
let files: BuiltSite['files'] = new Map()

beforeAll(async () => {
  const program = join(root, 'docs/.vitepress/build.mjs')
  await promisify(execFile)(process.execPath, [program, '--out', out, '--base', base], { cwd: root })
  files = filesIn(out)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Paths below the base, as links name them. */
const pagePaths = (): readonly string[] =>
  [...files.keys()]
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, ''))

describe('the built site', () => {
  test('has a page for each page of docs/', () => {
    const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('['))
      .map((name) => name.replaceAll('\\', '/').replace(/\.md$/, '.html'))
    expect(pages.length).toBeGreaterThan(30)
    expect(pages.filter((name) => !files.has(name))).toEqual([])
  })

  test('has a page for each error code, and an anchor in the list of all', () => {
    const list = files.get('reference/errors.html') ?? ''
    expect(errorCodes.filter((code) => !list.includes(`id="${code}"`))).toEqual([])
    const lacking = errorCodes.filter((code) => {
      const page = files.get(`reference/errors/${code}.html`) ?? ''
      return !page.includes(`>${code} <`) || !page.includes('<strong>Do:</strong>')
    })
    expect(lacking).toEqual([])
  })

  test('shows templates of file names as they are written, and gives each page its title', () => {
    const pages = [...files].filter(([file]) => file.endsWith('.html'))
    expect(pages.filter(([, html]) => /<code[^>]*><\/code>/.test(html)).map(([file]) => file)).toEqual([])
    const titles = pages.map(([file, html]) => [file, /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ''] as const)
    expect(titles.filter(([, title]) => title === '' || title.includes('{{'))).toEqual([])
    expect(files.get('guides/new-revisions.html')).toMatch(
      /<code[^>]*>\{\{timestamp\}\}_\{\{rev\}\}_\{\{slug\}\}<\/code>/,
    )
    expect(new Map(titles).get('reference/errors/LOCKED.html')).toBe('LOCKED | migrate')
  })

  test('has every page in its sidebar', () => {
    const sidebar = readFileSync(join(root, 'docs/index.md'), 'utf8')
    const pages = pagePaths().filter((path) => path !== '' && !path.startsWith('reference/errors/'))
    expect(pages.filter((path) => !sidebar.includes(`(${path}.md)`))).toEqual([])
  })

  test('has no dead link and no dead anchor', () => {
    const inRepository = (path: string): boolean => existsSync(join(root, path))
    expect(deadLinks({ base, files, sourceAddress: `${projectAddress}/blob/main/`, inRepository })).toEqual([])
  })

  test('has a list of its pages for language models, each as Markdown', () => {
    const list = readFileSync(join(out, 'llms.txt'), 'utf8')
    const links = [...list.matchAll(/^- \[.+\]\((.+)\): Th(?:is page|is guide|is tutorial|e terms) .+\.$/gm)].map(
      ([, link = '']) => link,
    )
    expect(list.match(/^- /gm)?.length).toBe(links.length)
    expect(links).toContain('/migrate/docs/tutorial/getting-started.md')
    expect(links.filter((link) => !files.has(link.slice(base.length)))).toEqual([])
    const whole = readFileSync(join(out, 'llms-full.txt'), 'utf8')
    expect(whole).toContain('\n### MULTIPLE_HEADS\n')
  })
})

describe('in a browser', () => {
  let browser: Browser | undefined
  let why = ''
  let server: Awaited<ReturnType<typeof serveFolder>> | undefined

  beforeAll(async () => {
    server = await serveFolder(out, base)
    try {
      browser = await openBrowser(await chromium())
    } catch (error) {
      why = String(error)
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  /** Where no browser can be had these tests are NOT RUN, which is an error with TEST_REQUIRE=all. */
  const inBrowser = (promise: string, body: (tab: Browser, url: string) => Promise<void>): void =>
    test(promise, async (context) => {
      if (browser === undefined || server === undefined) return context.skip(why)
      await body(browser, server.url)
    })

  /** What a page does wrong at that width; its picture goes to TEST_SCREENSHOTS, if that names a folder. */
  const problemsOf = async (tab: Browser, url: string, path: string, width: number): Promise<readonly string[]> => {
    const complaints = await tab.open(`${url}${path}`)
    const actual = await tab.evaluate<number>('document.documentElement.scrollWidth')
    const pictures = process.env.TEST_SCREENSHOTS
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true })
      await tab.screenshot(join(pictures, `${width}-${path.replaceAll('/', '-') || 'index'}.png`))
    }
    return [...complaints, ...(actual > width ? [`${actual} px wide`] : [])].map((problem) => `/${path}: ${problem}`)
  }

  inBrowser('every page opens without an error, and fits a telephone', async (tab, url) => {
    await tab.resize(360, 740)
    const problems: string[] = []
    for (const path of pagePaths()) problems.push(...(await problemsOf(tab, url, path, 360)))
    expect(problems).toEqual([])
    expect(await tab.evaluate('document.querySelector(".VPLocalNav .menu").checkVisibility()')).toBe(true)
  })

  inBrowser('pages fit a screen, in the dark too', async (tab, url) => {
    await tab.resize(1280, 900)
    const problems: string[] = []
    for (const path of ['', 'tutorial/getting-started', 'reference/support-matrix', 'reference/errors/LOCKED'])
      problems.push(...(await problemsOf(tab, url, path, 1280)))
    expect(problems).toEqual([])
    const background = 'getComputedStyle(document.body).backgroundColor'
    expect(await tab.evaluate(background)).toBe('rgb(255, 255, 255)')
    await tab.evaluate("document.querySelector('.VPSwitchAppearance').click()")
    await tab.until(`${background} !== 'rgb(255, 255, 255)'`)
    expect(await tab.evaluate('document.documentElement.className')).toContain('dark')
    await tab.evaluate('localStorage.clear()')
  })

  inBrowser('the errors of a page are seen', async (tab) => {
    const planted = join(folder, 'planted')
    mkdirSync(planted)
    const scripts = ["console.error('planted message')", "throw new Error('planted error')"]
    const page = `<div id="app" style="width: 500px">x</div><script>document.querySelector('#app').__vue_app__ = true</script>
      ${scripts.map((script) => `<script>${script}</script>`).join('')}<link rel="icon" href="data:,"><script src="/none.js"></script>`
    writeFileSync(
      join(planted, 'index.html'),
      `<!doctype html><meta name="viewport" content="width=device-width">${page}`,
    )
    const other = await serveFolder(planted, '/')
    await tab.resize(360, 740)
    const problems = (await problemsOf(tab, other.url, '', 360)).join('\n')
    await other.close()
    expect(problems).toContain('/: console: planted message')
    expect(problems).toContain('/: exception: Error: planted error')
    expect(problems).toContain(`/: 404 ${other.url}none.js`)
    expect(problems).toMatch(/^\/: 5\d\d px wide$/m)
  })

  const searches = [
    ['create index concurrently', 'guides/create-index-concurrently'],
    ['schema for each tenant', 'guides/schema-per-tenant'],
    ['MULTIPLE_HEADS', 'reference/errors#multiple_heads'],
  ] as const
  for (const [query, page] of searches)
    inBrowser(`the search finds ${page}`, async (tab, url) => {
      await tab.resize(1280, 800)
      await tab.open(url)
      await tab.evaluate("document.querySelector('.DocSearch-Button').click()")
      await tab.until("document.activeElement.id === 'localsearch-input'")
      await tab.type(query)
      await tab.until("document.querySelector('.results .result')")
      const results = await tab.evaluate<readonly string[]>(
        "[...document.querySelectorAll('.results a.result')].slice(0, 3).map((link) => link.href)",
      )
      expect(results.filter((link) => link.startsWith(`${url}${page}`))).not.toEqual([])
    })
})
