import type { Rule } from '../tree.ts'

const longest = 35

/** Words that add nothing. */
const weasel = /\b(simply|obviously|basically|easily|of course|just|clearly|seamless(?:ly)?|powerful)\b/i

/** The prose of a page, one paragraph, list entry or cell each, with the line where it begins. */
function proseOf(text: string): readonly { readonly line: number; readonly prose: string }[] {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, '')
  const plain = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, blank).replaceAll(/<!--[\s\S]*?-->/g, blank)
  const parts: { line: number; prose: string }[] = []
  let open = false
  for (const [index, raw] of plain.split('\n').entries()) {
    const entry = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(raw)
    const line = index + 1
    if (/^\s*\|/.test(raw)) {
      for (const prose of raw.split(/(?<!\\)\|/)) parts.push({ line, prose })
      open = false
    } else if (/^#|^\s*$/.test(raw)) {
      open = false
    } else if (entry !== null || !open) {
      parts.push({ line, prose: entry?.[1] ?? raw })
      open = true
    } else {
      const last = parts.at(-1)
      if (last !== undefined) last.prose += ` ${raw.trim()}`
    }
  }
  return parts
}

/** Code counts as one word, a link as its text. */
function sentencesOf(prose: string): readonly string[] {
  return prose
    .replaceAll(/`[^`]*`/g, 'code')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/(?<=[.!?]["')*]*)\s+(?=[A-Z"'(*\d]|code)/)
}

const countOf = (sentence: string): number => sentence.split(/\s+/).filter((part) => /\w/.test(part)).length

/** Where the word behind an article is put in at run time, `withArticle` chooses between a and an. */
export const articlesFit: Rule = ({ files }) =>
  [...files.values()].flatMap(({ path, text }) =>
    /^(packages\/[^/]+|apps\/cli)\/src\//.test(path)
      ? text
          .split('\n')
          .flatMap((line, at) =>
            /(?<![-\w])[Aa]n? \$\{/.test(line) ? [`${path}:${at + 1} has an article before \${…}`] : [],
          )
      : [],
  )

/** What a page is for. The index and the glossary say it in the same way. */
const purpose = /^# .+\n\n(This (page|guide|tutorial) [^.]+\.|The terms of this product)/

/** A page opens with a sentence that names its purpose. */
export const pagesHavePurpose: Rule = ({ pages }) =>
  [...pages]
    .filter(([page, text]) => page.startsWith('docs/') && !purpose.test(text))
    .map(([page]) => `${page} opens without "This guide shows …", "This page lists …" or "This page explains …"`)

/** A page is read once: no sentence of it is long, and no word is there for nothing. */
export const readablePages: Rule = ({ pages }) =>
  [...pages].flatMap(([page, text]) => {
    if (!/^(docs\/|README\.md$)/.test(page)) return []
    return proseOf(text).flatMap(({ line, prose }) =>
      sentencesOf(prose).flatMap((sentence) => {
        const count = countOf(sentence)
        const found = weasel.exec(sentence)?.[0]
        return [
          ...(count > longest ? [`${page}:${line} has a sentence of ${count} words: ${sentence.slice(0, 60)}…`] : []),
          ...(found === undefined ? [] : [`${page}:${line} says "${found}"`]),
        ]
      }),
    )
  })
