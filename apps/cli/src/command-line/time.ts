import { InvalidArgumentError } from 'commander'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `0`, `500ms`, `30s`, `5m`, `forever`, in ms. */
export function time(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY
  const [, count, unit] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  if (count === undefined || (unit === undefined && count !== '0')) {
    throw new InvalidArgumentError('It is 0, forever, or a number with ms, s, m or h.')
  }
  return Number(count) * units[(unit ?? 's') as keyof typeof units]
}
