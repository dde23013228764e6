import ts from 'typescript'
import { nodesOf, type Rule, type SourceFile } from '../tree.ts'

const mostLines = 80

/** Functions above 80 lines, by file and name, each with the reason that it is still one function. */
export const longFunctions: { readonly [pathAndName: string]: string } = {
  'packages/dialect-mysql/src/ddl/references.ts referencesIn':
    'one pass over the tokens of a statement; names and scopes belong to one state',
}

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
    return functionsIn(file).flatMap(({ name, lines }) => {
      const isExcused = longFunctions[`${file.path} ${name}`] !== undefined
      if (lines > mostLines)
        return isExcused ? [] : [`${file.path}: ${name} has ${lines} lines; ${mostLines} are enough`]
      return isExcused ? [`${file.path}: ${name} is excused, and short enough`] : []
    })
  })
