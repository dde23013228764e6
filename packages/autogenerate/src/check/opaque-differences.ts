import { isMigrateError, type MigrateError } from '@org/migrate-core'
import type { SchemaModel } from '@org/migrate-core/dialect'
import { isOpaque, type ResolvedOptions, type TierGraph } from '@org/migrate-core/internal'
import { opaqueFindings, recordTier } from './files.ts'

/** The revisions with SQL that may have made what a later revision misses in a replay. */
export async function opaqueBefore(error: MigrateError, { dialect }: ResolvedOptions, graphs: readonly TierGraph[]) {
  if (!isMigrateError(error, 'OBJECT_MISSING')) return []
  const recorded = await Promise.all(graphs.map((each) => recordTier(dialect, each)))
  return recorded.flatMap(opaqueFindings).flatMap(({ revisions }) => revisions)
}

/** The last part of the name of an object in a difference: `posts` of `table app.posts: column body is missing`. */
const objectOf = (difference: string): string | undefined =>
  difference
    .split(/: | is missing$| is not expected$/)[0]
    ?.split(/[ .]/)
    .at(-1)
    ?.toLowerCase()

/** The differences of objects that no SQL without declared effects names: it can't have made them. `serial` makes a sequence that no text names. */
export async function withoutNamed(
  { dialect }: ResolvedOptions,
  graphs: readonly TierGraph[],
  revisions: readonly string[],
  differences: readonly string[],
  live: SchemaModel,
): Promise<readonly string[]> {
  const recorded = await Promise.all(graphs.map((each) => recordTier(dialect, each)))
  const operations = recorded.flatMap(({ files }) => revisions.flatMap((id) => files.get(id)?.operations ?? []))
  const texts = operations.flatMap((operation) => {
    if (operation.kind !== 'sql' || !isOpaque(operation)) return []
    return typeof operation.text === 'string' ? [operation.text] : Object.values(operation.text)
  })
  const named = new Set(texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []))
  const owners = new Map(
    [...live.sequences.values()].map(({ ref, ownedBy }) => [ref.name.toLowerCase(), ownedBy?.table.name.toLowerCase()]),
  )
  return differences.filter((difference) => {
    const object = objectOf(difference) ?? ''
    return !named.has(object) && !named.has(owners.get(object) ?? '')
  })
}
