import {
  graphsOfFiles,
  type RecordedOperation,
  type ResolvedOptions,
  recordingHash,
  recordUpgrade,
  revisionKey,
  rulesOf,
  sha256,
  type TierGraph,
} from '@org/migrate-core/internal'

/** All revisions of the files, in the order in which an empty database takes them. */
export interface RecordedRevisions {
  readonly graphs: readonly TierGraph[]
  /** `tier:revision` of each head. */
  readonly heads: readonly string[]
  /** Equal for edits that change no operation. */
  readonly fingerprint: string
  readonly operations: readonly RecordedOperation[]
  /** The revision of each of these operations. */
  readonly sources: readonly string[]
  /** Of the operations of each revision, by `revisionKey`. */
  readonly hashes: ReadonlyMap<string, string>
}

/** `tier:revision` of each head. */
export const headsOf = (graphs: readonly TierGraph[]): readonly string[] =>
  graphs.flatMap((each) =>
    rulesOf(each)
      .heads(each)
      .map((head) => revisionKey(each.tier.name, head)),
  )

/** Records every revision. Throws what reading and recording the files throws. */
export async function recordRevisions(resolved: ResolvedOptions): Promise<RecordedRevisions> {
  const graphs = await graphsOfFiles(resolved, { readAll: true })
  const facts: unknown[] = []
  const operations: RecordedOperation[] = []
  const sources: string[] = []
  const hashes = new Map<string, string>()
  for (const each of graphs) {
    for (const revision of rulesOf(each).order(each)) {
      const recording = await recordUpgrade(resolved.dialect, each, revision)
      const hash = recordingHash(recording)
      hashes.set(revisionKey(each.tier.name, revision), hash)
      facts.push([each.tier.name, revision, each.graph.parentsOf(revision), hash])
      for (const operation of recording.operations) {
        operations.push(operation)
        sources.push(revision)
      }
    }
  }
  return {
    graphs,
    heads: headsOf(graphs),
    fingerprint: sha256(JSON.stringify(facts)),
    operations,
    sources,
    hashes,
  }
}

/** What an upgrade of the last tier goes to, so that nothing is left. */
export const everything = (graphs: readonly TierGraph[]): string =>
  graphs.at(-1)?.tier.kind === 'sequential' ? 'head' : 'heads'
