import type { AnswerBook, RenameCandidate, RenameKind } from './answers.ts'

/** The last part of a name with dots: `email` of `users.email`. */
const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

const isSameFolded = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** What is gone and what is new in one place: the tables of a schema, the columns of a table. */
interface Choice<T> {
  readonly kind: RenameKind
  readonly of?: string
  readonly removed: readonly T[]
  readonly added: readonly T[]
  /** What is declared and there under one name: an answer may say that what is gone takes its place. */
  readonly staying?: readonly T[]
  readonly nameOf: (item: T) => string
  /** What an answer may call something that is gone: `users.mail`, and `accounts.mail` where the table was called so before. */
  readonly labelsOf: (item: T) => readonly string[]
  readonly like: (removed: T, added: T) => number
  /** The server takes both names for one, written in another case. */
  readonly isFolded?: boolean | undefined
  /** What an answer means of what is new. Absent: what is called so, or so behind the last dot. */
  readonly targetOf?: (answer: string, removed: T, added: ReadonlySet<T>) => T | undefined
  /** What an answer has to call it. Absent: its name. */
  readonly answerOf?: (removed: T, added: T) => string
}

interface ChosenRename<T> {
  readonly from: T
  readonly to: T
  /** Something else has the new name, and goes. */
  readonly replaces: boolean
}

interface Chosen<T> {
  readonly renames: readonly ChosenRename<T>[]
  /** Renames that give each other their names: each has that of the next one, the last that of the first. They come before the others. */
  readonly exchanges: readonly (readonly T[])[]
  /** Pairs that could be renames and that have no answer. */
  readonly unanswered: readonly RenameCandidate[]
}

/** The items whose names an answer each gives to the next, the last one's to the first; undefined where they lead nowhere or elsewhere. */
function exchangeFrom<T>(
  first: T,
  { labelsOf }: Choice<T>,
  book: AnswerBook,
  targetOf: (answer: string, item: T) => T | undefined,
): readonly T[] | undefined {
  const follow = (item: T, before: readonly T[]): readonly T[] | undefined => {
    let closed: readonly T[] | undefined
    const through = [...before, item]
    // An answer is of use only where those after it lead back.
    book.renamedFrom(labelsOf(item), (answer) => {
      const to = targetOf(answer, item)
      if (to === undefined || (to !== first && through.includes(to)) || to === item) return undefined
      closed = to === first ? through : follow(to, through)
      return closed === undefined ? undefined : to
    })
    return closed
  }
  return follow(first, [])
}

/** The renames of an exchange in their order, the first item by a free name until its turn comes at the end. */
export function exchangeSteps<T>(exchange: readonly T[]): readonly { readonly from: T; readonly to: T }[] {
  return exchange.map((from, at) => ({ from, to: exchange[at + 1] ?? (exchange[0] as T) })).reverse()
}

/** Which of what is new has been there under another name: by its case, by what was said, by who can be asked; never by a guess. */
export async function chooseRenames<T>(choice: Choice<T>, book: AnswerBook): Promise<Chosen<T>> {
  const { kind, of, nameOf, labelsOf, like, answerOf = (_, item) => nameOf(item) } = choice
  const byName = (answer: string, items: ReadonlySet<T>): T | undefined => {
    // The name itself may have dots.
    const [whole, last] = [answer, bare(answer)].map((name) => [...items].find((item) => nameOf(item) === name))
    return whole ?? last
  }
  const targetIn = (items: ReadonlySet<T>, answer: string, item: T): T | undefined =>
    choice.targetOf === undefined ? byName(answer, items) : choice.targetOf(answer, item, items)
  const removed = new Set(choice.removed)
  const added = new Set(choice.added)
  const staying = new Set(choice.staying)
  const renames: ChosenRename<T>[] = []
  const exchanges: (readonly T[])[] = []
  for (const item of choice.staying ?? []) {
    if (!staying.has(item) || !book.isRenamed(labelsOf(item))) continue
    const exchange = exchangeFrom(item, choice, book, (answer, each) => targetIn(staying, answer, each))
    if (exchange === undefined) continue
    exchanges.push(exchange)
    for (const each of exchange) staying.delete(each)
  }
  const renamedTo = (item: T): T | undefined =>
    book.renamedFrom(labelsOf(item), (answer) => targetIn(added, answer, item) ?? targetIn(staying, answer, item))
  const take = (from: T, to: T): void => {
    added.delete(to)
    removed.delete(from)
    const isStaying = staying.delete(to)
    // What has the name goes on under another one, where an answer says so.
    const next = isStaying ? renamedTo(to) : undefined
    if (next !== undefined) take(to, next)
    renames.push({ from, to, replaces: isStaying && next === undefined })
  }
  for (const item of choice.removed) {
    const labels = labelsOf(item)
    const target = renamedTo(item)
    // Where nothing is new, nothing else could have become of it: the answer is not needed.
    const isDropped = target === undefined && choice.added.length > 0 && book.isDropped(labels)
    // Whatever was said of it: beside it the new name is taken.
    const folded =
      choice.isFolded === true ? [...added].find((other) => isSameFolded(nameOf(other), nameOf(item))) : undefined
    const to = target ?? folded
    if (to !== undefined) take(item, to)
    else if (isDropped) removed.delete(item)
  }
  if (book.none) return { renames, exchanges, unanswered: [] }
  const unanswered: RenameCandidate[] = []
  for (const item of [...added]) {
    const candidates = [...removed]
      .map((other) => ({ other, score: like(other, item) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
    if (candidates.length === 0) continue
    const question = { kind, to: nameOf(item), from: candidates.map(({ other }) => nameOf(other)) }
    const answer = await book.ask(of === undefined ? question : { ...question, of })
    const chosen = candidates.find(({ other }) => nameOf(other) === answer)
    if (chosen !== undefined) take(chosen.other, item)
    else if (answer !== null) {
      unanswered.push(
        ...candidates.map(({ other }) => ({
          kind,
          from: labelsOf(other)[0] ?? nameOf(other),
          to: answerOf(other, item),
        })),
      )
    }
  }
  return { renames, exchanges, unanswered }
}
