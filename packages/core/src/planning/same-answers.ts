import { isDeepStrictEqual } from 'node:util'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { isReadingAhead } from '../history/read-ahead.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'

/** A read with its answer; without rows it was refused. */
export interface RecordedRead {
  readonly sql: string
  readonly params: readonly SqlValue[]
  readonly rows: readonly Row[] | undefined
}

/**
 * What was asked through the session is noted with its answers. `refused`: also what the server refused, as a count of values that it cannot
 * convert. Elsewhere a refusal says that there is no such table, and read together with others it would end them all.
 */
export function recordingAnswers(session: Session, answers: RecordedRead[], refused = false): Session {
  const query: Session['query'] = async (sql, params = []) => {
    try {
      const rows = await session.query(sql, params)
      answers.push({ sql, params, rows })
      return rows
    } catch (error) {
      if (refused) answers.push({ sql, params, rows: undefined })
      throw error
    }
  }
  return new Proxy(session, {
    get(target, name) {
      if (name === 'query') return query
      // Read one by one, each is noted.
      if (name === 'queryTogether') return undefined
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A whole number is a list: no other value is one. */
export const textOfRows = (rows: readonly (Row | SqlValue)[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? [String(value)] : value))

const isSameRead = (a: RecordedRead, b: RecordedRead | undefined): boolean =>
  a.sql === b?.sql && textOfRows(a.params) === textOfRows(b.params)

/** What a server refuses: the tables, or values in them, may be others. */
function rethrowOwn(error: unknown): undefined {
  if (isMigrateError(error)) throw error
  return undefined
}

/** Undefined where it is refused. */
function ask(session: Session, { sql, params }: RecordedRead): Promise<readonly Row[] | undefined> {
  return session.query(sql, params).catch(rethrowOwn)
}

type AnyRead = Pick<ReadStatement, 'sql' | 'params'>

/** Whether reads have these answers here, too. */
export async function givesSame(session: Session, answers: readonly RecordedRead[]): Promise<boolean> {
  for (const read of answers) {
    if (!isDeepStrictEqual(await ask(session, read), read.rows)) return false
  }
  return true
}

interface Conclusion<T> {
  /** Of each read. */
  readonly answers: readonly (string | undefined)[]
  readonly value: T
}

/** The same of texts that the database makes of the rows. */
interface TextConclusion<T> {
  readonly texts: readonly string[]
  readonly value: T
  /** What is read next, with its rows. */
  readonly next: readonly RecordedRead[]
}

/** Different answers that are held, and databases that had others before nothing is looked for any more. */
const mostConclusions = 50
const mostMisses = 10

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at])

/**
 * What was concluded from reads alone, of databases that are asked the same: where one gives the same answers as another, it need not be
 * concluded again.
 */
export class Conclusions<T> {
  readonly #conclusions: Conclusion<T>[] = []
  readonly #ofTexts: TextConclusion<T>[] = []
  #reads: readonly RecordedRead[] = []
  /** These, and what is read next: one list for every database. */
  #readsOfTexts: readonly AnyRead[] = []
  /** Conclusions of texts that are still being read: the reads are theirs. */
  #noting = 0
  #misses = 0

  some(matches: (value: T) => boolean): boolean {
    return [...this.#conclusions, ...this.#ofTexts].some(({ value }) => matches(value))
  }

  /** Undefined: the answers are those of none, as far as was asked. */
  async for(session: Session, more: () => readonly ReadStatement[]): Promise<T | undefined> {
    if (this.#misses > mostMisses || this.#conclusions.length + this.#ofTexts.length === 0) return undefined
    if (session.textsOf !== undefined) return this.#forTexts(session, session.textsOf.bind(session))
    const ahead = isReadingAhead(session) && session.queryAll !== undefined ? session : undefined
    await ahead?.askAhead([...this.#reads, ...more()])
    let candidates: readonly Conclusion<T>[] = this.#conclusions
    for (const [at, read] of this.#reads.entries()) {
      const rows = await (ahead === undefined ? ask(session, read) : ahead.peek(read))
      const answer = rows && textOfRows(rows)
      candidates = candidates.filter(({ answers }) => answers[at] === answer)
      if (candidates.length === 0) break
    }
    const [found] = candidates
    if (found !== undefined) this.#misses = 0
    // Read together, they save round trips in any case.
    else if (ahead === undefined) this.#misses += 1
    return found?.value
  }

  async #forTexts(session: Session, textsOf: NonNullable<Session['textsOf']>): Promise<T | undefined> {
    // A table that others have may not be there.
    const texts = await textsOf(this.#readsOfTexts).catch(rethrowOwn)
    const found = texts && this.#ofTexts.find((each) => isSameList(each.texts, texts))
    this.#misses = found === undefined ? this.#misses + 1 : 0
    if (found !== undefined && isReadingAhead(session))
      await session.hold(found.next.map((read) => ({ ...read, rows: read.rows ?? [] })))
    return found?.value
  }

  /** What other reads led to is not held. `next` is read after them in any case. */
  async note(
    session: Session,
    reads: readonly RecordedRead[],
    value: T,
    next: () => readonly AnyRead[],
  ): Promise<void> {
    const isFirst = this.#noting + this.#conclusions.length + this.#ofTexts.length === 0
    if (isFirst) this.#reads = reads.map((read) => ({ ...read, rows: undefined }))
    const isSame = reads.length === this.#reads.length && reads.every((read, at) => isSameRead(read, this.#reads[at]))
    if (!isSame || this.#conclusions.length + this.#ofTexts.length >= mostConclusions) return
    if (session.textsOf !== undefined) {
      if (isFirst) this.#readsOfTexts = [...this.#reads, ...next()]
      this.#noting += 1
      try {
        await this.#noteTexts(session, session.textsOf.bind(session), reads, value)
      } finally {
        this.#noting -= 1
      }
    } else this.#conclusions.push({ answers: reads.map(({ rows }) => rows && textOfRows(rows)), value })
  }

  async #noteTexts(
    session: Session,
    textsOf: NonNullable<Session['textsOf']>,
    reads: readonly RecordedRead[],
    value: T,
  ): Promise<void> {
    const readAll = (list: readonly AnyRead[]): Promise<readonly RecordedRead[]> =>
      Promise.all(list.map(async ({ sql, params = [] }) => ({ sql, params, rows: await session.query(sql, params) })))
    const next = await readAll(this.#readsOfTexts.slice(reads.length))
    const texts = await textsOf(this.#readsOfTexts).catch(rethrowOwn)
    if (texts === undefined) return
    // Another run may have written meanwhile: what is read before and after the texts is what they were made of.
    const before = [...reads, ...next].map(({ rows }) => rows && textOfRows(rows))
    const after = (await readAll(this.#readsOfTexts)).map(({ rows }) => rows && textOfRows(rows))
    if (isSameList(before, after)) this.#ofTexts.push({ texts, value, next })
  }
}
