// What a link of a page is on the site, where it is written for the repository.
import { posix } from 'node:path'
import { projectAddress } from '../../scripts/package-links.mjs'

/** As repositories show Markdown; a heading that comes twice gets `-1`, which markdown-it-anchor adds. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** What lies outside of the pages is shown by the repository. */
export function siteLink(page: string, link: string): string {
  if (/^([a-z]+:|[#/])/.test(link)) return link
  const path = posix.join('docs', posix.dirname(page), link)
  return path.startsWith('docs/') ? link : `${projectAddress}/blob/main/${path}`
}

export const withSiteLinks = (page: string, text: string): string =>
  text.replaceAll(/\]\(([^)\s]+)\)/g, (_link, target: string) => `](${siteLink(page, target)})`)
