import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { isReadable } from '../../dialect/drivers/package-folder.ts'

/** As Node does with package.json files, what was read once counts for the life of the process. */
const nearest = new Map<string, string | undefined>()
const patterns = new Map<string, readonly string[] | 'any'>()

/**
 * The nearest tsconfig.json (or jsconfig.json) of a file, as `tsc` and bundlers find it. The configuration of an application does not
 * apply to the packages that it has installed.
 */
export function tsconfigOf(file: string): string | undefined {
  const folder = dirname(file)
  if (!nearest.has(folder)) nearest.set(folder, findTsconfig(file))
  return nearest.get(folder)
}

function findTsconfig(file: string): string | undefined {
  for (let folder = dirname(file); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const path = join(folder, name)
      if (isFile(path)) return path
    }
    if (folder === dirname(folder)) return undefined
  }
  return undefined
}

/**
 * Whether `paths` or `baseUrl` could decide where a package-like specifier leads. Only then a compiled text must be compared with
 * what the resolver answers now. It reads the text of the configurations without parsing it, so it may say yes where the answer is
 * no, and never the other way round.
 */
export function mayBeAlias(specifier: string, file: string): boolean {
  const tsconfig = tsconfigOf(file)
  if (tsconfig === undefined) return false
  const keys = patterns.get(tsconfig) ?? readPatterns(tsconfig)
  patterns.set(tsconfig, keys)
  return keys === 'any' || keys.some((key) => fits(specifier, key))
}

function fits(specifier: string, pattern: string): boolean {
  const [before = '', after] = pattern.split('*', 2)
  if (after === undefined) return specifier === before
  return specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after)
}

const stringPattern = String.raw`"(?:[^"\\]|\\.)*"`
const listed = new RegExp(String.raw`(${stringPattern})\s*:\s*\[`, 'g')
const extended = new RegExp(String.raw`"extends"\s*:\s*(?:(${stringPattern})|\[([^\]]*)\])`, 'g')
const referenced = new RegExp(String.raw`"path"\s*:\s*(${stringPattern})`, 'g')

/** What stands as the key of a list in a configuration and in those that it extends or refers to: the keys of `paths` are among them. */
function readPatterns(tsconfig: string): readonly string[] | 'any' {
  const { texts, isWhole } = tsconfigTexts(tsconfig)
  // With `baseUrl`, every file below is a package-like specifier.
  if (!isWhole || texts.some((text) => text.includes('"baseUrl"'))) return 'any'
  return texts.flatMap((text) => [...text.matchAll(listed)].map(([, key = '']) => textOf(key)))
}

/** The texts of a configuration and of those that it extends or refers to; not whole where only the resolver finds one of them. */
export function tsconfigTexts(tsconfig: string): { readonly texts: readonly string[]; readonly isWhole: boolean } {
  const texts: string[] = []
  const visited = new Set<string>()
  const waiting = [tsconfig]
  let isWhole = true
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (visited.has(path)) continue
    visited.add(path)
    const text = readFileSync(path, 'utf8')
    texts.push(text)
    for (const [, one, several = ''] of text.matchAll(extended)) {
      for (const [name] of (one ?? several).matchAll(new RegExp(stringPattern, 'g'))) {
        const base = extendedFile(textOf(name), path)
        // The `exports` of a package may lead to a file that only the resolver finds.
        if (base === 'unknown') isWhole = false
        else if (base !== undefined) waiting.push(base)
      }
    }
    for (const [, name = ''] of text.matchAll(referenced)) {
      const project = resolve(dirname(path), textOf(name))
      const at = [project, join(project, 'tsconfig.json')].find(isFile)
      if (at !== undefined) waiting.push(at)
    }
  }
  return { texts, isWhole }
}

function extendedFile(name: string, from: string): string | undefined {
  if (name.startsWith('.') || isAbsolute(name)) {
    const path = resolve(dirname(from), name)
    return [path, `${path}.json`].find(isFile)
  }
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    const config = [...(extname(path) === '.json' ? [path] : []), `${path}.json`, join(path, 'tsconfig.json')].find(
      isFile,
    )
    if (config !== undefined) return config
    if (isReadable(join(folder, 'node_modules', name.split('/', name.startsWith('@') ? 2 : 1).join('/'))))
      return 'unknown'
    if (folder === dirname(folder)) return undefined
  }
}

function textOf(literal: string): string {
  try {
    return JSON.parse(literal) as string
  } catch {
    return literal.slice(1, -1)
  }
}

function isFile(path: string): boolean {
  return isReadable(path) && statSync(path).isFile()
}
