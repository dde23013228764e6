import path from 'node:path'
import ts from 'typescript'
import { locationOf, nameParts, nodesOf, type Rule, type SourceFile } from '../tree.ts'

const inPackages = (file: SourceFile): boolean => file.path.startsWith('packages/')
const isTypeScript = (file: SourceFile): boolean => file.path.endsWith('.ts')

export const noAny: Rule = ({ files }) =>
  [...files.values()]
    .filter(isTypeScript)
    .flatMap((file) =>
      [...nodesOf(file.ast)]
        .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
        .map((node) => `${locationOf(file, node)} says any`),
    )

function* tokensOf(node: ts.Node): Generator<ts.Node> {
  if (node.getChildCount() === 0) yield node
  for (const child of node.getChildren()) yield* tokensOf(child)
}

/** The comments of a file that say one of the words, with their lines. What stands in a string is no comment. */
function commentsWith(file: SourceFile, pattern: RegExp): readonly number[] {
  if (!pattern.test(file.text)) return []
  const lines = new Set<number>()
  for (const token of tokensOf(file.ast)) {
    const around = [
      ...(ts.getLeadingCommentRanges(file.text, token.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(file.text, token.getEnd()) ?? []),
    ]
    for (const { pos, end } of around) {
      // What looks like a comment behind a piece of a template belongs to the template.
      const inside = pos >= token.getStart() && pos < token.getEnd()
      if (!inside && pattern.test(file.text.slice(pos, end)))
        lines.add(file.ast.getLineAndCharacterOfPosition(pos).line + 1)
    }
  }
  return [...lines]
}

/** A type test says with @ts-expect-error what must not compile. */
export const noSilencedTypes: Rule = ({ files }) =>
  [...files.values()].flatMap((file) =>
    commentsWith(
      file,
      file.path.startsWith('test/') ? /@ts-(ignore|nocheck)/ : /@ts-(ignore|nocheck|expect-error)/,
    ).map((line) => `${file.path}:${line} silences the type checker`),
  )

export const noPostponedWork: Rule = ({ files }) =>
  [...files.values()].flatMap((file) =>
    commentsWith(file, /\b(TODO|FIXME|XXX|HACK)\b/).map((line) => `${file.path}:${line} postpones something`),
  )

const banned = new Set(['manager', 'helper', 'helpers', 'util', 'utils', 'service'])
const bannedFiles = new Set([...banned, 'common', 'misc'])

type Named = ts.Node & { readonly name: ts.Identifier }
const declares = (node: ts.Node): node is Named =>
  (ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isParameter(node)) &&
  node.name !== undefined &&
  ts.isIdentifier(node.name)

/** A service connection is a term of the glossary. */
const isEmpty = (name: string, vocabulary: ReadonlySet<string>): boolean =>
  nameParts(name).some(
    (word, at, parts) => vocabulary.has(word) && !(word === 'service' && parts[at + 1] === 'connection'),
  )

/** Names that say nothing: what is it that it manages, helps or serves? */
export const noEmptyNames: Rule = ({ files }) =>
  [...files.values()]
    .filter((file) => /^(packages|apps)\//.test(file.path))
    .flatMap((file) => {
      const stem = path.posix.basename(file.path).replace(/\.\w+$/, '')
      const byFile = isEmpty(stem, bannedFiles) ? [`${file.path} is called ${stem}`] : []
      // The names of the original's files and columns are its own.
      if (/^packages\/schema\/src\/(legacy|revisions|tables)\//.test(file.path)) return byFile
      return [
        ...byFile,
        ...[...nodesOf(file.ast)]
          .filter(declares)
          .filter(({ name }) => isEmpty(name.text, banned))
          .map((node) => `${locationOf(file, node)} declares ${node.name.text}`),
      ]
    })

/** Whether an identifier is the global of that name, and not a member or a key that is called so. */
function isGlobal(node: ts.Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return !(
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  )
}

function usesOf(file: SourceFile, name: string): readonly string[] {
  return [...nodesOf(file.ast)].filter((node) => isGlobal(node, name)).map((node) => locationOf(file, node))
}

/** The library returns values and events: only the command line prints. */
export const onlyTheCommandLinePrints: Rule = ({ files }) =>
  [...files.values()]
    .filter(inPackages)
    .flatMap((file) => usesOf(file, 'console').map((location) => `${location} prints`))

/** Facts about the running Node, which change nothing and depend on no input. */
const mayNameProcess: { readonly [path: string]: string } = {
  'apps/cli/src/code-cache.ts': 'the version of Node is part of the name of compiled code',
  'apps/cli/src/host.ts': 'it reads the process for every command',
  'apps/cli/src/main.ts': 'it starts the program in it',
  'apps/cli/src/programs.ts': 'what a shell has started is ended with it only as a group',
  'apps/cli/src/start.ts': 'whether the code of this Node is cached',
  'packages/core/src/files/hold-file.ts': 'who waits for a file is told the number of the process that has it',
  'packages/core/src/files/import/compile.ts': 'the version of Node is part of the key of compiled revisions',
  'packages/core/src/run/backup/run-program.ts':
    'a program has the environment of this process, and ends with it as a group',
  'packages/dialect-sqlite/src/connection/drivers/runtime.ts':
    'which driver fits this Node, and which copy the program itself has',
  'packages/dialect-sqlite/src/connection/drivers/node-sqlite.ts': 'the SQLite of this Node is had from it',
  'packages/dialect-sqlite/src/shadow/empty-database.ts':
    'what a killed process has left is known by the number of that process',
  'packages/dialect-sqlite/src/connection/lock.ts':
    'who waits for a lock is told the number of the process that has it',
}

/** The library reads nothing of the process, and the command line in two files: commands take what they read from the host. */
export const onlyTheHostReadsProcess: Rule = ({ files }) =>
  [...files.values()]
    .filter((file) => inPackages(file) || file.path.startsWith('apps/cli/src/'))
    .filter((file) => mayNameProcess[file.path] === undefined)
    .flatMap((file) => [
      ...usesOf(file, 'process').map((location) => `${location} uses process`),
      ...file.imports
        .filter(({ specifier }) => /^(node:)?(process|readline|tty)\b/.test(specifier))
        .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`),
    ])

const ddl =
  /^\s*((CREATE|ALTER|DROP|RENAME|TRUNCATE|REINDEX|VACUUM|ANALYZE|PRAGMA|ATTACH|DETACH|COMMENT|SAVEPOINT|RELEASE)\s|(BEGIN|START|COMMIT|END|ROLLBACK|VACUUM|ANALYZE|REINDEX)\s*(TRANSACTION|WORK|;|$))/

/** The chain is written in typed operations: what they cannot say is a gap of the kernel. */
export const theChainIsTyped: Rule = ({ files }) =>
  [...files.values()]
    .filter((file) => /^packages\/schema\/src\/(legacy|revisions|data)\//.test(file.path))
    .flatMap((file) =>
      [...nodesOf(file.ast)].flatMap((node) => {
        if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
          if (node.expression.name.text === 'sql')
            return [`${locationOf(file, node)} calls ${node.expression.getText(file.ast)}`]
        }
        if (ts.isTaggedTemplateExpression(node)) return [`${locationOf(file, node)} writes a tagged template`]
        const text = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : ''
        return ddl.test(text)
          ? [`${locationOf(file, node)} writes DDL or transaction control: ${text.slice(0, 40)}`]
          : []
      }),
    )
