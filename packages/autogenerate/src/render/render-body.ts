import { MigrateError, type Operation } from '@org/migrate-core'
import {
  describe,
  isFunction,
  isNumber,
  type OptionCheck,
  type OptionChecks,
  requireOptions,
} from '@org/migrate-core/dialect'
import { isTexts, listOf, withMember } from '@org/migrate-core/internal'
import type { RevisionBody } from '@org/migrate-core/node'
import type { FillChange } from '../differences/change.ts'
import { runsOf } from './align.ts'
import { type BodyChange, type BodyChanges, fillKey } from './body-change.ts'
import { branches } from './dialect-branches.ts'
import { type Document, hardLine, indent, joined, list, print } from './document.ts'
import { fillStep, questionOf } from './fill.ts'
import { importOf, ownImports, type RenderType } from './imports.ts'
import { constantName, fillLabel, type Labels, takeLabel } from './names.ts'
import { type OperationWriting, stepOf } from './operation.ts'
import { commentLine, plainLine } from './source-text.ts'
import { type Step, statements } from './statement.ts'
import { type Gathered, writingOf } from './writing.ts'

export interface BodyInput {
  /** The steps for each configured dialect, by its name. */
  readonly upgrade: BodyChanges
  /** Absent: the downgrade is derived. It has the same dialects. */
  readonly downgrade?: BodyChanges
  /** What a reader has to know of the whole: comments at the top of `upgrade`. */
  readonly explanations?: readonly string[]
  /** Types that the project has words of its own for. What it gives has to record the same type again. */
  readonly renderType?: RenderType
  /** How long lines may be, wherever they can be broken. Default 100. */
  readonly lineWidth?: number
}

/** By the name of the dialect. */
const isBodyChanges: OptionCheck = (value) => {
  if (!(value instanceof Map)) return 'a Map of changes is expected'
  const isChanges = listOf(withMember('a change', 'kind'))
  return [...value.values()].map(isChanges).find((why) => why !== undefined)
}

const bodyChecks: OptionChecks<BodyInput> = {
  upgrade: isBodyChanges,
  downgrade: isBodyChanges,
  explanations: isTexts,
  renderType: isFunction,
  lineWidth: isNumber,
}

export interface RenderedBody extends RevisionBody {
  /** What is left for the author in `upgrade`, as it stands in the file; until it is done the revision is refused. */
  readonly toFillIn: readonly string[]
  /** The same in `downgrade`: until it is done the downgrade is refused. */
  readonly toFillInForDowngrade: readonly string[]
}

function operationWriting(gathered: Gathered): OperationWriting {
  const writing: OperationWriting = {
    ...writingOf(gathered),
    statements: (operations: readonly Operation[]) => statements(operations.map((each) => stepOf(each, writing))),
    replacements: new Set(),
  }
  return writing
}

interface Constants {
  nameFor(fill: FillChange): string | undefined
  readonly declared: readonly Document[]
}

/** One value for one question, wherever it is asked: a database may need a key for it that another has not. */
function constantsFor(writing: OperationWriting): Constants {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  const declared: Document[] = []
  return {
    declared,
    nameFor(fill) {
      if (fill.value !== undefined) return undefined
      const key = fillKey(fill)
      const existing = names.get(key)
      if (existing !== undefined) return existing
      const name = constantName(fill, taken)
      names.set(key, name)
      declared.push(list(`const ${name} = `, writing.fillIn(questionOf(fill)).document))
      return name
    },
  }
}

function stepsFor(
  section: 'upgrade' | 'downgrade',
  changes: BodyChanges,
  writing: OperationWriting,
  constants: Constants,
): readonly Step[] {
  const labels: Labels = new Map()
  const stepsOf = (items: readonly BodyChange[], dialects: readonly string[]): readonly Step[] =>
    items.map((change): Step => {
      if (change.kind === 'gap') return { method: 'sql', given: [writing.fillIn(change.what)] }
      if (change.kind === 'fill') {
        const label = takeLabel(change, dialects, labels)
        return fillStep(change, { label, constant: constants.nameFor(change), section, dialects })
      }
      const { operation, loses, security, note, replacements } = change
      const comments = [
        ...(loses === undefined ? [] : [`destructive: ${loses}`]),
        ...(security === undefined ? [] : [`security: ${security}`]),
        ...(note === undefined ? [] : [note]),
      ]
      return { ...stepOf(operation, { ...writing, replacements: new Set(replacements) }), comments }
    })

  return runsOf(changes).flatMap((run): readonly Step[] => {
    if (run.common !== undefined) return stepsOf(run.common, [...changes.keys()])
    const separate = [...run.separate].map(
      ([dialect, items]) => [dialect, statements(stepsOf(items, [dialect]))] as const,
    )
    return [{ method: 'on', given: [branches(new Map(separate), writing)] }]
  })
}

