import type { FleetEvent, FleetWorkEvent, MemberFailure } from '@org/migrate-fleet'
import { oneLine, plural } from '../reporters/formatting.ts'

type AnyEvent = FleetEvent | FleetWorkEvent
type Texts = {
  readonly [T in AnyEvent['type']]: (event: Extract<AnyEvent, { readonly type: T }>) => string | undefined
}

/** Its message, with the revision that failed. */
export const inRevision = ({ revision, message }: MemberFailure): string =>
  `${revision === undefined ? '' : `revision ${oneLine(revision)}: `}${oneLine(message)}`

/** What ran of the tier that all members share; undefined: nothing. */
export const sharedLine = (applied: readonly string[]): string | undefined =>
  applied.length === 0 ? undefined : `shared: ${plural(applied.length, 'revision')} applied`

const silent = (): undefined => undefined

const texts: Texts = {
  sharedFinished: ({ applied }) => sharedLine(applied),
  gateChecked: ({ stage, isOpen }) => (isOpen ? `the gate of stage ${stage} is open` : undefined),
  stageStarted: ({ stage }) => `stage ${stage}`,
  stageFinished: silent,
  memberStarted: silent,
  memberFinished: silent,
  memberRetried: ({ failure }) => `${oneLine(failure.id)}: tried again after ${oneLine(failure.message)}`,
  memberFailed: ({ failure }) => `${oneLine(failure.id)}: ${failure.code}: ${inRevision(failure)}`,
  note: ({ message }) => message,
  jobStarted: ({ stage, members }) => `job of the stage ${oneLine(stage)}: ${plural(members, 'member')}`,
  jobFinished: silent,
  jobReturned: ({ message }) => `a job goes to another worker: ${oneLine(message)}`,
  runRefused: ({ run, release, own }) =>
    `the run ${run} has other revisions (${release}) than this worker (${own}): none of its jobs is taken`,
  queueLost: ({ message }) => `${oneLine(message)}; trying again`,
  queueBack: () => 'the queue can be reached again',
}

/** What is reported of an event; without stages of the configuration the only one needs no name. Undefined: nothing. */
export function eventText<E extends AnyEvent>(
  event: E,
  { hasStages }: { readonly hasStages: boolean },
): string | undefined {
  if (!hasStages && event.type === 'stageStarted') return undefined
  if (!hasStages && event.type === 'jobStarted') return `job: ${plural(event.members, 'member')}`
  const text = texts[event.type] as (event: E) => string | undefined
  return text(event)
}

/** The name that its span, or its line in a log, has. */
export const spanOf = ({ type }: AnyEvent): string =>
  type.startsWith('member') ? 'migrate.member' : type.startsWith('stage') ? 'migrate.stage' : 'migrate.fleet'
