import type {
  EnsuredMember,
  FailureGroup,
  FleetCheck,
  FleetDrift,
  FleetPart,
  FleetPlan,
  FleetResult,
  FleetStatus,
  MemberFailure,
} from '@org/migrate-fleet'
import { shortened } from '../reporters/failure.ts'
import { columns, duration, oneLine, plural } from '../reporters/formatting.ts'
import { lossText } from '../reporters/loss-text.ts'
import { stateName } from '../reporters/state-text.ts'
import { inRevision, sharedLine } from './event-text.ts'

const someNamed = 10

const headsOf = (heads: readonly string[]): string => (heads.length === 0 ? 'base' : heads.join(', '))

/** Where a failed operation is written, its SQL, and what to do: members of one group often have the same. */
const adviceLines = ({ source, sql, remedy }: MemberFailure): readonly string[] => [
  ...(source === undefined ? [] : [`  at ${oneLine(source)}`]),
  ...(sql === undefined ? [] : [`  sql: ${shortened(sql)}`]),
  ...(remedy === undefined ? [] : [`  ${remedy}`]),
]

function failureLines(failures: readonly FailureGroup[]): readonly string[] {
  return failures.flatMap(({ code, count, members }) => [
    `${code}: ${plural(count, 'member')}`,
    ...members.slice(0, someNamed).map((failure) => `  ${oneLine(failure.id)}: ${inRevision(failure)}`),
    ...(count > someNamed ? [`  and ${count - someNamed} more`] : []),
    ...new Set(members.slice(0, someNamed).flatMap(adviceLines)),
    ...members.flatMap(({ reach }) => (reach === undefined ? [] : [`  ${reach}`])).slice(0, 1),
  ])
}

const someOf = (members: readonly string[], count: number): string =>
  count > members.length ? `${members.join(', ')}, …` : members.join(', ')

const partText = ({ name, members, atHead, unreadable }: FleetPart, noun: string): string => {
  const rest = unreadable === 0 ? '' : `, ${unreadable.toLocaleString('en-US')} unreadable`
  return `  ${name === '' ? `no ${noun}` : oneLine(name)}: ${atHead.toLocaleString('en-US')}/${members.toLocaleString('en-US')} at the head${rest}`
}

/** The members of parts; where there is only one, it says nothing more than the whole. */
const partLines = (title: string, noun: string, parts: readonly FleetPart[]): readonly string[] =>
  parts.length < 2 ? [] : [title, ...parts.map((part) => partText(part, noun))]

function findingLines(whose: string, finding: string): readonly string[] {
  const [what = '', ...details] = finding.split('\n')
  return [`${whose}: ${oneLine(what)}`, ...details.map((each) => `  - ${oneLine(each)}`)]
}

/** Members that were not compared with their revisions, by the reason. */
interface NotCompared {
  readonly why: string
  readonly count: number
  readonly members: readonly string[]
}

export function checkText(
  { members, ok, findings, failures, shared }: FleetCheck,
  {
    notCompared,
    sharedNotCompared: why,
  }: { readonly notCompared: readonly NotCompared[]; readonly sharedNotCompared?: string },
): string {
  const found = findings.flatMap(({ finding, count, members: named }) => [
    ...findingLines(plural(count, 'member'), finding),
    `  ${oneLine(someOf(named, count))}`,
  ])
  const ofShared = [
    ...(shared?.length === 0 && why === undefined ? ['shared: no finding'] : []),
    ...(shared ?? []).flatMap((finding) => findingLines('shared', finding)),
    ...(why === undefined ? [] : [`shared: not compared: ${oneLine(why)}`]),
  ]
  const unknown = notCompared.flatMap(({ why, count, members: named }) => [
    `${plural(count, 'member')} not compared: ${oneLine(why)}`,
    `  ${oneLine(someOf(named.slice(0, someNamed), count))}`,
  ])
  const counted = `${ok} of ${plural(members, 'member')} without a finding`
  return [...ofShared, counted, ...found, ...unknown, ...failureLines(failures)].join('\n')
}

/** How the tier that all members share differs from its revisions. */
function sharedDriftLines({ differences, notCompared: why }: NonNullable<FleetDrift['shared']>): readonly string[] {
  if (why !== undefined) return [`shared: not compared: ${oneLine(why)}`]
  if (differences.length === 0) return ['shared: no drift']
  return ['shared: drift', ...differences.map((each) => `  - ${oneLine(each)}`)]
}

function driftLines({ drifted, notCompared, groups, shared }: FleetDrift): readonly string[] {
  const rest = notCompared === 0 ? '' : `; ${plural(notCompared, 'member')} not compared`
  const found = groups.flatMap(({ differences, notCompared: why, count, members: named }) => [
    `${plural(count, 'member')}: ${oneLine(someOf(named, count))}`,
    ...(why === undefined ? differences : [why]).map((each) => `  - ${oneLine(each)}`),
  ])
  const ofShared = shared === undefined ? [] : sharedDriftLines(shared)
  return [...ofShared, `${plural(drifted, 'member')} with drift${rest}`, ...found]
}

/** Where the tier is that all members share. */
export const sharedText = ({ state, revision, pending }: NonNullable<FleetStatus['shared']>): string =>
  `${stateName(state)}, ${headsOf(revision)}, ${pending} pending`

