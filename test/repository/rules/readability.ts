import { isProgram, printedTexts } from '../texts.ts'
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

function complaints(sentence: string): readonly string[] {
  const count = countOf(sentence)
  const found = weasel.exec(sentence)?.[0]
  return [
    ...(count > longest ? [`has a sentence of ${count} words: ${sentence.slice(0, 60)}…`] : []),
    ...(found === undefined ? [] : [`says "${found}"`]),
  ]
}

/** Riddles that messages and help have had: a person reads them under stress, and once. */
const riddles: readonly { readonly phrase: RegExp; readonly instead: string }[] = [
  { phrase: /\b(?:stands?|stood) at\b|\bwhere the database stands\b/i, instead: 'the database is at' },
  { phrase: /\blook(?:s|ed|ing)? at\b/i, instead: 'check, inspect' },
  { phrase: /\b(?:is|are|be) (?:told|asked)\b|\basked (?:for|on)\b/i, instead: 'you are asked, is reported' },
  { phrase: /\bwhat is there\b/i, instead: 'existing, the current schema' },
  { phrase: /\bwrite it down\b|\bis noted\b/i, instead: 'record' },
  { phrase: /\bleads? nowhere\b|\bgo by\b/i, instead: 'the fact' },
]

/** What the program prints is as short and as plain as a page. */
export const readableTexts: Rule = ({ files }) =>
  [...files.values()].filter(isProgram).flatMap((file) =>
    printedTexts(file).flatMap(({ line, text }) => {
      const location = `${file.path}:${line}`
      const phrases = riddles.flatMap(({ phrase, instead }) => {
        const match = phrase.exec(text)?.[0]
        return match === undefined ? [] : [`${location} says "${match}" (${instead})`]
      })
      return [
        ...phrases,
        ...sentencesOf(text).flatMap((sentence) => complaints(sentence).map((each) => `${location} ${each}`)),
      ]
    }),
  )

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
      sentencesOf(prose).flatMap((sentence) => complaints(sentence).map((each) => `${page}:${line} ${each}`)),
    )
  })
