import { createHash } from 'node:crypto'
import { MigrateError } from '@org/migrate-core'
import { isText, type OptionCheck, type OptionChecks, oneOf, requireOptions } from '@org/migrate-core/dialect'
import { isCount, isTextRecord, isTexts, listOf } from '@org/migrate-core/internal'
import type { FleetMember } from '../members/member.ts'
import { isGate, type StageGate } from './gate.ts'

/** Which members a stage takes: those that every condition given holds for. */
export interface StageMatch {
  readonly ids?: readonly string[]
  readonly group?: string
  readonly labels?: Readonly<Record<string, string>>
  /** A share of the members, chosen by a hash of their ids: the same ones in every run. */
  readonly percent?: number
  /** At most so many, in the order in which the members are listed. */
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
  /** `stop`: after a failure no further member is begun, in no later stage either. Default `continue`. */
  readonly onError?: 'stop' | 'continue'
  /** After more failures than these the run stops, also with `continue`: a number, or a share of the stage, `'5%'`. */
  readonly maxFailures?: number | `${number}%`
  /** In ms, before the next stage begins; default 0. */
  readonly pauseBetween?: number
  /** What has to hold before the first member of the stage is migrated; default: nothing. */
  readonly gate?: StageGate
}

const isPercent: OptionCheck = (value) =>
  typeof value === 'number' && value > 0 && value <= 100 ? undefined : 'a number above 0 and up to 100 is expected'

const isFailures: OptionCheck = (value) =>
  isCount(value) === undefined || (typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value))
    ? undefined
    : "a number from 0 on, or a share as '5%', is expected"

export const isParallel: OptionCheck = (value) =>
  Number.isInteger(value) && Number(value) >= 1 ? undefined : 'a whole number from 1 on is expected'

const matchChecks: OptionChecks<StageMatch> = {
  ids: isTexts,
  group: isText,
  labels: isTextRecord,
  percent: isPercent,
  count: isCount,
}

const stageChecks: OptionChecks<FleetStage> = {
  name: isText,
  match: (value) => (typeof value === 'object' && value !== null ? undefined : 'an object is expected'),
  parallel: isParallel,
  orderBy: oneOf('id', 'lightest', 'heaviest'),
  onError: oneOf('stop', 'continue'),
  maxFailures: isFailures,
  pauseBetween: isCount,
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

function matches({ ids, group, labels, percent }: StageMatch, member: FleetMember): boolean {
  return (
    (ids === undefined || ids.includes(member.id)) &&
    (group === undefined || member.group === group) &&
    (labels === undefined || Object.entries(labels).every(([key, value]) => member.labels?.[key] === value)) &&
    (percent === undefined || positionOf(member.id) < percent)
  )
}

/** Gives the place of the first stage that takes a member; -1: none does. A member has one stage, however often it is asked for. */
export function stageChooser(stages: readonly FleetStage[]): (member: FleetMember) => number {
  const taken = stages.map(() => new Set<string>())
  return (member) =>
    stages.findIndex(({ match = {} }, at) => {
      if (!matches(match, member)) return false
      if (match.count === undefined) return true
      const ids = taken[at] as Set<string>
      if (ids.has(member.id)) return true
      if (ids.size >= match.count) return false
      ids.add(member.id)
      return true
    })
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
