// Makes one script of what every start of a program loads. V8's code cache holds for scripts, and not for modules of ECMAScript.
import { createHash } from 'node:crypto'
import { dirname, join, posix, relative, sep } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'

/** The modules that the most frequent commands import when they run. */
const lazyParts = ['src/commands/status.ts', 'src/commands/upgrade.ts', 'src/history/lock-report.ts']
const entry = 'dist/main.js'
const scriptFolder = 'dist/chunks'

/**
 * The script, `dist/start.js` that loads it, and in place of the modules that it holds others which give what it holds: each import
 * of them gets the same values.
 *
 * @param {string} home the folder of the package
 * @param {readonly { path: string, text: string }[]} files the built modules
 * @param {import('esbuild').Metafile['outputs']} outputs what the bundler tells of them
 * @param {(name: string) => import('esbuild').BuildOptions} loaderOptions for `dist/start.js`, which runs the script of that name
 */
export async function withStartScript(home, files, outputs, loaderOptions) {
  const texts = new Map(files.map(({ path, text }) => [toPosix(relative(home, path)), text]))
  const parts = loadedParts(outputs)
  for (const part of parts) refuseReassignedExports(part, texts.get(part), outputs[part].exports)
  const script = await scriptOf(parts, texts)
  const name = `start-${createHash('sha256').update(script).digest('hex').slice(0, 8)}.cjs`
  const loader = await build(loaderOptions(name))
  const facades = new Map(parts.map((part, at) => [part, facadeOf(part, at, outputs[part].exports)]))
  return [
    ...files.map(({ path, text }) => ({ path, text: facades.get(toPosix(relative(home, path))) ?? text })),
    { path: join(home, scriptFolder, name), text: script },
    ...loader.outputFiles.map(({ path, text }) => ({ path, text })),
  ]
}

const toPosix = (path) => path.split(sep).join('/')

function loadedParts(outputs) {
  const lazy = Object.keys(outputs).filter((path) =>
    lazyParts.some((part) => outputs[path].entryPoint?.endsWith(`/${part}`)),
  )
  if (lazy.length !== lazyParts.length) throw new Error(`the build has not each of ${lazyParts.join(', ')}`)
  const parts = new Set([entry, ...lazy])
  for (const path of parts)
    for (const { path: imported, kind, external } of outputs[path].imports)
      if (kind === 'import-statement' && !external) parts.add(imported)
  return [...parts]
}

async function scriptOf(parts, texts) {
  const { outputFiles } = await build({
    stdin: { contents: parts.map((part, at) => `export * as p${at} from ${JSON.stringify(part)}`).join('\n') },
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
            if (!path.startsWith('.') && !parts.includes(path)) return { path, external: true }
            const file = path.startsWith('.') ? posix.join(posix.dirname(importer), path) : path
            if (!parts.includes(file)) return { path: `./${posix.relative(scriptFolder, file)}`, external: true }
            if (kind === 'dynamic-import') return { path: `part:${parts.indexOf(file)}`, external: true }
            return { path: file, namespace: 'built' }
          })
          onLoad({ filter: /./, namespace: 'built' }, ({ path }) => ({ contents: texts.get(path), loader: 'js' }))
        },
      },
    ],
  })
  const source = ts.createSourceFile('start.cjs', outputFiles[0].text, ts.ScriptTarget.ESNext, true)
  const edits = []
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [, part] = /^"part:(\d+)"$/.exec(node.arguments[0].getText(source)) ?? []
      if (part === undefined)
        edits.push({ from: node.expression.getStart(source), to: node.expression.getEnd(), text: '__import' })
      else
        edits.push({ from: node.getStart(source), to: node.getEnd(), text: `Promise.resolve(module.exports.p${part})` })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  let { text } = source
  // An import in a script that comes from V8's code cache has lost who asks for it.
  for (const edit of edits.sort((a, b) => b.from - a.from))
    text = text.slice(0, edit.from) + edit.text + text.slice(edit.to)
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

function facadeOf(part, at, names) {
  const loader = posix.relative(dirname(part), 'dist/start.js')
  const values = names.map((name, each) => `const _${each}=p.${name};`).join('')
  const list = names.map((name, each) => `_${each} as ${name}`).join(',')
  return `import{parts}from"${loader.startsWith('.') ? loader : `./${loader}`}";const p=parts.p${at};${values}export{${list}};\n`
}
