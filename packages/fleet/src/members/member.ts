import { MigrateError } from '@org/migrate-core'
import { isRecord, isText, type OptionCheck, optional } from '@org/migrate-core/dialect'
import { isCount, isTextRecord } from '@org/migrate-core/internal'
import { isStorableName } from '../state/storable.ts'

/** One database of a fleet. */
export interface FleetMember {
  /** Names it in every output, and in the state of the fleet: at most 255 characters, without a secret. */
  readonly id: string
  /** Its own database. Never shown. */
  readonly url?: string
  /** An open client of the application, as the dialect takes it. */
  readonly driver?: unknown
  /** A PostgreSQL schema or a MySQL database of the server that `dialect` connects to. */
  readonly schema?: string
  readonly group?: string
  readonly labels?: Readonly<Record<string, string>>
  /** What `orderBy` of a stage sorts by; default 0. */
  readonly weight?: number
}

export type FleetMembers = Iterable<FleetMember> | AsyncIterable<FleetMember>

/** A list, or a function that lists them: it is called once for each pass over the fleet, so that no list is held. */
export type FleetMemberSource = readonly FleetMember[] | (() => FleetMembers | Promise<FleetMembers>)

const memberChecks: { readonly [K in keyof FleetMember]-?: OptionCheck } = {
  id: isStorableName,
  url: optional(isText),
  driver: () => undefined,
  schema: optional(isStorableName),
  group: optional(isText),
  labels: optional(isTextRecord),
  weight: optional(isCount),
}

function refuse(why: string): never {
  throw new MigrateError('INVALID_OPTION', { option: 'members', why }, `A member of the fleet is not right: ${why}.`)
}

/**
 * Throws INVALID_OPTION for what is no member; the message never shows its URL. A key that is none is refused: a misspelled `schema`
 * would migrate another one.
 */
export function checkMember(member: FleetMember): FleetMember {
  if (isRecord(member) !== undefined) return refuse('an object with an `id` is expected')
  const unknown = Object.keys(member).find((name) => !Object.hasOwn(memberChecks, name))
  if (unknown !== undefined)
    return refuse(`there is no key \`${unknown}\`; known are ${Object.keys(memberChecks).join(', ')}`)
  for (const [name, check] of Object.entries(memberChecks)) {
    const why = check(Reflect.get(member, name))
    if (why !== undefined) return refuse(`\`${name}\`: ${why}`)
  }
  return member
}

/** Checks members one after the other. Throws INVALID_OPTION also for an id that two of them have. */
function memberCheck(): (member: FleetMember) => FleetMember {
  const ids = new Set<string>()
  return (member) => {
    const { id } = checkMember(member)
    if (ids.has(id)) return refuse(`two have the id ${id}, by which outcomes are recorded`)
    ids.add(id)
    return member
  }
}

/** The members, each checked, one at a time; a list before its first one. */
export async function* eachMember(source: FleetMemberSource): AsyncGenerator<FleetMember> {
  const check = memberCheck()
  if (typeof source !== 'function') yield* source.map(check)
  else for await (const member of await source()) yield check(member)
}