export function statusText({ members, groups, parts, stages, oldest, drift, failures, shared }: FleetStatus): string {
  const rows = groups.map(({ state, heads, pending, count, members: named }) => [
    String(count),
    stateName(state),
    headsOf(heads),
    `${pending} pending`,
    oneLine(someOf(named, count)),
  ])
  const ofShared = shared === undefined ? [] : [`shared: ${sharedText(shared)}`]
  return [
    ...ofShared,
    plural(members, 'member'),
    ...(rows.length === 0 ? [] : [columns(rows)]),
    ...partLines('by group', 'group', parts),
    ...partLines('by stage', 'stage', stages),
    ...(oldest === undefined
      ? []
      : [`farthest behind: ${oneLine(oldest.id)} at ${headsOf(oldest.heads)}, ${oldest.pending} pending`]),
    ...(drift === undefined ? [] : driftLines(drift)),
    ...failureLines(failures),
  ].join('\n')
}

export function planText(planned: FleetPlan, textOf: (plan: FleetPlan['groups'][number]['plan']) => string): string {
  const groups = planned.groups.map(({ count, members, plan, fingerprint, unproven }) =>
    [
      `${plural(count, 'member')} in state ${fingerprint}: ${oneLine(someOf(members, count))}`,
      plan.steps.length === 0 ? 'nothing to run' : textOf(plan),
      ...unproven.map((each) => `not proven to stay in the schema of its member: ${oneLine(each)}`),
    ].join('\n'),
  )
  const counted = `${plural(planned.members, 'member')}, ${plural(planned.plans, 'plan')}`
  const failures = failureLines(planned.failures)
  const { shared } = planned
  const ofShared = shared === undefined || shared.steps.length === 0 ? [] : [`shared:\n${textOf(shared)}`]
  return [counted, ...ofShared, ...groups, ...(failures.length === 0 ? [] : [failures.join('\n')])].join('\n\n')
}

function stoppedLine({ stopped, gate, left }: FleetResult, command: string): readonly string[] {
  if (stopped === undefined)
    return left === 0
      ? []
      : [`${plural(left, 'member')} taken by no stage: add a stage without \`match\` behind the others`]
  if (gate === undefined) return [`${whyStopped[stopped]}; run it again to continue`]
  return [
    `stopped before stage ${gate.stage}, whose gate is closed: ${oneLine(gate.why)}`,
    `to continue there: migrate ${command} --open-gate ${/^[\w.-]+$/.test(gate.stage) ? gate.stage : `'${gate.stage}'`}`,
  ]
}

const whyStopped = {
  failures: 'stopped after too many failures',
  signal: 'stopped',
  gate: 'stopped',
} as const

const firstOf = (first: string, count: number): string =>
  `${oneLine(first)}${count > 1 ? ` and ${count - 1} more` : ''}`

/** What the steps of members took from rows, and what they reported of them. */
const changeLines = ({ losses, reports }: FleetResult): readonly string[] => [
  ...losses.map(
    (loss) => `${firstOf(loss.first, loss.members)}: ${loss.tier}:${oneLine(loss.revision)}: ${lossText(loss)}`,
  ),
  ...reports.map(({ tier, revision, label, what, count, members, first }) =>
    oneLine(`${firstOf(first, members)}: ${tier}:${revision}: ${label}: ${what} – ${count.toLocaleString('en-US')}`),
  ),
]

/** The same of one database. */
export const changeLinesOf = (
  name: string,
  { losses = [], reports = [], warnings = [] }: Pick<EnsuredMember, 'losses' | 'reports' | 'warnings'>,
): readonly string[] => [
  ...warnings.map((text) => `warning: ${name}: ${text}`),
  ...losses.map((loss) => `${name}: ${loss.tier}:${oneLine(loss.revision)}: ${lossText(loss)}`),
  ...reports.map(({ tier, revision, label, what, count }) =>
    oneLine(`${name}: ${tier}:${revision}: ${label}: ${what} – ${count.toLocaleString('en-US')}`),
  ),
]

export function createdText(id: string, created: EnsuredMember): string {
  const { applied, loaded = [], withoutTemplate } = created
  const done =
    loaded.length > 0
      ? `made from the template, with ${plural(loaded.length, 'revision')}`
      : applied.length === 0
        ? 'up to date'
        : `${plural(applied.length, 'revision')} applied`
  const { applied: ran, ...changes } = created.shared ?? { applied: [] }
  const line = sharedLine(ran)
  const ofShared = [...changeLinesOf('shared', changes), ...(line === undefined ? [] : [line])]
  const why = withoutTemplate === undefined ? [] : [`not from the template: ${oneLine(withoutTemplate)}`]
  return [...ofShared, ...changeLinesOf(oneLine(id), created), `${oneLine(id)}: ${done}`, ...why].join('\n')
}

export function resultText(result: FleetResult, command: string): string {
  const { members, migrated, upToDate, failed, left, failures, warnings, plans, ms } = result
  const parts = [
    `${migrated} migrated`,
    `${upToDate} up to date`,
    `${failed} failed`,
    ...(left === 0 ? [] : [`${left} left`]),
  ]
  return [
    ...changeLinesOf('shared', result.shared ?? {}),
    ...changeLines(result),
    ...warnings.map(({ text, count, first }) =>
      first === '' ? `warning: ${text}` : `warning: ${firstOf(first, count)}: ${text}`,
    ),
    `${plural(members, 'member')} in ${duration(ms)}: ${parts.join(', ')}; ${plural(plans, 'plan')}`,
    ...stoppedLine(result, command),
    ...failureLines(failures),
  ].join('\n')
}
