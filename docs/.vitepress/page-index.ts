// The list of pages stands in docs/index.md only: the sidebar and llms.txt are read from it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { anchorOf } from './links.ts'

export interface PageLink {
  readonly title: string
  /** From the folder of the pages: `guides/ci.md`. */
  readonly path: string
}

export interface PageGroup {
  /** `Write revisions`; empty where a section has no groups. */
  readonly title: string
  readonly pages: readonly PageLink[]
}

export interface PageSection {
  readonly title: string
  /** Of its heading. */
  readonly anchor: string
  readonly groups: readonly PageGroup[]
}

export const docsFolder = join(import.meta.dirname, '..')
export const textOf = (path: string): string => readFileSync(join(docsFolder, path), 'utf8')

/** `## Section`, `Group:`, `- [Title](path): note`. */
function groupsOf(section: string): readonly PageGroup[] {
  const groups: { title: string; pages: PageLink[] }[] = []
  for (const line of section.split('\n')) {
    const group = /^(\S.*):$/.exec(line)?.[1]
    const [, title, path] = /^- \[(.+?)\]\((.+?)\)/.exec(line) ?? []
    if (group !== undefined) groups.push({ title: group, pages: [] })
    if (title === undefined || path === undefined) continue
    if (groups.length === 0) groups.push({ title: '', pages: [] })
    groups.at(-1)?.pages.push({ title, path })
  }
  return groups
}

export function readPageIndex(text = textOf('index.md')): readonly PageSection[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const heading = section.split('\n', 1)[0] ?? ''
      return { title: heading.split(':', 1)[0] ?? '', anchor: anchorOf(heading), groups: groupsOf(section) }
    })
}
