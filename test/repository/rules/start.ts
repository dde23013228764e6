import ts from 'typescript'
import { type Rule, type SourceFile, type Tree, targetOf } from '../tree.ts'

/**
 * What `migrate status` and an upgrade with nothing to do load of our own code, in bytes of JavaScript without types, comments and
 * indentation. The aim is 120,000; a limit here goes up only with a
 * feature of which a start needs a part, by that part.
 */
const limits = {
  'dialect-sqlite': 417_700,
  'dialect-postgres': 427_500,
  'dialect-mysql': 431_050,
} as const

/** What a program loads that imports `@org/migrate-core` and its `/node`, as every revision file does. */
const libraryLimit = 290_300

/** With the modules that these commands import when they run. */
const starts = [
  'apps/cli/src/start.ts',
  'apps/cli/src/main.ts',
  'apps/cli/src/commands/status.ts',
  'apps/cli/src/commands/upgrade.ts',
  'packages/core/src/history/lock-report.ts',
]

const library = ['packages/core/src/index.ts', 'packages/core/src/node.ts']

const bytes = new WeakMap<SourceFile, number>()

function bytesOf(file: SourceFile): number {
  const known = bytes.get(file)
  if (known !== undefined) return known
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true }
  const size = ts.transpileModule(file.text, { compilerOptions }).outputText.replace(/^\s+/gm, '').length
  bytes.set(file, size)
  return size
}

/** The module of core that defines what an entry of core exports under a name, as the build of the program finds it. */
function definedIn(tree: Tree, entry: SourceFile): ReadonlyMap<string, string> {
  const modules = new Map<string, string>()
  for (const statement of entry.ast.statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly || !statement.moduleSpecifier) continue
    const target = targetOf(entry, (statement.moduleSpecifier as ts.StringLiteral).text)
    if (target === undefined) continue
    const { exportClause } = statement
    const names =
      exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name.text)
        : [
            ...(tree.files.get(target)?.text ?? '').matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm),
          ].map(([, name = '']) => name)
    for (const name of names) modules.set(name, target)
  }
  return modules
}

const entryOf = (specifier: string): string | undefined => {
  const [, entry] = /^@org\/migrate-core(?:\/(\w+))?$/.exec(specifier) ?? []
  if (!specifier.startsWith('@org/migrate-core')) return undefined
  return `packages/core/src/${entry ?? 'index'}.ts`
}

/** The names of values that a file imports from an entry of core. */
function valueNames(file: SourceFile, specifier: string): readonly string[] {
  return file.ast.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || (statement.moduleSpecifier as ts.StringLiteral).text !== specifier)
      return []
    const named = statement.importClause?.namedBindings
    if (statement.importClause?.isTypeOnly || named === undefined || !ts.isNamedImports(named)) return []
    return named.elements.flatMap(({ name, propertyName, isTypeOnly }) =>
      isTypeOnly ? [] : [(propertyName ?? name).text],
    )
  })
}

/** Everything that is loaded with these modules. The program is one bundle: it loads modules of core, a dialect loads its entries. */
function loadedWith(tree: Tree, roots: readonly string[], isBundle: boolean): readonly SourceFile[] {
  const visited = new Set(roots)
  const loaded: SourceFile[] = []
  for (const path of visited) {
    const file = tree.files.get(path)
    if (file === undefined) continue
    loaded.push(file)
    for (const { specifier, kind } of file.imports) {
      if (kind !== 'value') continue
      const target = targetOf(file, specifier) ?? entryOf(specifier)
      if (target === undefined) continue
      const entry = isBundle && !specifier.startsWith('.') ? tree.files.get(target) : undefined
      if (entry === undefined) {
        visited.add(target)
        continue
      }
      const modules = definedIn(tree, entry)
      for (const name of valueNames(file, specifier)) visited.add(modules.get(name) ?? target)
    }
  }
  return loaded
}

/** Nothing to do has to cost nothing: what is loaded for it is read, compiled and run at each start of a service. */
export const startsStaySmall: Rule = (tree) => [
  ...Object.entries(limits).flatMap(([dialect, limit]) => {
    const ofDialect = loadedWith(tree, [`packages/${dialect}/src/index.ts`], false)
    return beyond(limit, `A start on ${dialect} with nothing to do`, [...loadedWith(tree, starts, true), ...ofDialect])
  }),
  ...beyond(libraryLimit, 'A program that imports core', loadedWith(tree, library, false)),
]

function beyond(limit: number, what: string, files: readonly SourceFile[]): readonly string[] {
  const total = files.reduce((sum, file) => sum + bytesOf(file), 0)
  if (total <= limit) return []
  const largest = [...new Set(files)].sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, 10)
  const list = largest.map((file) => `${file.path} ${bytesOf(file)}`).join(', ')
  return [`${what} loads ${total} bytes, more than ${limit}; the largest: ${list}`]
}
