import { basename, extname } from 'node:path'
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

/** The code of a squashed revision, with the data steps that it keeps: they are imported from the files that they stand in. */
export function squashBody(
  contents: readonly SquashContent[],
  range: SquashRange,
  graph: RevisionGraph<RevisionHeader>,
): RenderedBody {
  const body = renderBody({ upgrade: new Map(contents.map(({ dialect, changes }) => [dialect, changes])) })
  const kept = new Set<string>()
  const code = body.code.replace(mark, (_all, _quote, json: string) => {
    const [revision, label] = JSON.parse(json.replace(/\\(['\\])/g, '$1')) as [
      SquashStep['revision'],
      SquashStep['label'],
    ]
    kept.add(revision)
    return `keepDataSteps(op, ${importName(revision)}, [${literal(label)}])`
  })
  const imports = [...kept].map((revision) => {
    const file = basename(graph.get(revision).source)
    // TypeScript resolves what a file is compiled to, as Node resolves the file itself.
    return `import { upgrade as ${importName(revision)} } from './${file}'`
  })
  const fromCore = kept.size === 0 ? [] : ["import { keepDataSteps } from '@org/migrate-core'"]
  const list = range.revisions.map((id) => `  ${literal(id)},`).join('\n')
  return {
    ...body,
    imports: [...fromCore, body.imports, ...imports].join('\n'),
    code: `/** What it replaces, the last one is the end of the range. */\nexport const replaces: readonly string[] = [\n${list}\n]\n\n${code}`,
    summary: [`replaces ${range.revisions.length} revisions: ${range.from}:${range.to}`],
  }
}

/** Whether the text of a squashed revision imports a file. */
export const importsFile = (text: string, file: string): boolean =>
  text.includes(`'./${basename(file)}'`) || text.includes(`'./${basename(file, extname(file))}'`)
