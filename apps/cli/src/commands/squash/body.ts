import { dirname, extname, relative, resolve } from 'node:path'
import {
  type RenderedBody,
  renderBody,
  type SquashContent,
  type SquashRange,
  type SquashStep,
} from '@org/migrate-autogenerate'
import type { RevisionGraph, RevisionHeader } from '@org/migrate-core'

const mark = /op\.sql\(\s*(['"`])squash (\[(?:(?!\1).|\\.)*\])\1,?\s*\)/g
const literal = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`

function importName(revision: string): string {
  return `upgradeOf_${revision.replace(/\W/g, '_')}`
}

/** The specifier of a file, from another one. TypeScript resolves what it is compiled to, as Node resolves the file itself. */
function specifierOf(file: string, from: string): string {
  const path = relative(dirname(from), file).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/**
 * The code of a squashed revision, with the data steps that it keeps: they are imported from the files that they stand in.
 *
 * @param file the path that the squashed revision gets
 */
export function squashBody(
  contents: readonly SquashContent[],
  range: SquashRange,
  graph: RevisionGraph<RevisionHeader>,
  file: string,
): RenderedBody {
  const body = renderBody({ upgrade: new Map(contents.map(({ dialect, changes }) => [dialect, changes])) })
  const imported = new Set<string>()
  const code = body.code.replace(mark, (_all, _quote, json: string) => {
    const [revision, label] = JSON.parse(json.replace(/\\(['\\])/g, '$1')) as [
      SquashStep['revision'],
      SquashStep['label'],
    ]
    imported.add(revision)
    return `keepDataSteps(op, ${importName(revision)}, [${literal(label)}])`
  })
  const imports = [...imported].map((revision) => {
    const specifier = literal(specifierOf(graph.get(revision).source, file))
    return `import { upgrade as ${importName(revision)} } from ${specifier}`
  })
  const fromCore = imported.size === 0 ? [] : ["import { keepDataSteps } from '@org/migrate-core'"]
  const list = range.revisions.map((id) => `  ${literal(id)},`).join('\n')
  return {
    ...body,
    imports: [...fromCore, body.imports, ...imports].join('\n'),
    code: `/** What it replaces, the last one is the end of the range. */\nexport const replaces: readonly string[] = [\n${list}\n]\n\n${code}`,
    summary: [`replaces ${range.revisions.length} revisions: ${range.from}:${range.to}`],
  }
}

const relativeSpecifier = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g
const withoutExtension = (path: string): string => path.slice(0, path.length - extname(path).length)

/** Whether a file imports another one, with its extension, with that of its compiled form, or without any. */
export function importsFile({ file, text }: { readonly file: string; readonly text: string }, other: string): boolean {
  const stem = withoutExtension(other)
  return [...text.matchAll(relativeSpecifier)].some(([, specifier = '']) => {
    const path = resolve(dirname(file), specifier)
    return path === other || path === stem || withoutExtension(path) === stem
  })
}
