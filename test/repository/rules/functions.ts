import ts from 'typescript'
import { nodesOf, type Rule, type SourceFile } from '../tree.ts'

const mostLines = 80

interface Measured {
  readonly name: string
  readonly lines: number
}

const nameOf = (node: ts.SignatureDeclaration): string => {
  if (node.name !== undefined) return node.name.getText()
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'a function'
}

/** The lines of each function, those of the functions in it included. */
function functionsIn({ ast }: SourceFile): readonly Measured[] {
  const lineOf = (position: number): number => ast.getLineAndCharacterOfPosition(position).line
  return [...nodesOf(ast)].flatMap((node) =>
    ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
      ? [{ name: nameOf(node), lines: lineOf(node.end) - lineOf(node.getStart(ast)) + 1 }]
      : [],
  )
}

export const functionsStaySmall: Rule = ({ files }) =>
  [...files.values()].flatMap((file) => {
    if (!/^(packages|apps)\/[^/]+\/src\//.test(file.path)) return []
    return functionsIn(file)
      .filter(({ lines }) => lines > mostLines)
      .map(({ name, lines }) => `${file.path}: ${name} has ${lines} lines; ${mostLines} are enough`)
  })
