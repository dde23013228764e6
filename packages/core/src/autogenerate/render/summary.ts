import { describe } from '../../operations/table.ts'
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

function lineOf(change: BodyChange): string {
  if (change.kind === 'gap') return cut(`to fill in: ${change.what}`)
  if (change.kind === 'fill') return cut(fillLabel(change))
  return cut(describe(change.operation)) + (change.loses === undefined ? '' : ' (destructive)')
}

/** One line for each change, as far as a reader wants to know. */
export function summaryOf(changes: BodyChanges): readonly string[] {
  const lines = runsOf(changes).flatMap((run): readonly string[] =>
    run.common !== undefined
      ? run.common.map(lineOf)
      : [...run.apart].flatMap(([dialect, items]) => items.map((item) => `${dialect}: ${lineOf(item)}`)),
  )
  const shown = lines.slice(0, mostLines)
  return lines.length > mostLines ? [...shown, `and ${lines.length - mostLines} more`] : shown
}
