// Makes scripts of what a program loads most. V8's code cache holds for scripts, and not for modules of ECMAScript.
import { createHash } from 'node:crypto'
import { dirname, join, posix, relative, sep } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'

/** What every start loads, with the modules that the most frequent commands import when they run. */
const startModules = ['/commands/status.ts', '/commands/upgrade.ts', '/history/lock-report.ts']
const entry = 'dist/main.js'
const scriptFolder = 'dist/chunks'

/**
 * The scripts `start` and `run`, `dist/start.js` that loads them, and in place of the modules that they hold others which give what
 * they hold: each import of them gets the same values.
 *
 * @param {string} home the folder of the package
 * @param {readonly { path: string, text: string }[]} files the built modules
 * @param {import('esbuild').Metafile['outputs']} outputs what the bundler tells of them
 * @param {readonly string[]} runModules what a run with something to do imports
 * @param {(files: Record<string, string>) => import('esbuild').BuildOptions} loaderOptions for `dist/start.js`, with the files of
 * the scripts
 */
export async function withScripts(home, files, outputs, runModules, loaderOptions) {
  const texts = new Map(files.map(({ path, text }) => [toPosix(relative(home, path)), text]))
  const ofRun = withImports(outputsOf(runModules, outputs), outputs)
  const start = withImports(
    [entry, ...outputsOf(startModules, outputs), ...ofRun.filter((path) => isOfNode(outputs[path]))],
    outputs,
  )
  const run = ofRun.filter((path) => !start.includes(path))
  const ids = new Map([...start.map((path, at) => [path, `start${at}`]), ...run.map((path, at) => [path, `run${at}`])])
  for (const part of ids.keys()) refuseReassignedExports(part, texts.get(part), outputs[part].exports)
  const names = {}
  const scripts = []
  for (const [name, parts] of Object.entries({ start, run })) {
    const text = await scriptOf(parts, ids, texts)
    names[name] = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.cjs`
    scripts.push({ path: join(home, scriptFolder, names[name]), text })
  }
  const loader = await build(loaderOptions(names))
  return [
    ...files.map(({ path, text }) => {
      const part = toPosix(relative(home, path))
      return { path, text: ids.has(part) ? facadeOf(part, ids.get(part), outputs[part].exports) : text }
    }),
    ...scripts,
    ...loader.outputFiles.map(({ path, text }) => ({ path, text })),
  ]
}

const toPosix = (path) => path.split(sep).join('/')

function outputsOf(modules, outputs) {
  return modules.map((module) => {
    const found = Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith(module))
    if (found === undefined) throw new Error(`no module of the build is made of ${module}`)
    return found
  })
}

/** With all that is loaded before them. */
function withImports(entries, outputs) {
  const parts = new Set(entries)
  for (const path of parts)
    for (const { path: imported, kind, external } of outputs[path].imports)
      if (kind === 'import-statement' && !external) parts.add(imported)
  return [...parts]
}

/** It only names functions of Node's own modules. What imports no more than these must not load a run for them. */
const isOfNode = ({ inputs }) => Object.keys(inputs).every((path) => path.startsWith('built-in:'))

async function scriptOf(parts, ids, texts) {
  const { outputFiles } = await build({
    stdin: { contents: parts.map((part) => `export * as ${ids.get(part)} from ${JSON.stringify(part)}`).join('\n') },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    define: { 'import.meta.url': '__url' },
    plugins: [
      {
        name: 'built-parts',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /./ }, ({ path, importer, kind }) => {
            if (!path.startsWith('.') && !ids.has(path)) return { path, external: true }
            const file = path.startsWith('.') ? posix.join(posix.dirname(importer), path) : path
            if (!ids.has(file)) return { path: `./${posix.relative(scriptFolder, file)}`, external: true }
            if (kind === 'dynamic-import' || !parts.includes(file))
              return { path: `part:${ids.get(file)}`, external: true }
            return { path: file, namespace: 'built' }
          })
          onLoad({ filter: /./, namespace: 'built' }, ({ path }) => ({ contents: texts.get(path), loader: 'js' }))
        },
      },
    ],
  })
  let [{ text }] = outputFiles
  if (/__toESM\(require\("part:/.test(text)) throw new Error('a part of one script is imported whole by the other')
  const source = ts.createSourceFile('part.cjs', text, ts.ScriptTarget.ESNext, true)
  const imports = []
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent)) imports.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  // An import in a script that comes from V8's code cache has lost who asks for it.
  for (const keyword of imports.reverse())
    text = `${text.slice(0, keyword.getStart(source))}__import${text.slice(keyword.getEnd())}`
  return `(function(module,require,__import,__url){${text}\n})`
}

/** What the parts export is handed on once, so it must not change afterwards. */
function refuseReassignedExports(path, text, names) {
  const file = `/${path}`
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const host = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === file ? source : undefined),
    fileExists: (name) => name === file,
    readFile: () => undefined,
  }
  const options = { allowJs: true, noResolve: true, noLib: true, types: [], target: ts.ScriptTarget.ESNext }
  const checker = ts.createProgram([file], options, host).getTypeChecker()
  const exported = new Set(
    source.statements
      .filter((node) => ts.isExportDeclaration(node) && node.exportClause && !node.moduleSpecifier)
      .flatMap((node) => node.exportClause.elements.map((each) => checker.getExportSpecifierLocalTargetSymbol(each))),
  )
  if (names.length > 0 && exported.size === 0) throw new Error(`the exports of ${path} were not found`)
  const refuse = (target) => {
    if (ts.isIdentifier(target) && exported.has(checker.getSymbolAtLocation(target)))
      throw new Error(`${path} exports ${target.text} and assigns to it; export a function that reads it`)
  }
  const visit = (node) => {
    const { SyntaxKind } = ts
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken
      if (kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment) refuse(node.left)
    } else if (ts.isPostfixUnaryExpression(node)) refuse(node.operand)
    else if (
      ts.isPrefixUnaryExpression(node) &&
      [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken].includes(node.operator)
    )
      refuse(node.operand)
    ts.forEachChild(node, visit)
  }
  visit(source)
}

function facadeOf(part, id, names) {
  const loader = posix.relative(dirname(part), 'dist/start.js')
  const values = names.map((name, each) => `const _${each}=p.${name};`).join('')
  const list = names.map((name, each) => `_${each} as ${name}`).join(',')
  const from = loader.startsWith('.') ? loader : `./${loader}`
  return `import{part}from"${from}";const p=part("${id}");${values}export{${list}};\n`
}
