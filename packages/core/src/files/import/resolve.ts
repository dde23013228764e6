import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { packageFolder, plugAndPlay } from '../../dialect/drivers/package-folder.ts'
import { fingerprint } from '../../model/fingerprint.ts'
import { importResolver } from './packages.ts'
import { mayBeAlias, tsconfigOf } from './tsconfig-paths.ts'

/**
 * Where an import of a TypeScript file leads. Compiled text lies elsewhere than the file it was made from, so every
 * specifier in it becomes an absolute URL.
 */
export type ResolvedImport =
  /** TypeScript or JSON, which is compiled as well; `from` where a package led to it. */
  | { readonly kind: 'source'; readonly file: string; readonly from?: PackageSource }
  | { readonly kind: 'file'; readonly file: string }
  /** `manifest` decides what the specifier means, so its hash is looked at before a compiled text is used again. */
  | ({ readonly kind: 'package'; readonly url: string } & PackageManifest)
  /** Built in, or a URL already. */
  | { readonly kind: 'asIs' }

/** A package in TypeScript, as those of a workspace: `path` may be a symlink to another folder by now. */
interface PackageSource extends PackageManifest {
  readonly path: string
}

/** What is looked for beside TypeScript: with `javascript`, also the JavaScript of the project is compiled. */
export interface SourceKinds {
  readonly javascript: boolean
}

const typescript = /\.(?:[mc]?ts|tsx)$/
const javascript = /\.(?:m?js|jsx)$/
const extensions = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.jsx', '.json', '.cts', '.cjs'] as const

export function isTypeScript(file: string): boolean {
  return typescript.test(file)
}

/**
 * Where a specifier leads: as Node has it, after the `paths` of the tsconfig.json of the file, and with what bundlers allow (no
 * extension, a folder, `.js` for a TypeScript file). Throws ERR_MODULE_NOT_FOUND.
 */
export async function resolveImport(specifier: string, file: string, kinds: SourceKinds): Promise<ResolvedImport> {
  return resolveLocal(specifier, file, kinds) ?? (await resolvePackage(specifier, file, kinds))
}

/** Whether a specifier still leads where it led when the compiled text was made. */
export async function leadsTo(
  specifier: string,
  file: string,
  { before, kinds }: { readonly before: ResolvedImport; readonly kinds: SourceKinds },
): Promise<boolean> {
  try {
    const local = resolveLocal(specifier, file, kinds)
    if (local !== undefined) return isDeepStrictEqual(local, before)
    if (mayBeAlias(specifier, file)) return isDeepStrictEqual(await resolvePackage(specifier, file, kinds), before)
    const previous = before.kind === 'source' ? before.from : before.kind === 'package' ? before : undefined
    const now = manifestOf(specifier, file)
    if (previous === undefined || now?.manifest !== previous.manifest || now.hash !== previous.hash) return false
    return (
      before.kind === 'package' ||
      ('path' in previous && 'file' in before && realpathSync(previous.path) === before.file)
    )
  } catch {
    return false
  }
}

function resolveLocal(specifier: string, file: string, kinds: SourceKinds): ResolvedImport | undefined {
  if (isBuiltin(specifier)) return { kind: 'asIs' }
  const relative = /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..'
  if (!relative && !specifier.startsWith('file:')) return /^[a-z]+:/.test(specifier) ? { kind: 'asIs' } : undefined
  const path = fileURLToPath(new URL(specifier, pathToFileURL(file)))
  const target = candidates(path).find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
  if (target === undefined) throw moduleNotFound(`Cannot find module '${specifier}' imported from ${file}`)
  return { kind: isSource(target, kinds) ? 'source' : 'file', file: target }
}

function isSource(file: string, kinds: SourceKinds): boolean {
  return isTypeScript(file) || file.endsWith('.json') || (kinds.javascript && javascript.test(file))
}

/** The file itself, the source of a `.js` that is not there, then what is left out by the habits of bundlers. */
function candidates(path: string): readonly string[] {
  const sources = Object.entries(extensionAlias).flatMap(([extension, [, ...alternatives]]) =>
    path.endsWith(extension) ? alternatives.map((other) => path.slice(0, -extension.length) + other) : [],
  )
  return [
    path,
    ...sources,
    ...extensions.map((extension) => path + extension),
    ...extensions.map((extension) => join(path, `index${extension}`)),
  ]
}

const extensionAlias = {
  '.js': ['.js', '.ts', '.tsx', '.jsx'],
  '.jsx': ['.jsx', '.tsx'],
  '.mjs': ['.mjs', '.mts'],
  '.cjs': ['.cjs', '.cts'],
}

