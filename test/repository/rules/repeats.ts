import { packageFolder, type Rule, type SourceFile } from '../tree.ts'

/** Fewer lines in a row that are the same in two places are chance: closing brackets, imports, a common call. */
const run = 6
const mostRepeated = 0.04

const lineOf = (text: string): string => text.trim()
/** Lines that say nothing by themselves neither make a run nor break one. */
const counts = (line: string): boolean =>
  /[A-Za-z0-9]/.test(line) && !line.startsWith('import ') && !/^\/?\*/.test(line)

interface Line {
  readonly file: SourceFile
  readonly text: string
}

function linesOf(files: readonly SourceFile[]): readonly Line[][] {
  return files.map((file) =>
    file.text
      .split('\n')
      .map(lineOf)
      .filter(counts)
      .map((text) => ({ file, text })),
  )
}

/** The share of the dialects' lines that stand in a run of the same lines in another dialect too. */
function repeatedShare(homes: ReadonlyMap<string, readonly SourceFile[]>): number {
  const windows = new Map<string, Set<string>>()
  const perHome = [...homes].map(([home, files]) => ({ home, lines: linesOf(files) }))
  const eachWindow = (lines: readonly Line[][], use: (key: string, from: number, file: readonly Line[]) => void) => {
    for (const file of lines) {
      for (let from = 0; from + run <= file.length; from += 1) {
        const key = file
          .slice(from, from + run)
          .map(({ text }) => text)
          .join('\n')
        use(key, from, file)
      }
    }
  }
  for (const { home, lines } of perHome) {
    eachWindow(lines, (key) => {
      windows.set(key, (windows.get(key) ?? new Set()).add(home))
    })
  }
  let all = 0
  let repeated = 0
  for (const { lines } of perHome) {
    const marked = new Set<Line>()
    eachWindow(lines, (key, from, file) => {
      if ((windows.get(key)?.size ?? 0) < 2) return
      for (const line of file.slice(from, from + run)) marked.add(line)
    })
    all += lines.reduce((sum, file) => sum + file.length, 0)
    repeated += marked.size
  }
  return all === 0 ? 0 : repeated / all
}

/** What the dialects have in common belongs into core: each keeps its own words only. */
export const dialectsRepeatLittle: Rule = ({ files }) => {
  const homes = new Map<string, SourceFile[]>()
  for (const file of files.values()) {
    const home = packageFolder(file.path)
    if (!home.startsWith('packages/dialect-') || !file.path.startsWith(`${home}/src/`)) continue
    homes.set(home, [...(homes.get(home) ?? []), file])
  }
  const share = repeatedShare(homes)
  if (share < mostRepeated) return []
  return [
    `${(share * 100).toFixed(1)} % of the dialects' lines stand in another dialect too; ${mostRepeated * 100} % are too many`,
  ]
}
