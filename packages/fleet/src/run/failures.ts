import { type ErrorCode, isMigrateError } from '@org/migrate-core'
import { maskedUrl, thrownMessage } from '@org/migrate-core/dialect'
import type { FleetMember } from '../members/member.ts'

/** A member that can't be read or migrated, with the cause. */
export interface MemberFailure {
  readonly id: string
  /** Of the closed catalogue; INTERNAL for what no dialect describes. */
  readonly code: ErrorCode
  readonly message: string
  readonly remedy?: string
  /** What `remedy` leaves out: how what it says to run reaches this member. */
  readonly reach?: string
  /** The revision that failed. */
  readonly revision?: string
  /** `file:line:column` of the operation that failed, where it is known. */
  readonly source?: string
  /** The SQL that failed. */
  readonly sql?: string
  /** What the failure left of that revision. */
  readonly outcome?: string
}

/** Members that fail with the same code. */
export interface FailureGroup {
  readonly code: ErrorCode
  readonly count: number
  /** Each with its own cause; of a large group the first ones. */
  readonly members: readonly MemberFailure[]
}

const ofUser = /^[^/?#]*:\/\/[^/?#]*?:([^/?#]*)@/
const ofParameter = /[?&](?:password|pwd|pass|key|sslpassword|authtoken)=([^&#]+)/gi

/** The password or the token of a URL, as it is written in it and as it is sent. */
export function secretsOf(url: string): readonly string[] {
  const written = [ofUser.exec(url)?.[1] ?? '', ...[...url.matchAll(ofParameter)].map(([, value = '']) => value)]
  const decoded = (text: string): readonly string[] => {
    try {
      return [text, decodeURIComponent(text)]
    } catch {
      return [text]
    }
  }
  return [...new Set(written.filter((text) => text !== '').flatMap(decoded))]
}

const ofOneDatabase = /`migrate (?!fleet\b)/

/** A statement for an administrator: it names its object as the session of the member finds it. */
const ofOneSession = / TO the user`/

/** What an error advises to run takes another database, or the table of that name in another schema. */
function reachingOf({ id, url, schema }: FleetMember, texts: readonly string[]): readonly string[] {
  const parts = [...(url === undefined ? [] : [maskedUrl(url)]), ...(schema === undefined ? [] : [`schema ${schema}`])]
  const names = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text))
  const where = parts.length === 0 ? '' : `, ${parts.join(', ')}`
  return [
    ...(names(ofOneDatabase)
      ? [
          `A command without \`--url\` takes the configured database: for ${id} it needs the URL of that member${where}.`,
        ]
      : []),
    ...(names(ofOneSession) && parts.length > 0 ? [`Run it for ${id} in ${parts.join(', ')}.`] : []),
  ]
}

/** What failed at a member. Its texts never hold the password of its URL, whatever a driver writes. */
export function failureOf(member: FleetMember, error: unknown): MemberFailure {
  const { id, url = '' } = member
  const masked = (text: string): string =>
    secretsOf(url).reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  if (!isMigrateError(error)) return { id, code: 'INTERNAL', message: masked(thrownMessage(error)) }
  const { code, location, outcome } = error
  const message = masked(error.message)
  const advice = error.remedy === undefined ? [] : [masked(error.remedy)]
  const reach = reachingOf(member, [message, ...advice])
  return {
    id,
    code,
    message,
    ...(advice.length === 0 ? {} : { remedy: advice.join(' ') }),
    ...(reach.length === 0 ? {} : { reach: reach.join(' ') }),
    ...(location?.revision === undefined ? {} : { revision: location.revision }),
    ...(location?.source === undefined ? {} : { source: location.source }),
    ...(location?.sql === undefined || location.sql === '' ? {} : { sql: masked(location.sql) }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

/** Of a fleet where everything fails not every text is held: the state of the fleet has them all. */
const maxNamed = 1000

/** Collects failures by their code. */
export class FailureGroups {
  readonly #groups = new Map<ErrorCode, { count: number; members: MemberFailure[] }>()
  count = 0

  add(failure: MemberFailure): void {
    const group = this.#groups.get(failure.code) ?? { count: 0, members: [] }
    this.#groups.set(failure.code, group)
    group.count += 1
    this.count += 1
    if (group.members.length < maxNamed) group.members.push(failure)
  }

  /** The largest group first. Members by their names: they end in any order. */
  list(): readonly FailureGroup[] {
    return [...this.#groups]
      .map(([code, { count, members }]) => ({ code, count, members: members.sort((a, b) => (a.id < b.id ? -1 : 1)) }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
  }
}