/** The conditions of `exports`, and what the API of Plug'n'Play takes besides them. */
const asImported = { considerBuiltins: false, conditions: new Set(['node', 'import']), extensions }

type Resolver = InstanceType<typeof import('oxc-resolver').ResolverFactory>

/** By tsconfig. Loaded with the first specifier that names neither a file nor a module of Node. */
const resolvers = new Map<string | undefined, Resolver>()

async function resolverFor(tsconfig: string | undefined): Promise<Resolver> {
  const cached = resolvers.get(tsconfig)
  if (cached !== undefined) return cached
  const { ResolverFactory } = await importResolver()
  const resolver = new ResolverFactory({
    ...(tsconfig === undefined ? {} : { tsconfig: { configFile: tsconfig, references: 'auto' } }),
    conditionNames: [...asImported.conditions],
    extensions: [...extensions],
    extensionAlias,
    // Symlinks are kept: pnpm's real paths hold the version, and would keep naming an old one after an update.
    symlinks: false,
    // Last, after every node_modules: `import` ignores NODE_PATH, but pnpm's scripts of commands set it, and jiti and tsx use it.
    nodePath: true,
  })
  resolvers.set(tsconfig, resolver)
  return resolver
}

async function resolvePackage(specifier: string, file: string, kinds: SourceKinds): Promise<ResolvedImport> {
  const path = await packagePath(specifier, file)
  const manifest = manifestOf(specifier, file)
  // Node itself finds no package in TypeScript that is not named by its real path, and each module must be there once.
  const installed = /[\\/]node_modules[\\/]/.test(path)
  if (isSource(path, { javascript: kinds.javascript && !installed })) {
    const from = manifest === undefined ? {} : { from: { path, ...manifest } }
    return { kind: 'source', file: installed ? realpathSync(path) : path, ...from }
  }
  return manifest === undefined
    ? { kind: 'file', file: path }
    : { kind: 'package', url: pathToFileURL(path).href, ...manifest }
}

async function packagePath(specifier: string, file: string): Promise<string> {
  const installed = installedPath(specifier, file)
  if (installed !== undefined) return installed
  const tsconfig = tsconfigOf(file)
  const resolver = await resolverFor(tsconfig)
  let { path, error } = resolver.resolveFileSync(file, specifier)
  if (path === undefined || !existsSync(path)) {
    // It keeps what it has read; the file may be new.
    resolver.clearCache()
    ;({ path, error } = resolver.resolveFileSync(file, specifier))
  }
  // A tsconfig that extends what is not there (not installed, not generated yet) is an error to it, also for installed packages.
  if (path === undefined) ({ path } = (await resolverFor(undefined)).resolveFileSync(file, specifier))
  if (path !== undefined) return path
  const what = manifestOf(specifier, file) === undefined ? 'package' : 'module'
  const used = tsconfig === undefined ? '' : `, with the paths of ${tsconfig}`
  const why = error === undefined || error.startsWith('Cannot find module') ? '' : `: ${error}`
  throw moduleNotFound(`Cannot find ${what} '${specifier}' imported from ${file}${used}${why}`)
}

/** Of an installation without node_modules, which the resolver does not know. What it does not know may be an alias of a tsconfig. */
function installedPath(specifier: string, file: string): string | undefined {
  try {
    return plugAndPlay(file)?.resolveRequest(specifier, file, asImported) ?? undefined
  } catch {
    return undefined
  }
}

function moduleNotFound(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' })
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
  const own = nearestManifest(file)
  const isOwn = own !== undefined && [undefined, manifestField(own, 'name')].includes(name)
  const manifest = isOwn || name === undefined ? own : installedManifest(name, file)
  return manifest && { manifest: manifest.path, hash: fingerprint(manifest.text) }
}

interface ReadManifest {
  readonly path: string
  readonly text: string
}

/** The package.json of the package that `import` finds for a file. */
export function installedManifest(name: string, file: string): ReadManifest | undefined {
  const folder = packageFolder(name, file)
  return folder === undefined ? undefined : readManifest(join(folder, 'package.json'))
}

/** The package.json of the package that a file belongs to. */
export function nearestManifest(file: string): ReadManifest | undefined {
  for (let folder = dirname(file); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'))
    if (manifest !== undefined || folder === dirname(folder)) return manifest
  }
  return undefined
}

export function manifestField({ text }: ReadManifest, field: 'name' | 'type' | 'version'): unknown {
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
