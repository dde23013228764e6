import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HelperMode } from 'oxc-transform'
import { MigrateError } from '../../errors/migrate-error.ts'
import { present } from '../../model/edit.ts'
import { lineOf } from '../source-text.ts'
import { importTransform } from './packages.ts'
import { isTypeScript, type ResolvedImport, resolveImport, type SourceKinds } from './resolve.ts'
import { withRuntimeFunctions } from './runtime-functions.ts'
import type { Decorators } from './tsconfig-decorators.ts'

/** A stretch of the JavaScript that an absolute URL replaces. */
interface ImportSite {
  readonly specifier: string
  readonly start: number
  readonly end: number
  /** With `with { … }` Node reads the file itself. */
  readonly hasAttributes: boolean
}

/** A file to be transformed. */
export interface Source {
  readonly file: string
  readonly text: string
  readonly kinds: SourceKinds
  readonly decorators: Decorators | undefined
}

/** JavaScript made of one TypeScript file; its imports still say what the file says. */
export interface Transformed {
  readonly code: string
  readonly sites: readonly ImportSite[]
  readonly imports: ReadonlyMap<string, ResolvedImport>
}

/** Throws REVISION_IMPORT_FAILED with the line of a syntax error, and what the resolution of its imports throws. */
export async function transform({ file, text, kinds, decorators }: Source): Promise<Transformed> {
  if (file.endsWith('.json')) return { code: jsonModule(file, text), sites: [], imports: new Map() }
  const [{ transformSync }, { init, parse }] = await Promise.all([importTransform(), import('es-module-lexer')])
  await init
  const result = transformSync(file, text, {
    lang: languageOf(file),
    sourceType: 'module',
    sourcemap: true,
    target: 'node20',
    helpers: { mode: 'External' as HelperMode },
    ...present({ decorator: decorators }),
  })
  const failed = result.errors.find((error) => error.severity === 'Error')
  if (failed !== undefined) {
    const start = failed.labels[0]?.start
    const location = start === undefined ? file : `${file}:${lineOf(text, start)}`
    throw new MigrateError('REVISION_IMPORT_FAILED', { file, why: failed.message }, `${location}: ${failed.message}`)
  }
  const url = pathToFileURL(file).href
  let code = withRuntimeFunctions(result.code, result.helpersUsed)
  let usesMeta = false
  const sites: ImportSite[] = []
  const imports = new Map<string, ResolvedImport>()
  // From the end, so that the positions before stay true.
  for (const site of [...parse(code, file)[0]].reverse()) {
    if (site.d === -2) {
      usesMeta = true
      code = `${code.slice(0, site.s)}__migrateMeta()${code.slice(site.e)}`
    } else if (site.n === undefined) {
      usesMeta = true
      code = `${code.slice(0, site.s)}__migrateMeta().absolute(${code.slice(site.s, site.e)})${code.slice(site.e)}`
    } else if (!imports.has(site.n)) imports.set(site.n, await resolveImport(site.n, file, kinds))
  }
  if (usesMeta) code += metaOf(file, url)
  for (const site of parse(code, file)[0]) {
    if (site.n === undefined || site.d === -2) continue
    const inner = site.d === -1 ? 0 : 1
    sites.push({ specifier: site.n, start: site.s + inner, end: site.e - inner, hasAttributes: site.a !== -1 })
  }
  if (result.map !== undefined) code += inlineMap({ ...result.map, sources: [url], sourcesContent: [] })
  return { code, sites, imports }
}

function languageOf(file: string): 'ts' | 'tsx' | 'jsx' {
  if (file.endsWith('x')) return file.endsWith('.tsx') ? 'tsx' : 'jsx'
  return isTypeScript(file) ? 'ts' : 'jsx'
}

const name = /^[A-Za-z_$][\w$]*$/

/** As with `resolveJsonModule`: all of it by default, and its members by name where JavaScript allows their names. */
function jsonModule(file: string, text: string): string {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const why = (error as Error).message
    throw new MigrateError('REVISION_IMPORT_FAILED', { file, why }, `${file}: ${why}`, { cause: error })
  }
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const members = isRecord ? Object.keys(value as object).filter((key) => name.test(key) && key !== 'default') : []
  const names = members.map((key, at) => `const _${at} = all[${JSON.stringify(key)}]\n`).join('')
  const list = members.map((key, at) => `_${at} as ${JSON.stringify(key)}`).join(', ')
  return `const all = ${JSON.stringify(value)}\nexport default all\n${names}export { ${list} }\n`
}

/** What `import.meta` is in the original. A function declaration, because code above it may run first. */
function metaOf(file: string, url: string): string {
  const text = (value: string): string => JSON.stringify(value)
  return `
function __migrateMeta() {
  const absolute = (to) => /^\\.{0,2}\\//.test(to) ? new URL(to, ${text(url)}).href : to
  return { url: ${text(url)}, filename: ${text(file)}, dirname: ${text(dirname(file))}, absolute, resolve: (to) => /^\\.{0,2}\\//.test(to) ? absolute(to) : import.meta.resolve(to) }
}
`
}

function inlineMap(map: object): string {
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`
}
