import { readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sha256 } from '../../model/canonical.ts'

/**
 * Where an import of a TypeScript file leads. Compiled text lies elsewhere than the file it was made from, so every
 * specifier in it becomes an absolute URL.
 */
export type ResolvedImport =
  | { readonly kind: 'typescript'; readonly file: string }
  | { readonly kind: 'file'; readonly file: string }
  /** `manifest` decides what the specifier means, so its hash is looked at before a compiled text is used again. */
  | { readonly kind: 'package'; readonly url: string; readonly manifest: string; readonly hash: string }
  /** Built in, or a URL already. */
  | { readonly kind: 'asIs' }

const typescript = /\.[mc]?ts$/
const conditions = new Set(['node', 'import'])
const extensions = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'] as const

export function isTypeScript(file: string): boolean {
  return typescript.test(file)
}

/** Throws ERR_MODULE_NOT_FOUND and what else Node's own resolution throws. */
export async function resolveImport(specifier: string, file: string): Promise<ResolvedImport> {
  const local = resolveLocal(specifier, file)
  if (local !== undefined) return local
  const { moduleResolve } = await import('import-meta-resolve')
  // Symlinks are kept: pnpm's real paths hold the version, and would go on naming an old one after an update.
  const url = moduleResolve(specifier, pathToFileURL(file), conditions, true).href
  const manifest = manifestOf(specifier, file)
  if (manifest === undefined) return { kind: 'asIs' }
  return { kind: 'package', url, ...manifest }
}

/** Whether a specifier still leads where it led when the compiled text was made. */
export function leadsTo(specifier: string, file: string, before: ResolvedImport): boolean {
  try {
    const local = resolveLocal(specifier, file)
    if (local !== undefined) {
      return local.kind === before.kind && ('file' in local ? 'file' in before && local.file === before.file : true)
    }
    if (before.kind !== 'package') return before.kind === 'asIs'
    const now = manifestOf(specifier, file)
    return now?.manifest === before.manifest && now.hash === before.hash
  } catch {
    return false
  }
}

function resolveLocal(specifier: string, file: string): ResolvedImport | undefined {
  if (isBuiltin(specifier)) return { kind: 'asIs' }
  const relative = /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..'
  if (!relative && !specifier.startsWith('file:')) return /^[a-z]+:/.test(specifier) ? { kind: 'asIs' } : undefined
  const path = fileURLToPath(new URL(specifier, pathToFileURL(file)))
  const found = candidates(path).find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
  if (found === undefined) {
    throw Object.assign(new Error(`Cannot find module '${specifier}' imported from ${file}`), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
  }
  return { kind: isTypeScript(found) ? 'typescript' : 'file', file: found }
}

/** The file itself, the source of a `.js` that is not there, then what is left out by the habits of bundlers. */
function candidates(path: string): readonly string[] {
  const source = path.replace(/\.([mc]?)js$/, '.$1ts')
  return [path, ...(source === path ? [] : [source]), ...extensions.map((extension) => path + extension)]
}

interface PackageManifest {
  readonly manifest: string
  readonly hash: string
}

/** Node keeps package.json files for the life of a process as well: what they say cannot change under a running program. */
const manifests = new Map<string, PackageManifest | undefined>()

function manifestOf(specifier: string, file: string): PackageManifest | undefined {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  const key = `${dirname(file)}\n${name}`
  if (!manifests.has(key)) manifests.set(key, findManifest(specifier.startsWith('#') ? undefined : name, file))
  return manifests.get(key)
}

/** The package.json of the package a file belongs to (by its own name, or for `#imports`), else of an installed one. */
function findManifest(name: string | undefined, file: string): PackageManifest | undefined {
  const own = ownManifest(file)
  if (own !== undefined && (name === undefined || own.name === name)) return { manifest: own.manifest, hash: own.hash }
  const manifest = name === undefined ? undefined : installedManifest(name, file)
  return manifest && { manifest: manifest.path, hash: sha256(manifest.text) }
}

interface ReadManifest {
  readonly path: string
  readonly text: string
}

/** The package.json that Node's walk from a file up to the root finds first for a package name. */
export function installedManifest(name: string, file: string): ReadManifest | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (basename(folder) !== 'node_modules') {
      const found = readManifest(join(folder, 'node_modules', name, 'package.json'))
      if (found !== undefined) return found
    }
    if (folder === dirname(folder)) return undefined
  }
}

function ownManifest(file: string): (PackageManifest & { readonly name: unknown }) | undefined {
  for (let folder = dirname(file); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'))
    if (found !== undefined)
      return { manifest: found.path, hash: sha256(found.text), name: manifestField(found, 'name') }
    if (folder === dirname(folder)) return undefined
  }
  return undefined
}

export function manifestField({ text }: ReadManifest, field: 'name' | 'version'): unknown {
  const parsed: unknown = JSON.parse(text)
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[field] : undefined
}

function readManifest(path: string): ReadManifest | undefined {
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch {
    return undefined
  }
}
