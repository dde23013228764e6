// Writes what every public entry exports, as text: etc/api/<entry>.api.md. A reviewer sees a change of the surface as a
// difference of these files. Reads the built declarations; `--check` only says whether the files are what they should be.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './workspace.mjs'

const folder = join(root, 'etc/api')
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

/** The public entries of the packages that go out, with their declarations. */
export function entries() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((home) => existsSync(join(home, 'package.json')))
    .map((home) => ({ home, manifest: JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .flatMap(({ home, manifest }) =>
      Object.entries(manifest.exports).map(([entry, { types }]) => ({
        home,
        specifier: `${manifest.name}${entry.slice(1)}`,
        file: join(home, types),
      })),
    )
}

/** Whether a declaration is a statement that can stand for its symbol: `export const a: A`, `interface B {…}`. */
function statementOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
}

const withoutModifiers = (text) => text.replace(/^(export )?(declare )?/, '').replaceAll('\r', '')

/** A longer type of a constant is not readable: its hash shows that it changed. */
const longestConstant = 60

function declarationText(declaration) {
  const constant = ts.isVariableDeclaration(declaration)
  const printed = printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile())
  const text = constant ? `const ${printed};` : withoutModifiers(printed)
  const lines = text.split('\n')
  if (!constant || lines.length <= longestConstant) return text
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${lines[0]} … // ${lines.length} lines of inferred type, ${hash}`
}

function textOf(symbol) {
  return (symbol.declarations ?? []).map(declarationText).join('\n')
}

/** The report of one entry: its exports by name, then what they mention of the package and no entry of it exports. */
export function reportOf({ home, specifier, file }, program, all = []) {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  const exportsOf = (path) => {
    const other = program.getSourceFile(path)
    return checker.getExportsOfModule(checker.getSymbolAtLocation(other)).map(resolve)
  }
  if (module === undefined) throw new Error(`${file} is not there or exports nothing: run \`npm run build\`.`)
  const resolve = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolve(symbol)]))
  const siblings = all.filter((each) => each.home === home).flatMap((each) => exportsOf(each.file))
  const visited = new Set([...exported.values(), ...siblings])
  const reached = new Map()
  const ours = join(home, 'dist')
  const follow = (node) => {
    if (ts.isIdentifier(node)) {
      const reference = checker.getSymbolAtLocation(node)
      const symbol = reference && resolve(reference)
      const declaration = symbol?.declarations?.[0]
      const named = declaration !== undefined && ts.isSourceFile(statementOf(declaration).parent)
      if (named && !visited.has(symbol) && declaration.getSourceFile().fileName.startsWith(ours)) {
        visited.add(symbol)
        reached.set(symbol.name, symbol)
        symbol.declarations.forEach((each) => void ts.forEachChild(statementOf(each), follow))
      }
    }
    ts.forEachChild(node, follow)
  }
  for (const symbol of exported.values()) symbol.declarations?.forEach((each) => void follow(statementOf(each)))
  const list = (symbols) =>
    [...symbols]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, symbol]) => {
        const text = textOf(symbol)
        return symbol.name === name ? text : `// as ${name}\n${text}`
      })
  const part = (title, declarations) =>
    declarations.length === 0 ? [] : [`## ${title}`, '', '```ts', declarations.join('\n\n'), '```', '']
  return [
    `# ${specifier}`,
    '',
    'Written by `npm run api`; do not edit.',
    '',
    ...part('Exported', list(exported)),
    ...part('Mentioned by these, and not exported', list(reached)),
  ].join('\n')
}

export const fileOf = (specifier) => join(folder, `${specifier.replace('@org/', '').replaceAll('/', '.')}.api.md`)

/** Every report by its file. */
export function reports() {
  const all = entries()
  const program = ts.createProgram(
    all.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      skipLibCheck: true,
      types: ['node'],
    },
  )
  return new Map(all.map((entry) => [fileOf(entry.specifier), reportOf(entry, program, all)]))
}

/** The files that are not what the packages export now. */
export function differing(all = reports()) {
  const written = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  const changed = [...all]
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => file)
  return [...changed, ...written.filter((file) => !all.has(file))]
}

function main() {
  const all = reports()
  const changed = differing(all)
  if (process.argv.includes('--check')) {
    for (const file of changed)
      console.error(`${file} differs: run \`npm run build && npm run api\` and look at the difference.`)
    process.exit(changed.length === 0 ? 0 : 1)
  }
  mkdirSync(folder, { recursive: true })
  for (const file of changed) if (!all.has(file)) rmSync(file)
  for (const [file, text] of all) writeFileSync(file, text)
  console.log(changed.length === 0 ? 'Nothing changed.' : changed.join('\n'))
}

if (process.argv[1] === import.meta.filename) main()
