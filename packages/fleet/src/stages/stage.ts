import { createHash } from 'node:crypto'
import { MigrateError } from '@org/migrate-core'
import { isText, type OptionCheck, type OptionChecks, oneOf, requireOptions } from '@org/migrate-core/dialect'
import { isTextRecord, isTexts, isWholeCount, listOf } from '@org/migrate-core/internal'
import type { FleetMember } from '../members/member.ts'
import { isStorableName } from '../state/storable.ts'
import { isTimer } from '../timer.ts'
import { isGate, type StageGate } from './gate.ts'

/** Which members a stage takes: those that every condition given holds for. */
export interface StageMatch {
  readonly ids?: readonly string[]
  readonly group?: string
  readonly labels?: Readonly<Record<string, string>>
  /** A share of the members, chosen by a hash of their ids: the same ones in every run. */
  readonly percent?: number
  /** At most so many, chosen by a hash of their ids: the same ones in every run, in whatever order the members are listed. */
  readonly count?: number
}

export interface FleetStage {
  readonly name: string
  /** Default: every member that no earlier stage has taken. */
  readonly match?: StageMatch
  /** How many members are migrated at a time; default: that of the fleet. */
  readonly parallel?: number
  /** Default: as they are listed. A stage with an order holds its members in memory. */
  readonly orderBy?: 'id' | 'lightest' | 'heaviest'
  /**
   * `stop`: after a failure no further member is begun, in no later stage either; with `maxFailures`, after more failures than these. Default
   * `continue`.
   */
  readonly onError?: 'stop' | 'continue'
  /** After more failures than these the run stops, also with `continue`: a number, or a share of the stage, `'5%'`. */
  readonly maxFailures?: number | `${number}%`
  /** In ms, before the next stage begins; at most 24 days. Default 0. */
  readonly pauseBetween?: number
  /** What has to hold before the first member of the stage is migrated; default: nothing. */
  readonly gate?: StageGate
}

const isPercent: OptionCheck = (value) =>
  typeof value === 'number' && value > 0 && value <= 100 ? undefined : 'a number above 0 and up to 100 is expected'

const isFailures: OptionCheck = (value) =>
  isWholeCount(value) === undefined || (typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value))
    ? undefined
    : "a whole number from 0 on, or a share as '5%', is expected"

export const isParallel: OptionCheck = (value) =>
  Number.isInteger(value) && Number(value) >= 1 ? undefined : 'a whole number from 1 on is expected'

const matchChecks: OptionChecks<StageMatch> = {
  ids: isTexts,
  group: isText,
  labels: isTextRecord,
  percent: isPercent,
  count: isWholeCount,
}

const stageChecks: OptionChecks<FleetStage> = {
  name: isStorableName,
  match: (value) => (typeof value === 'object' && value !== null ? undefined : 'an object is expected'),
  parallel: isParallel,
  orderBy: oneOf('id', 'lightest', 'heaviest'),
  onError: oneOf('stop', 'continue'),
  maxFailures: isFailures,
  pauseBetween: isTimer,
  gate: isGate,
}

/** Throws INVALID_OPTION. */
export function checkStages(stages: readonly FleetStage[]): readonly FleetStage[] {
  const names = new Set<string>()
  for (const stage of stages) {
    const { name, match = {} } = requireOptions('stages', stage, stageChecks, ['name'])
    requireOptions('stages.match', match, matchChecks)
    if (names.has(name)) {
      const why = `two stages are called ${name}`
      throw new MigrateError('INVALID_OPTION', { option: 'stages', why }, `The stages are not right: ${why}.`)
    }
    names.add(name)
  }
  return stages
}

export const isStages: OptionCheck = listOf((value) =>
  typeof value === 'object' && value !== null ? undefined : 'an object is expected',
)

/** Where a member is among all of them, from 0 to below 100: the same in every run, whatever members come and go. */
function positionOf(id: string): number {
  return (createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32) * 100
}

/** For stages of many ids in fleets of many members: the ids are put into a set once. */
function matcherOf({ match: { ids, group, labels, percent } = {} }: FleetStage): (member: FleetMember) => boolean {
  const named = ids === undefined ? undefined : new Set(ids)
  return (member) =>
    (named === undefined || named.has(member.id)) &&
    (group === undefined || member.group === group) &&
    (labels === undefined || Object.entries(labels).every(([key, value]) => member.labels?.[key] === value)) &&
    (percent === undefined || positionOf(member.id) < percent)
}

interface PositionedMember {
  readonly member: FleetMember
  readonly position: number
}

/** Adds a member to those of a stage with a `count`, which are in the order of their positions. Gives the one that is then too many. */
function addToStage(taken: PositionedMember[], count: number, member: FleetMember): FleetMember | undefined {
  const position = positionOf(member.id)
  const isBefore = (other: PositionedMember): boolean =>
    other.position < position || (other.position === position && other.member.id < member.id)
  taken.splice(taken.findLastIndex(isBefore) + 1, 0, { member, position })
  return taken.length > count ? taken.pop()?.member : undefined
}

/** The ids that each stage with a `count` takes. What an earlier one has no room for is offered to the next. */
async function chooseCounted(
  stages: readonly FleetStage[],
  members: AsyncIterable<FleetMember>,
): Promise<readonly ReadonlySet<string>[]> {
  const counted = stages.map((stage) => ({
    matches: matcherOf(stage),
    count: stage.match?.count,
    taken: [] as PositionedMember[],
  }))
  for await (const member of members) {
    let offered: FleetMember | undefined = member
    for (const { matches, count, taken } of counted) {
      if (offered === undefined) break
      if (!matches(offered)) continue
      offered = count === undefined ? undefined : addToStage(taken, count, offered)
    }
  }
  return counted.map(({ taken }) => new Set(taken.map(({ member }) => member.id)))
}

/**
 * Gives what finds the first stage that takes a member, by its index; -1: none does. It is the same one in whatever order the members
 * are listed: where a stage has a `count`, they are read once to choose its members.
 */
export async function stageChooser(
  stages: readonly FleetStage[],
  members: () => AsyncIterable<FleetMember>,
): Promise<(member: FleetMember) => number> {
  const isCounted = stages.some(({ match = {} }) => match.count !== undefined)
  const chosen = isCounted ? await chooseCounted(stages, members()) : []
  const matchers = stages.map(matcherOf)
  return (member) =>
    stages.findIndex(
      ({ match = {} }, at) =>
        matchers[at]?.(member) === true && (match.count === undefined || chosen[at]?.has(member.id) === true),
    )
}

/** The members of one stage, in its order. */
export async function* membersOfStage(
  members: AsyncIterable<FleetMember>,
  { orderBy }: FleetStage,
  isOfStage: (member: FleetMember) => boolean,
): AsyncGenerator<FleetMember> {
  if (orderBy === undefined) {
    for await (const member of members) if (isOfStage(member)) yield member
    return
  }
  const sorted: FleetMember[] = []
  for await (const member of members) if (isOfStage(member)) sorted.push(member)
  const sign = orderBy === 'heaviest' ? -1 : 1
  const byId = (a: FleetMember, b: FleetMember): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  sorted.sort((a, b) => (orderBy === 'id' ? byId(a, b) : sign * ((a.weight ?? 0) - (b.weight ?? 0)) || byId(a, b)))
  yield* sorted
}
