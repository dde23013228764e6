import { expect, test } from 'vitest'
import { deadLinks } from './built-links.ts'

const site = (pages: Readonly<Record<string, string>>): readonly string[] =>
  deadLinks({
    base: '/docs/',
    files: new Map(Object.entries(pages)),
    sourceAddress: 'https://example.org/code/',
    inRepository: (path) => path === 'LICENSE',
  })

const heading = '<h2 id="one">One</h2>'

test('links that lead somewhere are right', () => {
  const links = [
    '/docs/',
    '/docs/guides/ci',
    '/docs/guides/ci#one',
    'guides/ci#one',
    '#top',
    '/docs/style.css',
    'https://example.org/code/LICENSE',
    'https://example.com/a?b=1&amp;c=2',
    'mailto:a@example.com',
  ]
  const index = `<main id="top">${links.map((link) => `<a class="link" href="${link}">x</a>`).join('')}</main>`
  expect(site({ 'index.html': index, 'guides/ci.html': heading, 'style.css': '' })).toEqual([])
})

test.each([
  ['a page that is not there', '/docs/guides/none', 'leads nowhere'],
  ['a folder without an index', '/docs/guides/', 'leads nowhere'],
  ['an anchor that is not there', '/docs/guides/ci#two', 'has no such anchor'],
  ['an anchor in other letters', '/docs/guides/ci#One', 'has no such anchor'],
  ['an anchor of the same page', '#none', 'has no such anchor'],
  ['the root of the host', '/guides/ci', 'leaves the site'],
  ['a file that the repository has not', 'https://example.org/code/NONE', 'is not in the repository'],
  ['what is no address', 'http://a b/', 'is no address'],
  ['an address of no kind that a reader opens', 'file:///etc/passwd', 'is no address'],
])('%s is seen', (_what, link, problem) => {
  const pages = { 'index.html': `<a\n href="${link}">x</a>`, 'guides/ci.html': heading }
  expect(site(pages)).toEqual([`index.html: ${link} ${problem}`])
})

test('a script that is not there is seen, and what a script says is no link', () => {
  const page = '<script src="/docs/app.js"></script><script>"<a href=\\"/none\\">"</script><img src="/docs/none.png">'
  expect(site({ 'index.html': page })).toEqual([
    'index.html: /docs/app.js leads nowhere',
    'index.html: /docs/none.png leads nowhere',
  ])
})
