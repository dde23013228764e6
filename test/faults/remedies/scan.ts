import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** One advice that a place in the sources gives instead of the catalogue's: `…` stands for what is put in at run time. */
export interface Advice {
  readonly text: string
  readonly file: string
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name}`)
}

const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src`), 'apps/cli/src'] as const
const names = new Set(['remedy', 'next'])

type RemedyTexts = readonly string[]

/** The constants that files give to each other, by their names. */
const shared = new Map<string, ts.Expression>()

function collectShared(file: ts.SourceFile): void {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || !/^export\b/.test(statement.getText())) continue
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer !== undefined) shared.set(name.getText(), initializer)
    }
  }
}

/** The function that a declaration of parameters belongs to, by the name that it is called by. */
function calledAs(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name?.getText()
  if (ts.isArrowFunction(node) && ts.isVariableDeclaration(node.parent)) return node.parent.name.getText()
  return undefined
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => each(child, visit))
}

/** The texts that an expression can be; a name is looked up in its file. */
function textsOf(node: ts.Node, depth = 0): RemedyTexts {
  if (depth > 4) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isTemplateExpression(node)) {
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')]
  }
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression, depth)
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue, depth), ...textsOf(node.whenFalse, depth)]
  if (ts.isBinaryExpression(node)) {
    if (node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left = '…'] = textsOf(node.left, depth)
      const [right = '…'] = textsOf(node.right, depth)
      return [left + right]
    }
    return [...textsOf(node.left, depth), ...textsOf(node.right, depth)]
  }
  if (ts.isIdentifier(node)) {
    const remedies: string[] = []
    each(node.getSourceFile(), (one) => {
      if (ts.isVariableDeclaration(one) && one.name.getText() === node.text && one.initializer !== undefined) {
        remedies.push(...textsOf(one.initializer, depth + 1))
      }
      if (ts.isFunctionDeclaration(one) && one.name?.text === node.text && one.body !== undefined) {
        each(one.body, (inner) => {
          if (ts.isReturnStatement(inner) && inner.expression !== undefined)
            remedies.push(...textsOf(inner.expression, depth + 1))
        })
      }
    })
    const elsewhere = shared.get(node.text)
    return remedies.length > 0 || elsewhere === undefined ? remedies : textsOf(elsewhere, depth + 1)
  }
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textsOf(node.body, depth)
  // `next(ids)`: what a function of the same file makes.
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) return textsOf(node.expression, depth)
  // `remedies[fault]` and `elsewhere.get(method)`: every value of that table.
  if (ts.isElementAccessExpression(node)) return textsOf(node.expression, depth)
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'get'
  )
    return textsOf(node.expression.expression, depth)
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? textsOf(one.initializer, depth + 1) : []))
  if (ts.isNewExpression(node) && node.expression.getText() === 'Map')
    return (node.arguments ?? []).flatMap((rows) =>
      ts.isArrayLiteralExpression(rows)
        ? rows.elements.flatMap((row) =>
            ts.isArrayLiteralExpression(row) && row.elements[1] !== undefined
              ? textsOf(row.elements[1], depth + 1)
              : [],
          )
        : [],
    )
  return []
}

/** Every advice of the sources that is no remedy of the catalogue. */
export function adviceInSources(): readonly Advice[] {
  const files = folders
    .flatMap(sources)
    .filter((file) => !file.includes('errors/catalogue'))
    .map((file) => ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true))
  files.forEach(collectShared)
  // A function that takes a remedy: by its file, and without it where it is exported.
  const parameters = new Map<string, number>()
  const remedies = new Map<string, Advice>()
  const take = (node: ts.Node): void => {
    for (const text of textsOf(node)) {
      if (/[a-z] /.test(text)) remedies.set(text, { text, file: node.getSourceFile().fileName })
    }
  }
  for (const file of files) {
    each(file, (node) => {
      const name = ts.isParameter(node) && names.has(node.name.getText()) ? calledAs(node.parent) : undefined
      if (name !== undefined && ts.isParameter(node)) {
        const at = node.parent.parameters.indexOf(node)
        parameters.set(`${file.fileName} ${name}`, at)
        if (/^export/.test(node.parent.getText())) parameters.set(name, at)
      }
      if (ts.isPropertyAssignment(node) && names.has(node.name.getText())) take(node.initializer)
      const isDefault = ts.isParameter(node) || ts.isBindingElement(node)
      if (isDefault && names.has(node.name.getText()) && node.initializer !== undefined) take(node.initializer)
      if (ts.isShorthandPropertyAssignment(node) && names.has(node.name.text)) take(node.name)
      if (ts.isNamedTupleMember(node) && names.has(node.name.getText())) {
        const at = ts.isTupleTypeNode(node.parent) ? node.parent.elements.indexOf(node) : -1
        let owner: ts.Node = node
        // Of a type of its own: the whole file, which has the lists of that type.
        while (!ts.isFunctionDeclaration(owner) && !ts.isVariableStatement(owner) && !ts.isSourceFile(owner))
          owner = owner.parent
        each(owner, (one) => {
          if (ts.isArrayLiteralExpression(one) && one.elements[at] !== undefined) take(one.elements[at])
        })
      }
    })
  }
  for (const file of files) {
    const imported = (name: string): boolean => new RegExp(`import[^;]*?\\b${name}\\b[^;]*? from`).test(file.text)
    each(file, (node) => {
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return
      const name = node.expression.text
      const at = parameters.get(`${file.fileName} ${name}`) ?? (imported(name) ? parameters.get(name) : undefined)
      const argument = at === undefined ? undefined : node.arguments[at]
      if (argument !== undefined) take(argument)
    })
  }
  return [...remedies.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
}
