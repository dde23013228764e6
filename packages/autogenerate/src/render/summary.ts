import { describe } from '@org/migrate-core/dialect'
import { runsOf } from './align.ts'
import type { BodyChange, BodyChanges } from './body-change.ts'
import { fillLabel } from './names.ts'
import { plainLine } from './source-text.ts'

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
export function summaryOf(changes: BodyChanges): readonly string[] {
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
