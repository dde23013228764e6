import { isMigrateError } from '@org/migrate-core'
import { errorCodes } from '../../../packages/core/src/errors/codes.ts'

/** What a hostile input may end as: done, or an error of the catalogue that says what to do. */
export type Verdict = 'done' | (string & {})

/** Unforeseen failures. */
const catchAll: ReadonlySet<string> = new Set(['INTERNAL', 'ENDED_EARLY'])
const knownCodes: ReadonlySet<string> = new Set(errorCodes)

/** The code that it ended with. Throws where the input got through to something unforeseen. */
function judged(error: unknown): Verdict {
  if (!isMigrateError(error)) {
    const shown = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`this is no error of the catalogue: ${shown}`, { cause: error })
  }
  if (!knownCodes.has(error.code) || catchAll.has(error.code))
    throw new Error(`a catch-all code: ${error.code}: ${error.message}`)
  if (error.remedy.length < 10) throw new Error(`${error.code} does not say what to do`)
  if (error.message === '' || /\[object Object\]|\bundefined is not\b|is not a function/.test(error.message))
    throw new Error(`${error.code} says nothing: ${error.message}`)
  return error.code
}

/** Runs it and judges what it throws. */
export async function verdict(work: () => unknown): Promise<Verdict> {
  try {
    await work()
    return 'done'
  } catch (error) {
    return judged(error)
  }
}

/** How often each verdict came; a fuzzer that only ever hears one answer tests nothing. */
export class Tally {
  readonly #counts = new Map<Verdict, number>()

  add(each: Verdict): void {
    this.#counts.set(each, (this.#counts.get(each) ?? 0) + 1)
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get verdicts(): readonly Verdict[] {
    return [...this.#counts.keys()].sort()
  }

  toString(): string {
    return [...this.#counts]
      .sort(([, a], [, b]) => b - a)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')
  }
}
