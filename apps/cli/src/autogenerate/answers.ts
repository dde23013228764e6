import type {
  Comparison,
  RenameAnswer,
  RenameAnswers,
  RenameCandidate,
  RenameQuestion,
} from '@org/migrate-autogenerate'
import { MigrateError } from '@org/migrate-core'
import type { Terminal } from '../host.ts'
import { firstLines } from '../reporters/first-lines.ts'
import { someOf } from '../reporters/formatting.ts'
import { usage } from '../usage.ts'
import type { Autogenerate } from './settings.ts'

/** What the flags say. */
export interface RenameFlags {
  /** `users.mail:email` */
  readonly rename?: readonly string[]
  readonly dropped?: readonly string[]
  /** `--no-renames` */
  readonly renames: boolean
}

function malformedRename(problem: string): MigrateError<'USAGE'> {
  return usage(
    problem,
    'Write it as --rename <old>:<new>, for example --rename users.mail:email or --rename accounts:users.',
  )
}

/** Names may have colons: each of them may stand between the old name and the new one. */
function answerOf(text: string): NonNullable<RenameAnswers['renamed']>[number] {
  const pairs = [...text.matchAll(/:/g)]
    .map(({ index }) => ({ from: text.slice(0, index).trim(), to: text.slice(index + 1).trim() }))
    .filter(({ from, to }) => from !== '' && to !== '')
  const [pair, ...or] = pairs.reverse()
  if (pair === undefined) throw malformedRename(`--rename ${text} names no old and new name`)
  return { ...pair, or }
}

/** Asks on the terminal, and remembers what was said for the databases that come after. */
function remembering(ask: NonNullable<RenameAnswers['ask']>): NonNullable<RenameAnswers['ask']> {
  const answers = new Map<string, RenameAnswer>()
  return async (question) => {
    const key = JSON.stringify([question.kind, question.of, question.to])
    const previous = answers.get(key)
    if (previous !== undefined && (previous === null || question.from.includes(previous))) return previous
    const answer = await ask(question)
    if (answer !== undefined) answers.set(key, answer)
    return answer
  }
}

const labelOf = ({ kind, of, to }: RenameQuestion): string => `${kind} ${of === undefined ? to : `${of}.${to}`}`

function invalidChoice(question: RenameQuestion, answer: string): MigrateError<'INVALID_OPTION'> {
  const why = `it names ${answer} as the previous name of the ${labelOf(question)}, but ${answer} was not removed; removed: ${question.from.join(', ')}`
  return new MigrateError(
    'INVALID_OPTION',
    { option: 'autogenerate.renames', why },
    `\`autogenerate.renames\`: ${why}`,
    {
      remedy: 'Give one of the names that the question has in `from`, null where it is new, or nothing.',
    },
  )
}

async function askTerminal(question: RenameQuestion, terminal: Terminal): Promise<RenameAnswer | undefined> {
  const { chosen } = await import('../prompts.ts')
  // Values that no name can be confused with.
  const choices = [
    { value: 'new', description: 'it is new: the removed object is dropped with its data' },
    ...question.from.map((name, at) => ({ value: `${at}`, description: `it was ${name}: rename it` })),
  ]
  const message = `The ${labelOf(question)} was not there before. What is it?`
  const answer = await chosen(terminal, { message, choices })
  return answer === 'new' ? null : question.from[Number(answer)]
}

/** Flags first, then the configuration's hook, then the terminal. Throws USAGE. */
export function answersOf(
  { rename = [], dropped = [], renames }: RenameFlags,
  { renames: hook }: Autogenerate,
  terminal: Terminal | undefined,
): RenameAnswers {
  const ask = async (question: RenameQuestion): Promise<RenameAnswer | undefined> => {
    const answer = await hook?.(question)
    if (typeof answer === 'string' && !question.from.includes(answer)) throw invalidChoice(question, answer)
    return answer === undefined && terminal !== undefined ? askTerminal(question, terminal) : answer
  }
  return { renamed: rename.map(answerOf), dropped, none: !renames, ask: remembering(ask) }
}

/** How many old names are printed. */
const shownNames = 20

/** A line for each old name, with what it may be called now. */
function candidateLines(candidates: readonly RenameCandidate[]): readonly string[] {
  const flags = new Map<string, { readonly dropped: string; readonly renames: string[] }>()
  for (const { kind, from, to } of candidates) {
    const title = `${kind} ${from}`
    const given = flags.get(title) ?? { dropped: `--dropped ${from}`, renames: [] }
    flags.set(title, given)
    given.renames.push(`--rename ${from}:${to}`)
  }
  const lines = [...flags].map(([title, { dropped, renames }]) => `  ${title}: ${someOf(renames)}, or ${dropped}`)
  return firstLines(lines, shownNames)
}

/** Throws RENAME_UNANSWERED where something may have been renamed and no answer was given. */
export function requireAnswers({ unanswered }: Comparison): void {
  if (unanswered.length === 0) return
  const candidates = unanswered.map(({ from, to }) => ({ from, to }))
  throw new MigrateError(
    'RENAME_UNANSWERED',
    { candidates },
    `Something is gone and something alike is new; a drop and an add would lose what is in it:\n${candidateLines(unanswered).join('\n')}`,
  )
}
