import type { TierHeads } from '@org/migrate-core'

/** `812`, `1,001`. The first text of a locale loads the data of all of them, for 10 ms. */
export const countText = (count: number): string => (count < 1_000 ? String(count) : count.toLocaleString('en-US'))

export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : many}`
}

/** What a squashed revision replaces, as a range is written: `a1:c1, 3 revisions`. */
export const rangeText = (replaces: readonly string[]): string =>
  `${replaces[0]}:${replaces.at(-1)}, ${plural(replaces.length, 'revision')}`

/** `812 ms`, `9.2 s`, `15 min 12 s`, `2 h 5 min` */
export function duration(ms: number): string {
  if (ms < 59_950) return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const kibibyte = 1_024

/** `812 bytes`, `1.2 MiB` */
export function byteCount(bytes: number): string {
  let [size, at] = [bytes, 0]
  for (; size >= kibibyte && at < 4; at += 1) size /= kibibyte
  return at === 0 ? plural(bytes, 'byte') : `${size.toFixed(1)} ${['', 'KiB', 'MiB', 'GiB', 'TiB'][at]}`
}

/** A text from elsewhere where a line is expected: what follows must not look like a line of ours. */
export function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/g, ' ').trim()
}

/** The first of them, and how many follow. */
export const someOf = (names: readonly string[], most = 10): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

/** Where the tiers stand, on one line. */
export function headsText(tiers: readonly TierHeads[]): string {
  const applied = tiers.filter(({ heads }) => heads.length > 0)
  if (applied.length === 0) return 'base'
  // The graph comes last, and is what targets name: the tiers below it go without saying once it has begun.
  const last = applied.at(-1)
  return last === undefined ? 'base' : last.heads.join(', ')
}

/** Rows of cells as columns of equal width. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  }
  return rows
    .map((row) => (indent + row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')).trimEnd())
    .join('\n')
}
