import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isText, requireArguments } from '../../errors/option-check.ts'

// It begins where a word does: tried from each character, a long word would take minutes. A URL has parentheses as they are.
const compiledPosition =
  /(?:(?<=(?:^|\s)\(?)file:\/\/\S*?|(?<![^\s()])[^\s()]*?)\/[0-9a-f]{32}\.mjs(?::(\d+)(?::(\d+))?)?/g
const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*(?:\/\/ whole)?\s*$/

/**
 * A text with every place in compiled JavaScript replaced by the place in the TypeScript file it was made from. Other text
 * stays as it is.
 *
 * ```ts
 * originalPositions('at upgrade (file:///app/node_modules/.cache/migrate/5f….mjs:4:6)')
 * // 'at upgrade (/app/migrations/4f2a91c07b3e_locale.ts:11:6)'
 * ```
 */
export function originalPositions(text: string): string {
  requireArguments('originalPositions', { text }, { text: isText })
  return text.replace(compiledPosition, (match: string, line: string | undefined, column: string | undefined) => {
    const path = match.replace(/(?::\d+)+$/, '')
    return originalIn(mapOf(path.startsWith('file:') ? fileURLToPath(path) : path), line, column) ?? match
  })
}

const compiledLocation = /^(.*[\\/][0-9a-f]{32}\.mjs):(\d+):(\d+)$/

/** The same of a `file:line:column`. Unlike Node with `--enable-source-maps`, it reads a map only for what is asked. */
export function originalLocation(location: string): string {
  const [, path, line, column] = compiledLocation.exec(location) ?? []
  return path === undefined ? location : (originalIn(mapOf(path), line, column) ?? location)
}

/** Undefined where the file is not known. */
function originalIn(map: SourceMap | undefined, line?: string, column?: string): string | undefined {
  const file = map?.payload.sources[0]
  if (map === undefined || file === undefined) return undefined
  const original = fileURLToPath(file)
  if (line === undefined) return original
  const entry = map.findEntry(Number(line) - 1, Number(column ?? 1) - 1)
  if (!('originalLine' in entry)) return original
  return `${original}:${entry.originalLine + 1}${column === undefined ? '' : `:${entry.originalColumn + 1}`}`
}

/** The last one: each operation of a file has its location. The name of a compiled file is the hash of its content. */
let lastMap: { readonly path: string; readonly map: SourceMap | undefined } | undefined

function mapOf(path: string): SourceMap | undefined {
  if (lastMap?.path !== path) lastMap = { path, map: readMap(path) }
  return lastMap.map
}

function readMap(path: string): SourceMap | undefined {
  try {
    const encoded = inlineMap.exec(readFileSync(path, 'utf8'))?.[1]
    if (encoded === undefined) return undefined
    return new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as SourceMapPayload)
  } catch {
    // The cache was emptied meanwhile: the place stays as it was found.
    return undefined
  }
}
