const shape = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?$/

/**
 * Date-time text as whole seconds since 1970, UTC where it names no offset; the fraction is dropped. Undefined where it
 * is no date-time (the 30th of February included).
 */
export function epochSeconds(text: string): bigint | undefined {
  const parts = shape.exec(text)
  if (parts === null) return undefined
  const field = (at: number): number => Number(parts[at] ?? 0)
  const [year, month, day, hour, minute, second] = [field(1), field(2), field(3), field(4), field(5), field(6)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const offset = (parts[7] === '-' ? -1 : 1) * (field(8) * 3600 + field(9) * 60)
  return BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset)
}

const first = -62_167_219_200n
const last = 253_402_300_799n

/** Seconds since 1970 as `YYYY-MM-DD HH:MM:SS`, UTC; undefined outside the years 0000 to 9999. */
export function dateTimeText(seconds: bigint): string | undefined {
  if (seconds < first || seconds > last) return undefined
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
}
