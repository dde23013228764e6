/** How often progress is reported: a line that is rewritten, a line of its own. */
export const drawnProgressMs = 50
export const plainProgressMs = 5_000

/** Between two lines while the run waits for another run, which may end at any time; of a long wait each line comes after half of it. */
export const waitingPauseMs = (waitedMs: number): number => Math.max(2_500, waitedMs / 2)

/** Before, the first pages say little: caches are cold, and the batches are still growing. */
const leastMs = 1_000

/** `40 s`, `12 min`, `3 h 5 min`: the seconds of an hour say nothing. */
function remainingText(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 2) return `${Math.ceil(ms / 1_000)} s`
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/**
 * `, 4,000/s, 22 s left` for what was done in `ms` milliseconds, with `left` of it to do. Empty until that says anything; without the time left
 * where `left` is not known.
 */
export function paceText(done: number, ms: number, left?: number): string {
  if (ms < leastMs || done <= 0) return ''
  const perSecond = (done / ms) * 1_000
  const rate = `, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en-US')}/s`
  return left === undefined || left < 0 ? rate : `${rate}, ${remainingText((left / perSecond) * 1_000)} left`
}

/** The numbers of a line of progress, `: 12,000/100,000, 4,000/s, 22 s left`: measured from where the work was when it was first heard of. */
export function createPace(): (what: string, done: number, total: number | undefined) => string {
  let from = { what: '', done: 0, atMs: 0 }
  return (what, done, total) => {
    const atMs = performance.now()
    if (from.what !== what || from.done > done) from = { what, done, atMs }
    const all = total === undefined ? '' : `/${total.toLocaleString('en-US')}`
    const left = total === undefined ? undefined : total - done
    return `: ${done.toLocaleString('en-US')}${all}${paceText(done - from.done, atMs - from.atMs, left)}`
  }
}

/** What is left of a title that has to make room: its counter, `[ 1/39]`. */
const leastTitle = 8

/** The end is cut, and never through a character of two halves. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  return length < 1 ? '' : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** One line of a terminal. Where it is too long the title gives way first, then the words; the number behind them is what is waited for. */
export function fit(room: number, title: string, detail = '', number = ''): string {
  const gap = title === '' || detail === '' ? '' : '  '
  const over = title.length + gap.length + detail.length + number.length - room
  const head = shortened(title, Math.max(leastTitle, title.length - Math.max(0, over)))
  const left = room - head.length - gap.length - number.length
  return shortened(`${head}${gap}${shortened(detail, Math.max(0, left))}${number}`, room)
}

/** What a line of progress takes beside its title: logs are read in narrow windows. */
const progressWidth = 58

/** What a step does, as long as its line of progress has room for it before the number. */
export const progressTitle = (what: string, number: string): string => shortened(what, progressWidth - number.length)
