import { isMigrateError } from '@org/migrate-core'
import { caseSeed, onlyCase, runSeed } from '../../../kit/random.ts'
import { rates } from '../rebuild-properties/features.ts'
import { type CaseOptions, type Migrate, runCase, temporaryFolder } from '../rebuild-properties/run-case.ts'
import { fold, nameOf, tokenise } from '../rebuild-properties/sql-text.ts'

/** With the names of tables as SQLite writes them when it renames one: quoted, and behind REFERENCES in the table's own case. */
function spelled(text: string): string {
  const { tokens } = tokenise(text)
  let result = ''
  let at = 0
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1]?.text.toUpperCase()
    if (previous !== 'REFERENCES' && !(previous === 'TABLE' && index === 2)) continue
    const name = nameOf(token)
    const quoted = `"${(index === 2 ? name : fold(name)).replaceAll('"', '""')}"`
    const space = (neighbour: string): string => (/\s/.test(neighbour) ? '' : ' ')
    result += `${text.slice(at, token.start)}${space(text.charAt(token.start - 1))}${quoted}${space(text.charAt(token.end))}`
    at = token.end
  }
  return result + text.slice(at)
}

/** What random cases came to. */
export interface RandomFamilies {
  readonly lines: readonly string[]
  readonly missing: readonly string[]
  readonly failures: readonly string[]
  readonly rebuilds: number
  /** Cases that were refused, by why. */
  readonly refused: ReadonlyMap<string, number>
  readonly seed: number
}

/** The cases that a rebuild with foreign keys on is refused for, before anything is changed. */
function whyRefused(error: unknown): string | undefined {
  if (!isMigrateError(error)) return undefined
  if (error.code === 'UNSUPPORTED' && error.message.includes('in a circle')) return 'circle'
  return error.code === 'BLOCKING_ROWS' && error.message.includes('that refer to a row that does not exist')
    ? 'rows that point nowhere'
    : undefined
}

/** The random cases of the usual rebuild, run with foreign keys that stay on, until so many copied the table or `most` failed. */
export async function runFamilies(count: number, run: Migrate, most = 5): Promise<RandomFamilies> {
  const seed = runSeed()
  const only = onlyCase()
  const folder = temporaryFolder()
  const tally = rates()
  const failures: string[] = []
  const refused = new Map<string, number>()
  const options: CaseOptions = {
    run,
    spelled,
    isRefused(error) {
      const why = whyRefused(error)
      if (why !== undefined) refused.set(why, (refused.get(why) ?? 0) + 1)
      return why !== undefined
    },
  }
  let rebuilds = 0
  const last = only ?? count * 3
  try {
    for (let at = only ?? 0; rebuilds < count && at <= last && failures.length < most; at++) {
      const result = await runCase(caseSeed(seed, at), `${folder.path}/case.db`, options)
      if (result.rebuilt) {
        rebuilds++
        tally.count(result.features)
      }
      if (result.failure !== undefined) failures.push(`TEST_SEED=${seed} TEST_CASE=${at}\n${result.failure}`)
    }
  } finally {
    folder.remove()
  }
  return { lines: tally.lines(), missing: tally.missing(), failures, rebuilds, refused, seed }
}
