/** A count with its noun: `1 revision`, `2 revisions`. */
export function counted(count: number | bigint, noun: string, many = `${noun}s`): string {
  return `${count} ${Number(count) === 1 ? noun : many}`
}
