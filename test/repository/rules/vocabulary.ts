import path from 'node:path'
import ts from 'typescript'
import { foreignNames, genericTypeNames, retiredPhrases, retiredWords } from '../retired-words.ts'
import { locationOf, nameParts, nodesOf, type Rule, type SourceFile } from '../tree.ts'

/** The schema of the original and the schemas of public repositories have names of their own; the list of retired words has them all. */
const foreign =
  /^packages\/schema\/src\/(legacy|revisions|tables|data)\/|^test\/autogenerate\/(real|oracle)\/schemas\/|^test\/repository\/(retired-words|planted\.test)\.ts$/

const insteadOf = new Map(retiredWords.flatMap(({ terms, instead }) => terms.map((word) => [word, instead] as const)))

const retiredIn = (name: string): readonly string[] =>
  foreignNames.has(name)
    ? []
    : nameParts(name).flatMap((word) => {
        const instead = insteadOf.get(word)
        return instead === undefined ? [] : [`${word} in ${name} (${instead})`]
      })

/** Imports and uses repeat a name that is declared elsewhere. */
const isUse = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) ||
  ts.isShorthandPropertyAssignment(node) ||
  ts.isImportSpecifier(node) ||
  ts.isExportSpecifier(node)

/** Sample tables of the tests have columns of any name, and rows with them. */
const isSample = (file: SourceFile, node: ts.Node): boolean =>
  /^(test|bench|examples)\//.test(file.path) &&
  (ts.isPropertyAssignment(node) || ts.isPropertySignature(node) || ts.isMethodDeclaration(node))

function declaredName(node: ts.Node): string | undefined {
  const { name } = node as { readonly name?: ts.Node }
  if (name === undefined || isUse(node)) return undefined
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) ? name.text : undefined
}

/** `long-name` of a text like `-x, --long-name <value>`. */
const flagIn = (node: ts.Node): string | undefined =>
  ts.isStringLiteralLike(node) ? /^(?:-\w, )?--([a-z][a-z-]*)/.exec(node.text)?.[1] : undefined

const isOurs = (file: SourceFile): boolean => !foreign.test(file.path)

/** Identifiers, keys, flags and names of files are words of the glossary. */
export const noRetiredNames: Rule = ({ files }) =>
  [...files.values()].filter(isOurs).flatMap((file) => {
    const stem = path.posix.basename(file.path).replace(/(\.test)?\.\w+$/, '')
    return [
      ...retiredIn(stem).map((what) => `${file.path} is named with ${what}`),
      ...[...nodesOf(file.ast)].flatMap((node) => {
        const name = isSample(file, node) ? undefined : (declaredName(node) ?? flagIn(node))
        return name === undefined ? [] : retiredIn(name).map((what) => `${locationOf(file, node)} has ${what}`)
      }),
    ]
  })

/** An exported type is named by its subject. */
export const noGenericTypeNames: Rule = ({ files }) =>
  [...files.values()].filter(isOurs).flatMap((file) =>
    [...nodesOf(file.ast)].flatMap((node) => {
      if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node) && !ts.isClassDeclaration(node))
        return []
      const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      const name = node.name?.text ?? ''
      return isExported && genericTypeNames.has(name) ? [`${locationOf(file, node)} exports the type ${name}`] : []
    }),
  )

/** Neither comments nor texts nor pages have the phrases that are always retired. */
export const noRetiredPhrases: Rule = ({ files, pages }) =>
  [...[...files.values()].filter(isOurs).map((file) => [file.path, file.text] as const), ...pages].flatMap(
    ([name, text]) =>
      text.split('\n').flatMap((line, at) =>
        retiredPhrases.flatMap(({ phrase, instead }) => {
          const [match] = phrase.exec(line) ?? []
          return match === undefined ? [] : [`${name}:${at + 1} says "${match}" (${instead})`]
        }),
      ),
  )
