import { isMigrateError, MigrateError, type Migrator, type Tier } from '@org/migrate-core'
import { isRecord, requireArguments, type UnloadedDialect } from '@org/migrate-core/dialect'
import { contextOf, ownTables, withDialectSession } from '@org/migrate-core/internal'
import { useDatabaseOf } from '../sources/use-database.ts'
import { readSnapshot, rowChanges, type Snapshot, schemaChanges } from '../stairway/snapshot.ts'
import type { SquashRange } from './range.ts'

/** What is compared, each on an empty database of its own. */
export interface SquashProof {
  /** Knows the range. */
  readonly original: Migrator
  /** Knows the squashed revision. */
  readonly squashed: Migrator
  readonly tier: Tier['name']
  readonly range: SquashRange
  readonly revision: string
  readonly signal?: AbortSignal
}

interface Walk {
  readonly above: Snapshot
  /** After the downgrade, or why there is none. */
  readonly reverted: Snapshot | string
}

interface Ends {
  readonly base: string
  readonly head: string
}

/** Up to the range, to its head, and down below it. */
async function walk(
  migrator: Migrator,
  empty: UnloadedDialect,
  { tier, range: { parents }, signal }: SquashProof,
  { base, head }: Ends,
): Promise<Walk> {
  const own = contextOf('proveSquash', migrator).onDatabase(empty, {})
  const names = new Set(ownTables(contextOf('proveSquash', own).resolved).map(({ ref }) => ref.name))
  const options = { tier, allowDataLoss: true, ...(signal === undefined ? {} : { signal }) }
  const connecting = { purpose: 'run', ...(signal === undefined ? {} : { signal }) } as const
  return withDialectSession(empty, connecting, async (session, server) => {
    const dialect = await server.load()
    const read = () => readSnapshot(dialect, session, names)
    for (const parent of parents) await own.upgrade(parent, options)
    await own.upgrade(head, options)
    const above = await read()
    try {
      await own.downgrade(`${base}@${parents[0] ?? 'base'}`, options)
    } catch (error) {
      if (!isMigrateError(error, 'IRREVERSIBLE')) throw error
      return { above, reverted: error.message }
    }
    return { above, reverted: await read() }
  })
}

const differences = (when: string, expected: Snapshot, actual: Snapshot): readonly string[] =>
  [...schemaChanges(expected, actual), ...rowChanges(expected, actual, new Set())].map((line) => `${when}: ${line}`)

function compare(range: Walk, squash: Walk): readonly string[] {
  const up = differences('after the upgrade', range.above, squash.above)
  if (typeof range.reverted === 'string') return up
  if (typeof squash.reverted === 'string')
    return [...up, `the range has a downgrade, and none can be derived for it squashed: ${squash.reverted}`]
  return [...up, ...differences('after the downgrade', range.reverted, squash.reverted)]
}

/**
 * Proves on two shadow databases that a squashed revision makes what its range makes, and takes it back alike.
 *
 * @returns why there was no downgrade of the range to compare; undefined where both were equal
 *
 * Throws SQUASH_UNEQUAL with each difference, SHADOW_REFUSED, and what the revisions throw.
 */
export async function proveSquash(proof: SquashProof): Promise<string | undefined> {
  requireArguments('proveSquash', { proof }, { proof: isRecord })
  const { original, squashed, range, revision, signal } = proof
  const { dialect } = contextOf('proveSquash', original).resolved
  const useDatabase = useDatabaseOf(dialect, 'The squashed revision cannot be proven')
  const waiting = signal === undefined ? {} : { signal }
  const before = await useDatabase(
    ({ dialect: empty }) => walk(original, empty, proof, { base: range.from, head: range.to }),
    waiting,
  )
  const unequal = (lines: readonly string[], cause?: unknown): MigrateError<'SQUASH_UNEQUAL'> =>
    new MigrateError(
      'SQUASH_UNEQUAL',
      { revision, dialect: dialect.name, differences: lines },
      [`${range.from}:${range.to} and the squashed revision are not equal on ${dialect.name}:`, ...lines].join('\n  '),
      { cause },
    )
  let after: Walk
  try {
    after = await useDatabase(
      ({ dialect: empty }) => walk(squashed, empty, proof, { base: revision, head: revision }),
      waiting,
    )
  } catch (error) {
    if (!isMigrateError(error) || ['ABORTED', 'SHADOW_REFUSED', 'DATABASE_UNREACHABLE'].includes(error.code))
      throw error
    throw unequal([`the squashed revision fails: ${error.message}`], error)
  }
  const lines = compare(before, after)
  if (lines.length > 0) throw unequal(lines)
  return typeof before.reverted === 'string' ? before.reverted : undefined
}
