/** How a base is written beside a value: its kind, and what has to be equal. */
export const baseText = {
  none: 'none',
  row: (print: string) => `row:${print}`,
  sources: (digest: string) => `from:${digest}`,
  replay: (digest: string) => `made:${digest}`,
  unknown: (why: string) => `unknown:${why}`,
} as const

/** The print of a row that is a base; undefined: it is none of that kind. */
export function printOf(base: string | undefined): string | undefined {
  const kind = baseText.row('')
  return base?.startsWith(kind) ? base.slice(kind.length) : undefined
}
