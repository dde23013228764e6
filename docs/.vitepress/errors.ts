// The page of each error code, made from its section in docs/reference/errors.md.
import { textOf } from './page-index.ts'

export const errorsPage = 'reference/errors.md'

/** From a folder further down. Links of a section lead to other pages, or to a heading of the same one. */
const fromBelow = (markdown: string): string =>
  markdown.replaceAll(/\]\((?![a-z]+:)([^)]*)\)/g, (_link, target: string) =>
    target.startsWith('#') ? `](../errors.md${target})` : `](../${target})`,
  )

export interface ErrorSection {
  readonly code: string
  readonly subject: string
  readonly markdown: string
}

export function readErrorSections(text = textOf(errorsPage)): readonly ErrorSection[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const [head = '', ...sections] = part.split(/^### /m)
      const subject = head.split('\n', 1)[0] ?? ''
      return sections.map((section) => {
        const code = section.split('\n', 1)[0] ?? ''
        return { code, subject, markdown: fromBelow(section.slice(code.length).trim()) }
      })
    })
}
