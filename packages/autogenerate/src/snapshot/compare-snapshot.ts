import type { Migrator } from '@org/migrate-core'
import { requireOptions } from '@org/migrate-core/dialect'
import { contextOf, loadParts, type ResolvedOptions } from '@org/migrate-core/internal'
import { makeSnapshotOf, type SnapshotOptions, snapshotChecks } from './make-snapshot.ts'
import { type RecordedRevisions, recordRevisions } from './revisions.ts'
import { readHeader, type SnapshotHeader, statementsIn, unchangedText } from './text.ts'

export interface SnapshotComparison {
  /** It is unedited, and what these revisions make. */
  readonly isCurrent: boolean
  /** How it differs, a line each. */
  readonly differences: readonly string[]
}

/** Why a text can't be that of these revisions, as far as files say it; empty: it is. */
export function staleReasons(
  { dialect }: Pick<ResolvedOptions, 'dialect'>,
  revisions: RecordedRevisions,
  text: string | undefined,
): readonly string[] {
  if (text === undefined) return ['there is no such file']
  const header = readHeader(text)
  if (header === undefined) return ['it is no snapshot']
  const edited = unchangedText(text) === undefined ? ['it was edited'] : []
  return [...edited, ...headerReasons(dialect.name, revisions, header)]
}

const listed = (heads: readonly string[]): string => (heads.length === 0 ? 'base' : heads.join(', '))

function headerReasons(dialect: string, revisions: RecordedRevisions, header: SnapshotHeader): readonly string[] {
  if (header.dialect !== dialect) return [`it is for ${header.dialect}, and this database is ${dialect}`]
  const [own, files] = [listed(header.heads), listed(revisions.heads)]
  if (own !== files) return [`its heads are ${own}, and those of the revisions are ${files}`]
  return header.revisions === revisions.fingerprint ? [] : ['a revision was changed since it was written']
}

/** Whether a text is the snapshot of these revisions. Nothing is connected to. Throws what reading and recording the files throws. */
export async function isCurrentSnapshot(migrator: Migrator, text: string | undefined): Promise<boolean> {
  const resolved = await loadParts(contextOf('isCurrentSnapshot', migrator).resolved)
  return staleReasons(resolved, await recordRevisions(resolved), text).length === 0
}

function surplus(one: readonly string[], other: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const each of other) counts.set(each, (counts.get(each) ?? 0) + 1)
  return one.filter((each) => {
    const count = counts.get(each) ?? 0
    counts.set(each, count - 1)
    return count <= 0
  })
}

const marked = (word: 'missing' | 'not expected', lines: readonly string[]): readonly string[] =>
  lines.map((line) => `${word}: ${line.trim()}`)

/** The statements that differ; of one that both have in another form, its lines. */
function statementDifferences(before: readonly string[], after: readonly string[]): readonly string[] {
  const [removed, added] = [surplus(before, after), [...surplus(after, before)]]
  const lines = removed.flatMap((statement) => {
    const [first, ...rest] = statement.split('\n')
    const at = added.findIndex((each) => rest.length > 0 && each.split('\n')[0] === first)
    const counterpart = added[at]?.split('\n')
    if (counterpart === undefined) return marked('not expected', [statement])
    added.splice(at, 1)
    const own = [first ?? '', ...rest]
    return [
      `in ${first}`,
      ...marked('not expected', surplus(own, counterpart)),
      ...marked('missing', surplus(counterpart, own)),
    ]
  })
  const all = [...lines, ...marked('missing', added)]
  const isReordered = all.length === 0 && before.some((each, at) => each !== after[at])
  return isReordered ? ['the statements have another order'] : all
}

/**
 * Compares the text of a snapshot with the revisions. Where the files show that it is theirs, nothing is connected to; else the snapshot is made
 * again, to show the difference.
 *
 * @param text undefined: there is no file. Throws what `makeSnapshot` throws.
 *
 * ```ts
 * const { isCurrent, differences } = await compareSnapshot(migrator, await readFile('schema.sql', 'utf8'))
 * ```
 */
export async function compareSnapshot(
  migrator: Migrator,
  text: string | undefined,
  options: SnapshotOptions = {},
): Promise<SnapshotComparison> {
  const { resolved: unloaded } = contextOf('compareSnapshot', migrator)
  requireOptions('compareSnapshot', options, snapshotChecks)
  const resolved = await loadParts(unloaded)
  const revisions = await recordRevisions(resolved)
  const reasons = staleReasons(resolved, revisions, text)
  if (reasons.length === 0) return { isCurrent: true, differences: [] }
  if (text === undefined || readHeader(text)?.dialect !== resolved.dialect.name)
    return { isCurrent: false, differences: reasons }
  const { text: current } = (await makeSnapshotOf(migrator, revisions, options)).snapshot
  const unix = text.replaceAll('\r\n', '\n')
  const changed = statementDifferences(statementsIn(unix, resolved.dialect), statementsIn(current, resolved.dialect))
  return { isCurrent: false, differences: [...reasons, ...changed] }
}
