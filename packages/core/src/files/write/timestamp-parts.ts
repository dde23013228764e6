import { invalid } from './tokens.ts'

/** A point in time as a calendar and a clock of one zone show it, each part with its leading zeros. */
interface TimestampParts {
  /** Seconds since 1970. */
  readonly epoch: string
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
  /** ISO 8601 with the zone's distance from UTC, or `Z`. */
  readonly iso: string
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    })
  } catch (cause) {
    throw invalid('timeZone', `${JSON.stringify(timeZone)} is no IANA time zone, such as Europe/Vienna or UTC`, cause)
  }
}

/** Throws INVALID_OPTION for a time zone that is none. */
export function timestampParts(at: Date, timeZone = 'UTC'): TimestampParts {
  const parts = new Map<string, string>()
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts.set(type, value)
  const part = (name: string): string => parts.get(name) ?? ''
  const [year, month, day] = [part('year').padStart(4, '0'), part('month'), part('day')]
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')]
  const distance = part('timeZoneName').replace(/^GMT(?:[+]00:00)?/, '') || 'Z'
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}${distance}`
  return { epoch: String(Math.floor(at.getTime() / 1000)), year, month, day, hour, minute, second, iso }
}
