import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** Beyond it a file is no configuration that a person wrote. */
const greatestSize = 1_000_000

/** The text of a file of the project; undefined where there is none, or none that can be read. */
export function textIn(folder: string, name: string): string | undefined {
  const path = resolve(folder, name)
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= greatestSize ? readFileSync(path, 'utf8').replace(/^\uFEFF/, '') : undefined
  } catch {
    // What cannot be read is not recognised: the questions ask for it.
    return undefined
  }
}

export interface FoundFile {
  readonly name: string
  readonly text: string
}

/** The first of these files that is there. */
export function firstOf(folder: string, names: readonly string[]): FoundFile | undefined {
  for (const name of names) {
    const text = textIn(folder, name)
    if (text !== undefined) return { name, text }
  }
  return undefined
}

/** The names of a file with the endings that modules have. */
export const moduleNames = (stem: string): readonly string[] =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${stem}.${ending}`)

/** JavaScript or JSON without its comments. Strings keep what looks like one. */
export function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, string: string | undefined) => string ?? ' ',
  )
}

const quoted = '("(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)*\'|`[^`$\\\\]*`)'
const keyed = (key: string): string => `(?:^|[\\s,{(])["']?${key}["']?\\s*:\\s*`

const unquoted = (literal: string): string => literal.slice(1, -1).replaceAll(/\\(.)/g, '$1')

/** The text that a member of an object literal has, wherever in the text it is. */
export function memberText(text: string, key: string): string | undefined {
  const [, literal] = new RegExp(keyed(key) + quoted).exec(text) ?? []
  return literal === undefined ? undefined : unquoted(literal)
}

/** The texts that a member has: one, or a list of them. */
export function memberTexts(text: string, key: string): readonly string[] {
  const single = memberText(text, key)
  if (single !== undefined) return [single]
  const [, list] = new RegExp(`${keyed(key)}\\[([^\\]]*)\\]`).exec(text) ?? []
  return list === undefined ? [] : [...list.matchAll(new RegExp(quoted, 'g'))].map(([literal]) => unquoted(literal))
}