/** One function of the file. */
function functionOf(
  name: 'upgrade' | 'downgrade',
  changes: BodyChanges,
  gathered: Gathered,
  explanations: readonly string[],
): Document {
  const writing = operationWriting(gathered)
  const constants = constantsFor(writing)
  const steps = stepsFor(name, changes, writing, constants)
  // An empty line between what is to be filled in and what is done with it.
  const declared = constants.declared.length === 0 ? [] : [...constants.declared, '']
  const body = [...explanations.map(commentLine), ...declared, ...statements(steps)]
  const head = `export function ${name}(${steps.length === 0 ? '_op' : 'op'}: ${writing.uses('OperationRecorder')}) {`
  return body.length === 0 ? `${head}}` : list(head, indent(hardLine, joined(body, hardLine)), hardLine, '}')
}

function requireSameDialects(upgrade: BodyChanges, downgrade: BodyChanges): void {
  const [up, down] = [[...upgrade.keys()].sort(), [...downgrade.keys()].sort()]
  if (up.join() === down.join()) return
  const why = `it is for ${down.join(', ') || 'no database'}, and upgrade is for ${up.join(', ') || 'none'}`
  throw new MigrateError('INVALID_OPTION', { option: 'downgrade', why }, `\`downgrade\`: ${why}`)
}

const mostLines = 20
const longestLine = 120

function cut(text: string): string {
  const characters = [...plainLine(text)]
  return characters.slice(0, longestLine).join('') + (characters.length > longestLine ? '…' : '')
}

interface Line {
  readonly text: string
  readonly isMarked: boolean
}

function lineOf(change: BodyChange): Line {
  if (change.kind === 'gap') return { text: cut(`to fill in: ${change.what}`), isMarked: false }
  if (change.kind === 'fill') return { text: cut(fillLabel(change)), isMarked: false }
  const marks = [
    ...(change.loses === undefined ? [] : ['destructive']),
    ...(change.security === undefined ? [] : ['security']),
  ]
  const isMarked = marks.length > 0
  return { text: cut(describe(change.operation)) + (isMarked ? ` (${marks.join(', ')})` : ''), isMarked }
}

/** One line for each change: all that lose something or open rows to roles first, and of the others as many as a reader wants to know. */
function summaryOf(changes: BodyChanges): readonly string[] {
  const lines = runsOf(changes).flatMap((run): readonly Line[] =>
    run.common !== undefined
      ? run.common.map(lineOf)
      : [...run.separate].flatMap(([dialect, items]) =>
          items.map(lineOf).map(({ text, isMarked }) => ({ text: `${dialect}: ${text}`, isMarked })),
        ),
  )
  const [losing, unmarked] = [true, false].map((expectsMark) =>
    lines.filter(({ isMarked }) => isMarked === expectsMark).map(({ text }) => text),
  ) as [string[], string[]]
  const shown = unmarked.slice(0, Math.max(0, mostLines - losing.length))
  const left = unmarked.length - shown.length
  return [...losing, ...shown, ...(left > 0 ? [`and ${left} more`] : [])]
}

/**
 * The code of a generated revision: what its functions record is, on each dialect, exactly the operations given for it. What all of
 * them have stands plain, what they have apart in `op.on`; on a database that none of it is for, such a revision is refused.
 *
 * What a server said of an object (`source`, `hiddenIndexes`) is no part of an operation and is left out. Throws INVALID_OPERATION for a
 * data step, whose functions no operation holds, UNSUPPORTED where dialects of others differ from each other.
 *
 * ```ts
 * const operation = { kind: 'dropColumn', table: { name: 'users' }, column: 'age' } as const
 * const body = renderBody({ upgrade: new Map([['sqlite', [{ kind: 'operation', operation }]]]) })
 * const text = revisionText(draft, { body })
 * ```
 */
export function renderBody(input: BodyInput): RenderedBody {
  requireOptions('renderBody', input, bodyChecks, ['upgrade'])
  const { upgrade, downgrade, explanations = [], lineWidth, renderType = () => undefined } = input
  if (downgrade !== undefined) requireSameDialects(upgrade, downgrade)
  const gathered: Gathered = { imports: new Set(), ownModules: new Map(), gaps: [], renderType }
  const ofDowngrade: Gathered = { ...gathered, gaps: [] }
  const functions = [
    functionOf('upgrade', upgrade, gathered, explanations),
    ...(downgrade === undefined ? [] : [functionOf('downgrade', downgrade, ofDowngrade, [])]),
  ]
  return {
    imports: [print(importOf(gathered.imports), lineWidth), ...ownImports(gathered.ownModules)].join('\n'),
    code: functions.map((each) => print(each, lineWidth)).join('\n\n'),
    summary: summaryOf(upgrade),
    toFillIn: gathered.gaps,
    toFillInForDowngrade: ofDowngrade.gaps,
  }
}
