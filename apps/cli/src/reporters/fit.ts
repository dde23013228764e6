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
