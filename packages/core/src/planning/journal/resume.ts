import { inEachFormat } from '../../bookkeeping/format.ts'
import type { RecordedInverse } from '../../bookkeeping/history.ts'
import type { InterruptedStep, JournalPart } from '../../bookkeeping/journal-entries.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { CatalogNames } from '../../dialect/introspection.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { checksum } from '../../model/canonical.ts'
import { present } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { describe } from '../../operations/table.ts'
import type { Statement } from '../../sql/statement.ts'
import type { CurrentFingerprints } from './fingerprint.ts'
import { recoverOperation } from './recover-operation.ts'

/** What was done of a step before this run, and where this run resumes. */
export interface ResumeState {
  readonly startedAt: string
  /** How many of the recorded operations are done. */
  readonly operations: number
  /** The number of the next part. */
  readonly next: number
  readonly resolvedOperations: readonly RecordedInverse[]
  /** The columns of all tables before the step. Absent: the journal does not have them. */
  readonly columnsBefore?: CatalogNames['columns']
  /** For people: what was found of each statement of which only the beginning had been written down. */
  readonly recovered: readonly string[]
  /** The rest of an operation of several statements, as it was compiled when it was begun. */
  readonly rest?: {
    readonly part: JournalPart
    readonly statements: readonly Statement[]
    /** It is not known whether the first of them has run: that it exists (or is gone) already means that it has. */
    readonly uncertain: boolean
  }
  /** Parts whose rows do not say what was found of them: so many of their statements ran; none: nothing of them stands. */
  readonly corrections: readonly Pick<JournalPart, 'position' | 'done'>[]
}

const decisionTexts: { readonly [D in RecoveryDecision]: string } = {
  applied: 'it had run',
  'not applied': 'it had not run',
  'run again': 'what is left of it runs',
}

/** Of a single statement nothing is left over: the schema stands as it did before it. */
const rerunText = 'nothing of it is to be seen, and it runs again'

/** For each number of operations, from none on, the hash of so many of them. */
export function prefixHashes(operations: readonly RecordedOperation[]): readonly string[] {
  const hashes = ['']
  for (const { operation } of operations) hashes.push(checksum([hashes.at(-1), operation]))
  return hashes
}

function editedError(interrupted: InterruptedStep, part: JournalPart): MigrateError {
  const why = `${part.until === 1 ? 'its first operation is not the one' : `its first ${part.until} operations are not those`} that ran at ${interrupted.startedAt}`
  const last = interrupted.parts
    .filter(({ state, done }) => state !== 'failed' || done > 0)
    .flatMap(({ resolvedOperations }) => resolvedOperations)
    .at(-1)
  const end =
    last === undefined ? '' : ` The last that ran is \`${describe(last.operation)}\`: edit only what comes after it.`
  return new MigrateError(
    'REVISION_INTERRUPTED',
    { revision: interrupted.revision, why },
    `Revision ${interrupted.revision} was edited after a part of it had been applied: ${why}.${end}`,
  )
}

/** The number of the statement of a part that is next to change something: a check before it changes nothing. */
const nextChange = (part: JournalPart): number =>
  part.statements.findIndex(({ expectEmpty }, at) => at >= part.done && expectEmpty === undefined)

export function undecidedError(
  interrupted: Pick<InterruptedStep, 'revision'>,
  part: JournalPart,
  why: string,
): MigrateError {
  const sql = part.statements[nextChange(part)]?.sql ?? ''
  const number = part.position
  return new MigrateError(
    'REVISION_INTERRUPTED',
    { revision: interrupted.revision, why, part: number },
    `Revision ${interrupted.revision} stopped in the middle of part ${number}, and it cannot be seen whether it ran (${why}): ${sql}`,
    {
      remedy: `Inspect the database: if it ran, use \`migrate resume --assume-applied ${number}\`, else \`migrate resume --assume-not-applied ${number}\`.`,
      location: { sql },
    },
  )
}

/** It is one operation of one statement, besides checks: whole or not at all, so that the tables may tell whether it ran. */
export const isSingle = ({ resolvedOperations, statements }: JournalPart): boolean =>
  resolvedOperations.length === 1 && statements.filter(({ expectEmpty }) => expectEmpty === undefined).length === 1

