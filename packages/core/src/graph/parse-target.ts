import { isText, requireArguments } from '../errors/option-check.ts'
/**
 * The words that name revisions:
 *
 * | target | means |
 * |---|---|
 * | `head`, `heads` | the single tip; all tips that nothing depends on |
 * | `base` | nothing applied |
 * | `current` | what is applied |
 * | an id, the beginning of one, a branch label | that revision |
 * | `+2`, `-1` | two up, one down from what is applied |
 * | `X+2`, `X-1` | the same from X, which may be any of the above |
 * | `branch@…` | any of the above, within the branch; the branch is a label, an id or the beginning of one |
 */
export interface ParsedTarget {
  /** What was typed. */
  readonly text: string
  readonly branch?: string
  /** Absent in a bare `+n` or `-n`. */
  readonly symbol?: string
  /** Positive upwards. */
  readonly steps?: number
}

const form = /^(?:([^@+:-]+)@)?([^@+:-]+)?([+-]\d+)?$/

/** `undefined` where the text has not the form of a target. */
export function parseTarget(text: string): ParsedTarget | undefined {
  requireArguments('parseTarget', { text }, { text: isText })
  const match = form.exec(text)
  if (!match) return undefined
  const [, branch, symbol, steps] = match
  if (symbol === undefined && steps === undefined) return undefined
  return {
    text,
    ...(branch === undefined ? {} : { branch }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(steps === undefined ? {} : { steps: Number(steps) }),
  }
}

/** Whether what it names depends on where a database stands: `current`, a bare `+n` or `-n`. */
export function countsFromRows(target: string): boolean {
  const parsed = parseTarget(target)
  return parsed !== undefined && isCounted(parsed)
}

/** The same of a target that was read already. */
export function isCounted({ symbol, steps }: ParsedTarget): boolean {
  return symbol === 'current' || (symbol === undefined && steps !== undefined)
}
