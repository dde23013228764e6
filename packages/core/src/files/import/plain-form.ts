import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { formMark, type ModuleExports } from './plain-module.ts'

/**
 * How a compiled module is evaluated as a function. Node's loader takes about a millisecond for each module, a function a tenth of that.
 * Only a module whose evaluation can't be told from Node's has such a form: it imports from this package alone, and at its top are functions
 * and constant values. So nothing in it throws, waits or changes, and it does no harm if Node loads it a second time.
 */
interface PlainForm {
  /** Where its imports are in the text, with the names in braces. */
  readonly imports: readonly (readonly [from: number, to: number, url: string, names: string])[]
  /** Where `export` is in the text, by name. */
  readonly exports: readonly (readonly [name: string, at: number])[]
}

const mapMark = '\n//# sourceMappingURL='

const string = String.raw`"(?:[^"\\]|\\.)*"`
const value = String.raw`(?:${string}|-?\d+|true|false|null)`
const constant = new RegExp(String.raw`^(?:export )?const [\w$]+ = (?:${value}|\[(?:${value}(?:, ${value})*)?\]);$`)
const functionStart = /^(?:export )?(?:async )?function\*? [\w$]+\(.*\) \{$/
const importLine = /^import \{ ([\w$, ]+) \} from "([^"\\]+)";$/
/** What a function of CommonJS knows and a module does not. */
const ofCommonJs = /\b(?:require|module|exports|__filename|__dirname)\b/
const comment = /^(?:\/\/|\/\*(?:[^*]|\*(?!\/))*\*\/$)/

/**
 * Where the lines with `export` begin in what the transform has written; undefined where something else is at the top. It writes each
 * statement at the top on a line of its own, and what belongs to it further right.
 */
function exportLines(code: string): ReadonlySet<number> | undefined {
  const starts = new Set<number>()
  let within: 'function' | 'comment' | undefined
  let at = 0
  for (const line of code.split('\n')) {
    if (within === undefined) {
      if (functionStart.test(line)) within = 'function'
      else if (line === '/**') within = 'comment'
      else if (line !== '' && ![constant, importLine, comment].some((form) => form.test(line))) return undefined
      if (line.startsWith('export ')) starts.add(at)
    } else if (line === (within === 'function' ? '}' : '*/')) within = undefined
    else if (within === 'function' ? /^[^\t ]/.test(line) : !line.startsWith('*')) return undefined
    at += line.length + 1
  }
  return within === undefined ? starts : undefined
}

/** The text of a compiled module with its form, if it has one, before its source map. */
export async function withForm(code: string): Promise<string> {
  const end = code.lastIndexOf(mapMark)
  if (end === -1) return code
  const { init, parse } = await import('es-module-lexer')
  await init
  const [imports, exports] = parse(code)
  const starts = ofCommonJs.test(code.slice(0, end)) ? undefined : exportLines(code.slice(0, end))
  // A line of a text that looks like an export is none to the lexer.
  const isStatic = imports.every(({ d }) => d === -1)
  const isKnown =
    isStatic && starts?.size === exports.length && exports.every(({ s }) => starts.has(code.lastIndexOf('\n', s) + 1))
  if (!isKnown) return code
  const form: PlainForm = {
    imports: imports.map(({ ss, se }) => {
      const [, names = '', url = ''] = importLine.exec(`${code.slice(ss, se)};`) ?? []
      return [ss, se, url, names]
    }),
    exports: exports.map(({ n, s }) => [n, code.lastIndexOf('\n', s) + 1]),
  }
  return code.slice(0, end) + formMark + JSON.stringify(form) + code.slice(end)
}

const packages = new Map<string, Promise<ModuleExports>>()

/** Undefined where it has to be Node's. */
export async function evaluate(file: string, code: string): Promise<ModuleExports | undefined> {
  const at = code.lastIndexOf(formMark)
  const { imports, exports } = JSON.parse(code.slice(at + formMark.length, code.indexOf('\n', at + 1))) as PlainForm
  const namespaces: ModuleExports[] = []
  for (const [, , url, names] of imports) {
    const namespace =
      packages.get(url) ?? (import(/* webpackIgnore: true */ /* @vite-ignore */ url) as Promise<ModuleExports>)
    packages.set(url, namespace)
    const imported = await namespace
    // Node says what is missing.
    if (names.split(', ').some((name) => !(name.replace(/ as .*/, '') in imported))) return undefined
    namespaces.push(imported)
  }
  const module: { exports: unknown } = { exports: namespaces }
  const evaluateIn = compileFunction(functionText(code, at, { imports, exports }), ['module'], {
    filename: pathToFileURL(file).href,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  evaluateIn(module)
  return Object.freeze(module.exports) as ModuleExports
}

/** Every line and column is where it is in the module, so that its source map holds. */
function functionText(code: string, end: number, { imports, exports }: PlainForm): string {
  const names = imports.map(([, , , each], at) => `const { ${each.replaceAll(' as ', ': ')} } = module.exports[${at}];`)
  let text = `"use strict"; ${names.join(' ')}`
  let from = 0
  const edits = [
    ...imports.map(([start, to]) => [start, to] as const),
    ...exports.map(([, start]) => [start, start + 'export'.length] as const),
  ]
  for (const [start, to] of edits.sort(([a], [b]) => a - b)) {
    text += code.slice(from, start) + ' '.repeat(to - start)
    from = to
  }
  const sorted = exports.map(([name]) => name).sort()
  return `${text}${code.slice(from, end)}\nmodule.exports = { __proto__: null, ${sorted.join(', ')} };${code.slice(code.indexOf('\n', end + 1))}`
}
