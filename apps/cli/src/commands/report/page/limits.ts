import { plural } from '../../../reporters/formatting.ts'

/** What a page shows at most: one of thousands of tables still opens at once. */
export const most = {
  /** Characters of one statement. */
  statement: 20_000,
  /** Characters of all statements. */
  sql: 600_000,
  operations: 1_500,
  steps: 500,
  revisions: 500,
  rows: 500,
  /** Lines of a list: losses, differences, findings. */
  lines: 200,
  /** Of a section that is open at first. */
  open: 40,
  /** Tables of a diagram without a choice of them. */
  tables: 60,
  /** Tables of a diagram that shows what changes. */
  changedTables: 100,
  columns: 40,
} as const

/** The first of a list, and a sentence about the others; `where` names the command that has them. */
export function firstOf<T>(
  list: readonly T[],
  count: number,
  noun: string,
  where?: string,
): { readonly shown: readonly T[]; readonly omitted?: string } {
  if (list.length <= count) return { shown: list }
  const all = where === undefined ? '' : `; \`${where}\` has all of them`
  return { shown: list.slice(0, count), omitted: `${plural(list.length - count, `more ${noun}`)} not shown${all}` }
}

/** What is left of a number of things; each taker gets what is there. */
export interface Budget {
  take(count: number): number
}

export function budgetOf(total: number): Budget {
  let left: number = total
  return {
    take(count) {
      const taken = Math.min(left, count)
      left -= taken
      return taken
    },
  }
}

/** The beginning of a text, never through a character of two halves. */
export function startOf(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
}
