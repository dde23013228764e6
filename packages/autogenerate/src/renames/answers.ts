import { MigrateError } from '@org/migrate-core'
import { someOf } from '@org/migrate-core/dialect'

/** What may have got another name. */
export type RenameKind = 'table' | 'view' | 'sequence' | 'column' | 'enum' | 'enum value'

/** Something new, and what is gone and could be it. */
export interface RenameQuestion {
  readonly kind: RenameKind
  /** The table of a column, the enum of a value: by its new name. */
  readonly of?: string
  /** The name of what is new. */
  readonly to: string
  /** The names of what is gone, the likeliest first. */
  readonly from: readonly string[]
}

/** The name that it had, or `null`: it is new, and what is gone is gone. */
export type RenameAnswer = string | null

interface RenamePair {
  readonly from: string
  readonly to: string
}

interface RenamedAnswer extends RenamePair {
  /** What the same text means where names have colons: `e.a:b:c` is also `e.a` to `b:c`. */
  readonly or?: readonly RenamePair[]
}

export interface RenameAnswers {
  /** `users.mail` to `email`; a table, view, sequence or enum by its name, with its schema where it has one: `app.users`. */
  readonly renamed?: readonly RenamedAnswer[]
  /** What is gone for good, and was not renamed. */
  readonly dropped?: readonly string[]
  /** Nothing was renamed. */
  readonly none?: boolean
  /** Asks a person or a program; undefined from it: no answer. */
  readonly ask?: (question: RenameQuestion) => Promise<RenameAnswer | undefined> | RenameAnswer | undefined
}

/** A pair without an answer, as the flags for an answer would name it. */
export interface RenameCandidate {
  readonly kind: RenameKind
  readonly from: string
  readonly to: string
}

/** Everything that is gone or new, by the labels that answers use. */
export interface RenameLabels {
  /** With what is shown of each. */
  readonly removed: ReadonlyMap<string, string>
  readonly added: ReadonlySet<string>
}

/** What was said, and which of it has been of use. */
export interface AnswerBook {
  /** What an answer for one of these means; the answer counts as used where it means something. */
  readonly renamedFrom: <T>(labels: readonly string[], targetOf: (to: string) => T | undefined) => T | undefined
  /** Whether an answer says that one of these has another name now. */
  readonly isRenamed: (labels: readonly string[]) => boolean
  readonly isDropped: (labels: readonly string[]) => boolean
  readonly none: boolean
  readonly ask: NonNullable<RenameAnswers['ask']>
  /** Throws INVALID_OPTION for an answer that was of no use. */
  readonly close: (labels: RenameLabels) => void
}

/** The text of a rename, and what it may mean. */
interface Reading {
  readonly text: string
  readonly pairs: readonly RenamePair[]
  used?: RenamePair
}

const readingOf = ({ or = [], ...pair }: RenamedAnswer): Reading => ({
  text: `${pair.from}:${pair.to}`,
  pairs: [pair, ...or],
})

const nameBoth = 'Name something that is gone and something that is new, as `--dry-run` shows them.'

function invalid(why: string, hint: string, remedy: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'renames', why }, `The answer ${why}.${hint}`, { remedy })
}

/** Marks what the answer means. Throws INVALID_OPTION where it means another rename as well. */
function use(reading: Reading, pair: RenamePair): void {
  const { text, used = pair } = reading
  reading.used = used
  if (used === pair) return
  const meanings = [used, pair].map(({ from, to }) => `${from} to ${to}`).join(', and ')
  const hint = ' A function in `autogenerate.renames` of the configuration tells them apart.'
  throw invalid(`${text} means two renames: ${meanings}`, hint, nameBoth)
}

export function openAnswers(answers: RenameAnswers): AnswerBook {
  const readings = (answers.renamed ?? []).map(readingOf)
  const dropped = new Set(answers.dropped)
  const unusedDrops = new Set(dropped)
  return {
    renamedFrom(labels, targetOf) {
      for (const label of labels)
        for (const reading of readings)
          for (const pair of reading.pairs) {
            const target = pair.from === label ? targetOf(pair.to) : undefined
            if (target === undefined) continue
            use(reading, pair)
            return target
          }
      return undefined
    },
    isRenamed: (labels) => readings.some(({ pairs }) => pairs.some(({ from }) => labels.includes(from))),
    isDropped(labels) {
      const label = labels.find((each) => dropped.has(each))
      return label !== undefined && (unusedDrops.delete(label) || true)
    },
    none: answers.none ?? false,
    ask: answers.ask ?? (() => undefined),
    close({ removed, added }) {
      const unused = readings.find(({ used }) => used === undefined)
      const [drop] = unusedDrops
      const pair = unused && (unused.pairs.find(({ from }) => removed.has(from)) ?? unused.pairs[0])
      const answer = pair?.from ?? drop
      if (answer === undefined) return
      const what = unused?.text ?? answer
      const isRemoved = removed.has(answer)
      // The changes say it already.
      const isNeedless = isRemoved && pair === undefined
      const why = isNeedless
        ? `${what} is not needed: ${answer} is gone, and nothing new could be it under another name`
        : isRemoved
          ? `${what} fits nothing: ${answer} is gone, and nothing new is called ${pair?.to}`
          : `${what} fits nothing: ${answer} is not gone`
      const candidates = [...new Set([...removed.values(), ...added])].sort()
      const hint = isNeedless || candidates.length === 0 ? '' : ` Gone or new are ${someOf(candidates)}.`
      const remedy = isNeedless ? `Leave the answer for ${answer} out.` : nameBoth
      throw invalid(why, hint, remedy)
    },
  }
}
