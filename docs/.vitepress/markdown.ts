import type { MarkdownOptions } from 'vitepress'
import { errorsPage } from './errors.ts'
import { anchorOf, siteLink } from './links.ts'

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0]
type CoreState = Parameters<Parameters<MarkdownIt['core']['ruler']['push']>[1]>[0]

function rewriteLinks(page: string, { tokens }: CoreState): void {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const link = token.attrGet('href')
    if (link !== null) token.attrSet('href', siteLink(page, link))
  }
}

/** Messages name `errors#CODE`; the heading's own anchor has small letters, as in a repository. */
function addCodeAnchors({ tokens, Token }: CoreState): void {
  for (const { type, content, children } of tokens) {
    if (type !== 'inline' || !/^[A-Z][A-Z_]+$/.test(content)) continue
    const anchor = new Token('html_inline', '', 0)
    anchor.content = `<span id="${content}"></span>`
    children?.unshift(anchor)
  }
}

/** `<name>` in a sentence is a word to replace; Vue would take it for a tag. */
function showTags({ tokens }: CoreState): void {
  for (const token of tokens.flatMap(({ children }) => children ?? []))
    if (token.type === 'html_inline' && !token.content.startsWith('<!--')) token.type = 'text'
}

/** A flag or a name stays on one line; a browser would break it after a hyphen. */
function keepFlagsTogether({ tokens }: CoreState): void {
  for (const token of tokens.flatMap(({ children }) => children ?? []))
    if (token.type === 'code_inline' && token.content.length <= 24) token.attrJoin('class', 'word')
}

/** Vue would evaluate `{{rev}}` of a template of file names. VitePress sets `v-pre` only where a code has no class. */
function keepBracesOfCode({ tokens }: CoreState): void {
  for (const token of tokens.flatMap(({ children }) => children ?? []))
    if (token.type === 'code_inline' && token.content.includes('{{')) token.attrSet('v-pre', '')
}

export const markdown: MarkdownOptions = {
  anchor: { slugify: anchorOf },
  config: (md) => {
    md.core.ruler.push('links-of-the-site', (state) => {
      const { relativePath = '' } = state.env as { readonly relativePath?: string }
      // Rows of a table, which only the tests of the pages read.
      for (const token of state.tokens) if (token.info === 'rows') token.info = 'txt'
      showTags(state)
      keepFlagsTogether(state)
      keepBracesOfCode(state)
      rewriteLinks(relativePath, state)
      if (relativePath === errorsPage) addCodeAnchors(state)
    })
  },
}
