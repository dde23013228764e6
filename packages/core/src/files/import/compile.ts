import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { fingerprint } from '../../model/fingerprint.ts'
import { type ModuleCache, moduleCache } from './cache.ts'
import { installedManifest, leadsTo, manifestField, type ResolvedImport, type SourceKinds } from './resolve.ts'
import type { Source, Transformed } from './transform.ts'

/**
 * Changes with the shape of what is kept. The version of Node is no part of it: the target of the transform and the
 * conditions of the resolution are fixed.
 */
const format = 6

/** What a revision imports: its exports are bound once. */
const ownPackage = '@org/migrate-core'

/** No `@org/…` in a string: only what could be a decorator costs the reading of a tsconfig.json. */
const decorator = /(?:^|[(,;{}]|\bexport|\bdefault)[ \t]*@[\w$(]/m

interface Unit extends Source {
  readonly imports: ReadonlyMap<string, ResolvedImport>
  /** The key with where the imports lead: what the linked text is made of. */
  readonly identity: string
  /** Absent where the cache knew the imports already. */
  readonly transformed?: Transformed
}

type Units = ReadonlyMap<string, Unit>

let tools: string | undefined

/** The version of the transform, which compiled texts depend on; undefined where it is not installed. */
function transformVersion(): string | undefined {
  // Read, not resolved: loading Node's resolver for this alone would cost a run that compiles nothing 2 ms.
  const manifest = installedManifest('oxc-transform', fileURLToPath(import.meta.url))
  const version = manifest && manifestField(manifest, 'version')
  return typeof version === 'string' ? version : undefined
}

/** A run with nothing to do compiles nothing. */
async function transform(source: Source): Promise<Transformed> {
  return (await import('./transform.ts')).transform(source)
}

/** Undefined where no transform is installed. */
function toolVersions(): string | undefined {
  if (tools !== undefined) return tools
  const version = transformVersion()
  if (version !== undefined) tools = `${format} oxc-transform ${version}`
  return tools
}

/**
 * A URL under which Node can import a file together with the TypeScript and JSON files it imports. An entry of the cache
 * is named by the text of all of them, so a file that changed never finds the entry of the time before.
 *
 * Undefined where no transform is installed. Throws REVISION_IMPORT_FAILED, and what the resolution of imports throws.
 */
export async function compiledUrl(file: string, kinds: SourceKinds): Promise<string | undefined> {
  const version = toolVersions()
  if (version === undefined) return undefined
  const cache = moduleCache(file)
  const units = new Map<string, Unit>()
  const waiting = [file]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (units.has(next)) continue
    const unit = await unitOf(next, { version, cache, kinds })
    units.set(next, unit)
    for (const resolved of unit.imports.values()) if (resolved.kind === 'source') waiting.push(resolved.file)
  }
  return link(file, units, cache)
}

interface UnitOptions {
  readonly version: string
  readonly cache: ModuleCache
  readonly kinds: SourceKinds
}

async function unitOf(file: string, { version, cache, kinds }: UnitOptions): Promise<Unit> {
  const text = readFileSync(file, 'utf8')
  const decorators = decorator.test(text) ? (await import('./tsconfig-decorators.ts')).decoratorsOf(file) : undefined
  const form = `${kinds.javascript ? ' javascript' : ''}${decorators === undefined ? '' : JSON.stringify(decorators)}`
  const key = fingerprint(`${version}${form}\n${file}\n${text}`)
  const cached = cache.read(`${key}.json`)
  const imports = cached === undefined ? undefined : cachedImports(cached)
  const source = { file, kinds, decorators, text }
  if (imports !== undefined && (await leadAsBefore(imports, file, kinds))) {
    return { ...source, imports, identity: identityOf(key, imports) }
  }
  const transformed = await transform(source)
  cache.write(`${key}.json`, JSON.stringify([...transformed.imports]))
  const { imports: resolvedImports } = transformed
  const identity = identityOf(key, resolvedImports)
  return { ...source, imports: resolvedImports, identity, transformed }
}

async function leadAsBefore(
  imports: ReadonlyMap<string, ResolvedImport>,
  file: string,
  kinds: SourceKinds,
): Promise<boolean> {
  for (const [specifier, before] of imports) {
    if (!(await leadsTo(specifier, file, { before, kinds }))) return false
  }
  return true
}

function identityOf(key: string, imports: ReadonlyMap<string, ResolvedImport>): string {
  return fingerprint(`${key}\n${JSON.stringify([...imports])}`)
}

function cachedImports(text: string): ReadonlyMap<string, ResolvedImport> | undefined {
  try {
    return new Map(JSON.parse(text) as [string, ResolvedImport][])
  } catch {
    // Cut off by a power cut: as if it were not there.
    return undefined
  }
}

/** What the compiled text of a file is called: it stands for every text that the import of the file runs. */
function outputName(file: string, units: Units): string {
  const identities = new Set<string>()
  const waiting = [file]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { identity, imports } = unitIn(units, next)
    if (identities.has(identity)) continue
    identities.add(identity)
    for (const resolved of imports.values()) if (resolved.kind === 'source') waiting.push(resolved.file)
  }
  return `${fingerprint([unitIn(units, file).identity, ...[...identities].sort()].join('\n'))}.mjs`
}

function unitIn(units: Units, file: string): Unit {
  const unit = units.get(file)
  if (unit === undefined) throw new Error(`${file} was not collected`)
  return unit
}

/** The JavaScript of a unit with its imports written as URLs. */
async function linkedText(unit: Unit, urlOf: (file: string) => string | Promise<string>): Promise<string> {
  const { code, sites, imports } = unit.transformed ?? (await transform(unit))
  let text = ''
  let from = 0
  for (const site of sites) {
    const resolved = imports.get(site.specifier)
    if (resolved === undefined || resolved.kind === 'asIs') continue
    const url =
      resolved.kind === 'source' && !site.hasAttributes
        ? await urlOf(resolved.file)
        : resolved.kind === 'package'
          ? resolved.url
          : pathToFileURL(resolved.file).href
    text += code.slice(from, site.start) + url.replaceAll("'", '%27')
    from = site.end
  }
  text += code.slice(from)
  const isOwn = [...imports].every(([name, resolved]) => name === ownPackage && resolved.kind === 'package')
  if (!isOwn) return text
  const { withForm } = await import('./plain-form.ts')
  return withForm(text)
}

/** Entries of one folder name each other, so all of them go to the first folder that takes them. */
async function link(entry: string, units: Units, cache: ModuleCache): Promise<string> {
  const names = new Map([...units.keys()].map((file) => [file, outputName(file, units)]))
  const entryName = outputName(entry, units)
  for (const folder of cache.folders) {
    let whole = true
    for (const [file, name] of names) {
      if (folder.has(name)) continue
      const text = await linkedText(unitIn(units, file), (other) => `./${outputName(other, units)}`)
      whole = folder.write(name, text)
      if (!whole) break
    }
    if (whole) return pathToFileURL(folder.path(entryName)).href
  }
  return asDataUrl(entry, units, [])
}

/** Where nothing at all can be written. Circles cannot be said in this form. */
async function asDataUrl(file: string, units: Units, within: readonly string[]): Promise<string> {
  if (within.includes(file)) {
    throw new Error(`${file} imports itself over ${within.join(', ')}, and no folder can be written to cache them`)
  }
  const text = await linkedText(unitIn(units, file), (other) => asDataUrl(other, units, [...within, file]))
  return `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
}