/** What is known of a database besides its tables when a step is resumed. */
export interface RecoveryEvidence {
  /** Of the objects that parts may have changed, as they are now. */
  readonly fingerprints?: CurrentFingerprints
  /** What a person says of a part. */
  readonly assume?: { readonly part: number; readonly applied: boolean }
}

type RecoveryDecision = 'applied' | 'not applied' | 'run again'

/** Whether the one statement of a part, which was about to run, has run. Throws REVISION_INTERRUPTED where nothing tells. */
export function decide(
  dialect: Dialect,
  live: SchemaModel,
  interrupted: InterruptedStep,
  part: JournalPart,
  evidence: RecoveryEvidence,
): RecoveryDecision {
  const { assume, fingerprints } = evidence
  if (assume?.part === part.position) return assume.applied ? 'applied' : 'not applied'
  const [only] = part.resolvedOperations
  if (only === undefined) return 'not applied'
  const state = recoverOperation(dialect, live, only.operation)
  if (typeof state === 'string') return state
  // The schema stands as it did: if it creates something that introspection does not show, the server reports that it exists.
  if (part.fingerprint !== undefined && part.fingerprint === fingerprints?.get(part)) return 'run again'
  throw undecidedError(
    interrupted,
    part,
    part.fingerprint === undefined ? state.unknown : 'the schema is another than before it',
  )
}

/**
 * Where an interrupted step resumes: what is done is not repeated, what was started is decided by the current tables.
 *
 * Throws REVISION_INTERRUPTED where a part that ran was edited since, or where nothing tells whether a statement ran.
 */
export function resume(
  dialect: Dialect,
  live: SchemaModel,
  recorded: readonly RecordedOperation[],
  interrupted: InterruptedStep,
  evidence: RecoveryEvidence,
): ResumeState {
  const recovered: string[] = []
  const resolvedOperations: RecordedInverse[] = []
  const corrections: Pick<JournalPart, 'position' | 'done'>[] = []
  let operations = 0
  let rest: ResumeState['rest']
  const hashes = inEachFormat(recorded).map(prefixHashes)
  for (const part of interrupted.parts) {
    const same = hashes.some((each) => each[part.until] === part.hash)
    const isApplied = part.state === 'finished' || part.done > 0
    // The server refused it; a person may have done it by hand since.
    if (!isApplied && part.state === 'failed' && evidence.assume?.part !== part.position) {
      corrections.push({ position: part.position, done: 0 })
      continue
    }
    if (!same) throw editedError(interrupted, part)
    if (part.state !== 'finished') {
      const single = part.done === 0 && isSingle(part)
      const decided = single ? decide(dialect, live, interrupted, part, evidence) : 'run again'
      const how = single && decided === 'run again' ? rerunText : decisionTexts[decided]
      recovered.push(`${part.resolvedOperations.map((each) => describe(each.operation)).join('; ')}: ${how}`)
      // What the tables show of it now may be gone after the next part: it could not be decided once more.
      if (decided !== 'run again')
        corrections.push({ position: part.position, done: decided === 'applied' ? part.statements.length : 0 })
      if (decided === 'not applied') continue
      if (decided === 'run again') {
        const assumed = evidence.assume?.part === part.position ? evidence.assume : undefined
        const done = assumed?.applied === true ? nextChange(part) + 1 : part.done
        const uncertain = assumed === undefined && part.state === 'started'
        rest = { part: { ...part, done }, statements: part.statements.slice(done), uncertain }
      }
    }
    operations = part.until
    for (const each of part.resolvedOperations) resolvedOperations.push(each)
  }
  const next = interrupted.parts.reduce((last, part) => Math.max(last, part.position), -1) + 1
  const columnsBefore = interrupted.parts.find((part) => part.columnsBefore !== undefined)?.columnsBefore
  return {
    startedAt: interrupted.startedAt,
    operations,
    next,
    resolvedOperations,
    recovered,
    corrections,
    ...present({ columnsBefore, rest }),
  }
}
