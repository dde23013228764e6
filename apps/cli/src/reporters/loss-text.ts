import type { PlannedLoss } from '@org/migrate-core'
import { plural } from './formatting.ts'

const verbs: { readonly [H in PlannedLoss['how']]: string } = {
  dropped: 'dropped',
  converted: 'changed by the conversion',
  deleted: 'deleted',
}

const mebibyte = 1024 * 1024

/** What a step takes away, how much it is, and what becomes of it. */
export function lossText({
  object,
  how,
  rows,
  about,
  preserved,
  bytes = 0,
  why,
  byHand,
  uncounted,
}: PlannedLoss): string {
  const isTable = object.startsWith('table ')
  const reason = why === undefined ? '' : ` (${why})`
  if (rows === undefined) {
    const what = isTable ? 'rows' : 'values'
    const fate = preserved ? 'preserved' : 'not preserved'
    return `${object}: ${what} ${verbs[how]}, ${fate}; how many is ${uncounted ? 'not known' : 'known when it runs'}${reason}`
  }
  if (rows === 0) return `${object}: no ${isTable ? 'rows' : 'values'} ${verbs[how]}`
  const byItself =
    byHand === undefined ? '' : `, but nothing restores ${rows === 1 ? 'it' : 'them'} by itself: ${byHand}`
  const size = bytes < mebibyte ? '' : ` (about ${Math.round(bytes / mebibyte).toLocaleString('en-US')} MiB)`
  const fate = preserved ? `preserved${size}${byItself}` : 'not preserved'
  if (about) return `${object}: ${verbs[how]}, of a table of about ${plural(rows, 'row')}, ${fate}${reason}`
  return `${object}: ${plural(rows, isTable ? 'row' : 'value')} ${verbs[how]}, ${fate}${reason}`
}
