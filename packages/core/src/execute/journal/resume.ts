import type { Statement } from '../../compile/statement.ts'
import type { CatalogNames } from '../../dialect/catalog.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { checksum } from '../../model/canonical.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { describe } from '../../operations/table.ts'
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
  /** The columns of all tables before the step. Absent: the journal does not have them. */
  readonly columnsBefore?: CatalogNames['columns']
  /** For people: what was found of each statement of which only the beginning had been written down. */
  readonly found: readonly string[]
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

const words: { readonly [D in Decided]: string } = {
  applied: 'it had run',
  'not applied': 'it had not run',
  'run again': 'what is left of it runs',
}

/** Of a single statement nothing is left over: the schema stands as it did before it. */
const wholeAgain = 'nothing of it is to be seen, and it runs again'

/** For each number of operations, from none on, the hash of so many of them. */
export function prefixHashes(operations: readonly RecordedOperation[]): readonly string[] {
  const hashes = ['']
  for (const { operation } of operations) hashes.push(checksum([hashes.at(-1), operation]))
  return hashes
}

function edited(open: OpenStep, part: JournalPart): MigrateError {
  const why = `${part.until === 1 ? 'its first operation is not the one' : `its first ${part.until} operations are not those`} that ran at ${open.startedAt}`
  return new MigrateError(
    'REVISION_INTERRUPTED',
    { revision: open.revision, why },
    `Revision ${open.revision} was edited after a part of it had been applied: ${why}.`,
  )
}

export function undecided(open: Pick<OpenStep, 'revision'>, part: JournalPart, why: string): MigrateError {
  const sql = part.statements[part.done]?.sql ?? ''
  const number = part.position
  return new MigrateError(
    'REVISION_INTERRUPTED',
    { revision: open.revision, why, part: number },
    `Revision ${open.revision} stopped in the middle of part ${number}, and it cannot be seen whether it ran (${why}): ${sql}`,
    {
      remedy: `Look at the database: where it ran, \`migrate resume --assume-applied ${number}\`, else \`migrate resume --assume-not-applied ${number}\`.`,
      location: { sql },
    },
  )
}

/** What is known of a database beside its tables when a step is gone on with. */
export interface Findings {
  /** Of the schema as it stands now. */
  readonly fingerprint?: string
  /** What a person says of a part. */
  readonly assume?: { readonly part: number; readonly applied: boolean }
}

export type Decided = 'applied' | 'not applied' | 'run again'

/** Whether the one statement of a part, which was about to run, has run. Throws REVISION_INTERRUPTED where nothing tells. */
export function decide(
  dialect: Dialect,
  live: SchemaModel,
  open: OpenStep,
  part: JournalPart,
  findings: Findings,
): Decided {
  const { assume, fingerprint } = findings
  if (assume?.part === part.position) return assume.applied ? 'applied' : 'not applied'
  const [only] = part.effective
  if (only === undefined) return 'not applied'
  const settled = settleOpen(dialect, live, only.operation)
  if (typeof settled === 'string') return settled
  // The schema stands as it did: where it makes what nobody can see here, the server will say that it exists.
  if (part.fingerprint !== undefined && part.fingerprint === fingerprint) return 'run again'
  throw undecided(open, part, part.fingerprint === undefined ? settled.unknown : 'the schema is another than before it')
}

/**
 * Where a step that was begun goes on: what is done is not done again, what was begun is settled by the tables as they stand.
 *
 * Throws REVISION_INTERRUPTED where a part that ran was edited since, or where nothing tells whether a statement ran.
 */
export function resume(
  dialect: Dialect,
  live: SchemaModel,
  recorded: readonly RecordedOperation[],
  open: OpenStep,
  findings: Findings,
): Resumed {
  const found: string[] = []
  const effective: RecordedInverse[] = []
  const untrue: number[] = []
  let operations = 0
  let rest: Resumed['rest']
  const hashes = prefixHashes(recorded)
  for (const part of open.parts) {
    const same = hashes[part.until] === part.hash
    const stands = part.state === 'done' || part.done > 0
    // The server refused it; a person may have done it by hand since.
    if (!stands && part.state === 'failed' && findings.assume?.part !== part.position) {
      untrue.push(part.position)
      continue
    }
    if (!same) throw edited(open, part)
    if (part.state !== 'done') {
      const counted = part.statements.filter((each) => !each.preparatory && each.expectEmpty === undefined).length
      const single = part.done === 0 && part.effective.length === 1 && counted === 1
      const decided = single ? decide(dialect, live, open, part, findings) : 'run again'
      const how = single && decided === 'run again' ? wholeAgain : words[decided]
      found.push(`${part.effective.map((each) => describe(each.operation)).join('; ')}: ${how}`)
      if (decided === 'not applied') {
        untrue.push(part.position)
        continue
      }
      if (decided === 'run again') {
        const known = findings.assume?.part === part.position ? findings.assume : undefined
        const done = part.done + (known?.applied === true ? 1 : 0)
        const uncertain = known === undefined && part.state === 'begun'
        rest = { part: { ...part, done }, statements: part.statements.slice(done), uncertain }
      }
    }
    operations = part.until
    effective.push(...part.effective)
  }
  const next = Math.max(-1, ...open.parts.map((part) => part.position)) + 1
  const columnsBefore = open.parts.find((part) => part.columnsBefore !== undefined)?.columnsBefore
  return {
    startedAt: open.startedAt,
    operations,
    next,
    effective,
    found,
    void: untrue,
    ...(columnsBefore === undefined ? {} : { columnsBefore }),
    ...(rest === undefined ? {} : { rest }),
  }
}
