import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Import {
  readonly specifier: string
  /** `type`: nothing of it is left when the program runs. */
  readonly kind: 'value' | 'type' | 'dynamic'
  readonly line: number
}

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly ast: ts.SourceFile
  readonly imports: readonly Import[]
}

export interface Manifest {
  readonly name: string
  readonly folder: string
  readonly exports: readonly string[]
  readonly dependencies: readonly string[]
  /** What a published package never asks its user to install. */
  readonly devDependencies: readonly string[]
}

/** Everything that the rules look at; a small one can be written by hand. */
export interface Tree {
  readonly files: ReadonlyMap<string, SourceFile>
  readonly manifests: readonly Manifest[]
  /** Texts in Markdown, by path. */
  readonly pages: ReadonlyMap<string, string>
}

/** One sentence that begins with the place. */
export type Rule = (tree: Tree) => readonly string[]

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean => {
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

function exportIsTypeOnly(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true
  const clause = node.exportClause
  if (clause === undefined || !ts.isNamedExports(clause)) return false
  return clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly)
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: isTypeOnly(node.importClause) ? 'type' : 'value' }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: exportIsTypeOnly(node) ? 'type' : 'value' }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, kind: 'type' }
  }
  if (!ts.isCallExpression(node)) return undefined
  const [argument] = node.arguments
  if (argument === undefined || !ts.isStringLiteralLike(argument)) return undefined
  const called = node.expression
  const imports = called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require')
  return imports ? { specifier: argument.text, kind: 'dynamic' } : undefined
}

/** Every node of the file, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  for (const child of children) yield* nodesOf(child)
}

/** The words of a compound name, in lower case. */
export const nameParts = (name: string): readonly string[] =>
  name
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())

function lineOf(file: SourceFile, node: ts.Node): number {
  return file.ast.getLineAndCharacterOfPosition(node.getStart(file.ast)).line + 1
}

/** `packages/core/src/index.ts:12`, which an editor opens. */
export function locationOf(file: SourceFile, node: ts.Node): string {
  return `${file.path}:${lineOf(file, node)}`
}

function parse(filePath: string, text: string): SourceFile {
  const ast = ts.createSourceFile(filePath, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const visit = (node: ts.Node): void => {
    const imported = importOf(node)
    if (imported !== undefined) {
      imports.push({ ...imported, line: ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(ast)
  return { path: filePath, text, ast, imports }
}

function manifestOf(folder: string, text: string): Manifest {
  const json = JSON.parse(text) as {
    readonly name: string
    readonly exports?: Readonly<Record<string, unknown>>
    readonly dependencies?: Readonly<Record<string, string>>
    readonly peerDependencies?: Readonly<Record<string, string>>
    readonly devDependencies?: Readonly<Record<string, string>>
  }
  return {
    name: json.name,
    folder,
    exports: Object.keys(json.exports ?? {}),
    dependencies: Object.keys({ ...json.dependencies, ...json.peerDependencies }),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  }
}

/** A tree out of texts: `package.json` files become manifests, everything else is parsed. */
export function treeOf(contents: { readonly [path: string]: string }): Tree {
  const files = new Map<string, SourceFile>()
  const manifests: Manifest[] = []
  const pages = new Map<string, string>()
  for (const [filePath, text] of Object.entries(contents)) {
    if (path.posix.basename(filePath) === 'package.json') manifests.push(manifestOf(path.posix.dirname(filePath), text))
    else if (filePath.endsWith('.md')) pages.set(filePath, text)
    else files.set(filePath, parse(filePath, text))
  }
  return { files, manifests, pages }
}

const skipped = new Set(['node_modules', 'dist', 'fixtures', 'data', '.turbo', 'coverage'])
const copiedData = 'packages/schema/src/data'

function collect(folder: string, files: Record<string, string>): void {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const inside = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name) || inside === copiedData) collect(inside, files)
    } else if (/\.(ts|mts|mjs|js|md)$/.test(entry.name) || entry.name === 'package.json') {
      files[inside] = readFileSync(path.join(root, inside), 'utf8')
    }
  }
}

/** What lies in these folders, by path, without parsing it. */
export function readTexts(folders: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {}
  for (const folder of folders) if (existsSync(path.join(root, folder))) collect(folder, files)
  return files
}

/** The project as it stands on the disk. */
export function readTree(): Tree {
  const files = readTexts(['packages', 'apps', 'examples', 'test', 'bench', 'scripts', 'docs', '.changeset'])
  for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])
    files[page] = readFileSync(path.join(root, page), 'utf8')
  return treeOf(files)
}

/** The file that a relative import names, as a path from the root. */
export function targetOf(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file.path), specifier) : undefined
}

/** `packages/core` of `packages/core/src/index.ts`; the folder itself for what is not a package. */
export function packageFolder(filePath: string): string {
  const [group = '', name = ''] = filePath.split('/')
  return ['packages', 'apps', 'examples'].includes(group) ? `${group}/${name}` : group
}
