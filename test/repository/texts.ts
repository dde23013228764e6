import ts from 'typescript'
import { nodesOf, type SourceFile } from './tree.ts'

/** A text that a person reads of the program; `…` stands for what is put in at run time. */
export interface PrintedText {
  readonly kind: 'message' | 'remedy' | 'finding' | 'warning' | 'help'
  /** The code of an error. */
  readonly code?: string
  readonly line: number
  readonly text: string
}

const remedyNames = new Set(['remedy', 'next'])
const warningCalls = /^(?:warnings|notes)\.push$|\.note$|^warn$/
const helpNames = new Set(['summary', 'description', 'default', 'help'])
const helpFiles = /^apps\/cli\/src\/(?:commands\/declarations|command-line)\/|^apps\/cli\/src\/config-help\.ts$/
const catalogue = /^packages\/core\/src\/errors\/catalogue\//

/** The texts that an expression can be, without what a name stands for. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')]
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)]
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression)
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textsOf(node.body)
  return []
}

type Found = Pick<PrintedText, 'kind' | 'code'> & { readonly expression: ts.Expression }

function foundIn({ path }: SourceFile, node: ts.Node): Found | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'MigrateError') {
    const [code, , expression] = node.arguments ?? []
    if (expression === undefined) return undefined
    return { kind: 'message', ...(code && ts.isStringLiteral(code) ? { code: code.text } : {}), expression }
  }
  if (ts.isCallExpression(node)) {
    const [expression] = node.arguments
    if (expression === undefined) return undefined
    if (warningCalls.test(node.expression.getText())) return { kind: 'warning', expression }
    if (!catalogue.test(path) || node.expression.getText() !== 'code') return undefined
    return { kind: 'remedy', code: (node.parent as ts.PropertyAssignment).name.getText(), expression }
  }
  const isNamed = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)
  if (!isNamed || node.initializer === undefined) return undefined
  const name = node.name.getText()
  const expression = node.initializer
  if (helpFiles.test(path)) return helpNames.has(name) ? { kind: 'help', expression } : undefined
  if (remedyNames.has(name)) return { kind: 'remedy', expression }
  return name === 'what' ? { kind: 'finding', expression } : undefined
}

/** What is wrong with a call of the command line, and what to do: both of one call. */
function usageIn(node: ts.Node): readonly Found[] {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'usage') return []
  const kinds = ['message', 'remedy'] as const
  return node.arguments.flatMap((expression, at) => {
    const kind = kinds[at]
    return kind === undefined ? [] : [{ kind, code: 'USAGE', expression }]
  })
}

/** The texts of a file of the program, in the order in which they stand. */
export function printedTexts(file: SourceFile): readonly PrintedText[] {
  return [...nodesOf(file.ast)]
    .flatMap((node) => foundIn(file, node) ?? usageIn(node))
    .flatMap(({ expression, ...facts }): readonly PrintedText[] => {
      const line = file.ast.getLineAndCharacterOfPosition(expression.getStart(file.ast)).line + 1
      // One word is a name or a value.
      return textsOf(expression).flatMap((text) => (text.includes(' ') ? [{ ...facts, line, text }] : []))
    })
}

/** A file whose texts are printed. */
export const isProgram = ({ path }: SourceFile): boolean => /^(?:packages\/[^/]+|apps\/cli)\/src\//.test(path)
