import type { Statement } from '../../compile/statement.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { checksum } from '../../model/canonical.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import type { RecordedInverse } from '../bookkeeping/history.ts'
import type { JournalPart, OpenStep } from './entries.ts'
import { settleOpen } from './settle-open.ts'

/** What was done of a step before this run, and where this run goes on. */
export interface Resumed {
  readonly startedAt: string
  /** How many of the recorded operations are done. */
  readonly operations: number
  /** The number of the next part. */
  readonly next: number
  readonly effective: readonly RecordedInverse[]
  /** The rest of an operation of several statements, as it was compiled when it was begun. */
  readonly rest?: {
    readonly part: JournalPart
    readonly statements: readonly Statement[]
    /** It is not known whether the first of them has run: that it exists (or is gone) already means that it has. */
    readonly uncertain: boolean
  }
  /** Parts whose rows say what is not true any more: nothing of them stands. */
  readonly void: readonly number[]
}

/** For each number of operations, from none on, the hash of so many of them. */
export function prefixHashes(operations: readonly RecordedOperation[]): readonly string[] {
  const hashes = ['']
  for (const { operation } of operations) hashes.push(checksum([hashes.at(-1), operation]))
  return hashes
}

function edited(open: OpenStep, part: JournalPart): MigrateError {
  const why = `its first ${part.until} operations are others than those that ran at ${open.startedAt}`
  return new MigrateError(
    'HALF_APPLIED',
    { revision: open.revision, why },
    `Revision ${open.revision} was edited after a part of it had been applied: ${why}.`,
  )
}

function undecided(open: OpenStep, part: JournalPart, why: string): MigrateError {
  const sql = part.statements[part.done]?.sql ?? ''
  return new MigrateError(
    'HALF_APPLIED',
    { revision: open.revision, why },
    `Revision ${open.revision} stopped in the middle of a statement, and it cannot be seen whether it ran (${why}): ${sql}`,
    { remedy: 'Look at the database; finish the revision by hand, then stamp it.', location: { sql } },
  )
}

/**
 * Where a step that was begun goes on: what is done is not done again, what was begun is settled by the tables as they stand.
 *
 * Throws HALF_APPLIED where a part that ran was edited since, or where nothing tells whether a statement ran.
 */
export function resume(
  dialect: Dialect,
  live: SchemaModel,
  recorded: readonly RecordedOperation[],
  open: OpenStep,
): Resumed {
  const effective: RecordedInverse[] = []
  const untrue: number[] = []
  let operations = 0
  let rest: Resumed['rest']
  const hashes = prefixHashes(recorded)
  for (const part of open.parts) {
    const same = hashes[part.until] === part.hash
    const stands = part.state === 'done' || part.done > 0
    if (!stands && part.state === 'failed') {
      untrue.push(part.position)
      continue
    }
    if (!same) throw edited(open, part)
    if (part.state !== 'done') {
      const [only] = part.effective
      const counted = part.statements.filter((each) => !each.preparatory && each.expectEmpty === undefined).length
      if (part.done === 0 && part.effective.length === 1 && only !== undefined && counted === 1) {
        const settled = settleOpen(dialect, live, only.operation)
        if (typeof settled === 'object') throw undecided(open, part, settled.unknown)
        if (settled === 'not applied') {
          untrue.push(part.position)
          continue
        }
      } else {
        rest = { part, statements: part.statements.slice(part.done), uncertain: part.state === 'begun' }
      }
    }
    operations = part.until
    effective.push(...part.effective)
  }
  const next = Math.max(-1, ...open.parts.map((part) => part.position)) + 1
  return {
    startedAt: open.startedAt,
    operations,
    next,
    effective,
    void: untrue,
    ...(rest === undefined ? {} : { rest }),
  }
}
