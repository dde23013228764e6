// The links of a built site, as a browser would follow them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BuiltSite {
  /** `/docs/`: where its root is on the host. */
  readonly base: string
  /** Text by path from the root of the site: `guides/ci.html`. What is no HTML counts by its name. */
  readonly files: ReadonlyMap<string, string>
  /** What an address has to begin with to be a file of the repository. */
  readonly sourceAddress: string
  inRepository(path: string): boolean
}

const decoded = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const attributesOf = (html: string, ...names: readonly string[]): readonly string[] =>
  [...html.matchAll(new RegExp(`<[a-z][^>]*? (?:${names.join('|')})="([^"]*)"`, 'g'))].map(([, value = '']) =>
    decoded(value),
  )

/** Scripts hold pages as strings. */
const markupOf = (html: string): string => html.replaceAll(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, '$1')

/** As a host of static sites finds it. */
function fileAt(path: string, files: BuiltSite['files']): string | undefined {
  const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
  return candidates.find((name) => files.has(name))
}

export function deadLinks({ base, files, sourceAddress, inRepository }: BuiltSite): readonly string[] {
  const ids = new Map<string, ReadonlySet<string>>()
  const idsOf = (file: string): ReadonlySet<string> => {
    const known = ids.get(file) ?? new Set(attributesOf(markupOf(files.get(file) ?? ''), 'id'))
    ids.set(file, known)
    return known
  }
  const problemOf = (page: string, link: string): string | undefined => {
    const host = 'http://site.invalid'
    if (!URL.canParse(link, host)) return 'is no address'
    const url = new URL(link, `${host}${base}${page}`)
    if (link.startsWith(sourceAddress)) {
      const path = decodeURI(link.slice(sourceAddress.length))
      return inRepository(path) ? undefined : 'is not in the repository'
    }
    if (url.origin !== host)
      return ['https:', 'http:', 'mailto:', 'data:'].includes(url.protocol) ? undefined : 'is no address'
    if (!url.pathname.startsWith(base)) return 'leaves the site'
    const file = fileAt(decodeURI(url.pathname.slice(base.length)), files)
    if (file === undefined) return 'leads nowhere'
    const anchor = decodeURIComponent(url.hash.slice(1))
    return anchor === '' || idsOf(file).has(anchor) ? undefined : 'has no such anchor'
  }
  return [...files].flatMap(([page, html]) => {
    if (!page.endsWith('.html')) return []
    const links = new Set(attributesOf(markupOf(html), 'href', 'src'))
    return [...links].flatMap((link) => {
      const problem = problemOf(page, link)
      return problem === undefined ? [] : [`${page}: ${link} ${problem}`]
    })
  })
}

export const filesIn = (folder: string): BuiltSite['files'] =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [
        file.slice(folder.length + 1).replaceAll('\\', '/'),
        file.endsWith('.html') ? readFileSync(file, 'utf8') : '',
      ]),
  )
