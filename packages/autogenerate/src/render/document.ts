/**
 * Text with the places where a line may break. A string stands as it is, and one with line breaks of its own (a template literal)
 * breaks everything around it, as a hard line does.
 */
export type Document = string | Part

type Part =
  | { readonly kind: 'list' | 'indent'; readonly parts: readonly Document[]; readonly breaks: boolean }
  | { readonly kind: 'line'; readonly flat: string; readonly breaks: boolean }
  /** Nothing on one line; the text where the group is broken: the comma behind the last element. */
  | { readonly kind: 'broken'; readonly text: string; readonly breaks: false }
  /** On one line where it fits and nothing in it breaks. */
  | { readonly kind: 'group'; readonly parts: readonly Document[]; readonly breaks: boolean }
  /** As many words on a line as fit. */
  | { readonly kind: 'fill'; readonly items: readonly string[]; readonly breaks: false }
  /** The first form that fits up to its first line break; else the last, broken. */
  | { readonly kind: 'choice'; readonly forms: readonly Document[]; readonly breaks: boolean }

export const breaks = (document: Document): boolean =>
  typeof document === 'string' ? document.includes('\n') : document.breaks

export const list = (...parts: readonly Document[]): Document => ({ kind: 'list', parts, breaks: parts.some(breaks) })
export const indent = (...parts: readonly Document[]): Document => ({
  kind: 'indent',
  parts,
  breaks: parts.some(breaks),
})
export const group = (...parts: readonly Document[]): Document => ({
  kind: 'group',
  parts,
  breaks: parts.some(breaks),
})
export const brokenGroup = (...parts: readonly Document[]): Document => ({ kind: 'group', parts, breaks: true })
export const choice = (...forms: readonly Document[]): Document => ({
  kind: 'choice',
  forms,
  breaks: forms[0] !== undefined && breaks(forms[0]),
})
export const fill = (items: readonly string[]): Document => ({ kind: 'fill', items, breaks: false })
export const ifBroken = (text: string): Document => ({ kind: 'broken', text, breaks: false })

/** A blank, or a line break. */
export const line: Document = { kind: 'line', flat: ' ', breaks: false }
/** Nothing, or a line break. */
export const softLine: Document = { kind: 'line', flat: '', breaks: false }
export const hardLine: Document = { kind: 'line', flat: '', breaks: true }

export function joined(parts: readonly Document[], between: Document): Document {
  return list(...parts.flatMap((part, at) => (at === 0 ? [part] : [between, part])))
}

interface Frame {
  readonly document: Document
  readonly indent: number
  readonly flat: boolean
}

/** What a frame consists of; a line, a fill and a choice are the printer's to decide. */
function inside({ document, indent, flat }: Frame): readonly Frame[] {
  if (typeof document === 'string') return []
  if (document.kind === 'list' || document.kind === 'group' || document.kind === 'indent') {
    const deeper = document.kind === 'indent' ? indent + 2 : indent
    // What has to break does so within something flat, too: the body of a function that is an argument.
    const isFlat = document.kind === 'group' ? flat && !document.breaks : flat
    return document.parts.map((part) => ({ document: part, indent: deeper, flat: isFlat }))
  }
  return document.kind === 'broken' && !flat ? [{ document: document.text, indent, flat }] : []
}

const pushed = (stack: Frame[], frames: readonly Frame[]): void => {
  for (let at = frames.length - 1; at >= 0; at -= 1) stack.push(frames[at] as Frame)
}

/** Whether the line stays within `left` characters up to the first line break, be it in `rest`, which follows. */
function fits(next: Frame, rest: readonly Frame[], left: number): boolean {
  let room = left
  let following = rest.length
  const stack: Frame[] = [next]
  while (room >= 0) {
    const frame = stack.pop()
    if (frame === undefined) {
      if (following === 0) return true
      following -= 1
      stack.push(rest[following] as Frame)
      continue
    }
    const { document, flat } = frame
    if (typeof document === 'string') {
      const end = document.indexOf('\n')
      if (end >= 0) return room >= end
      room -= document.length
    } else if (document.kind === 'line') {
      if (!flat || document.breaks) return true
      room -= document.flat.length
    } else if (document.kind === 'fill') {
      if (!flat) return room >= (document.items[0] ?? '').length
      room -= document.items.join(' ').length
    } else if (document.kind === 'choice') {
      const form = flat ? document.forms[0] : document.forms.at(-1)
      stack.push({ ...frame, document: form ?? '' })
    } else pushed(stack, inside(frame))
  }
  return false
}

/** The text, with lines of at most `width` characters wherever they can be broken. */
export function print(document: Document, width = 100): string {
  const stack: Frame[] = [{ document, indent: 0, flat: false }]
  let text = ''
  let column = 0
  // Written with what follows it: an empty line keeps no blanks.
  let margin = ''
  const write = (piece: string): void => {
    if (piece === '') return
    text += margin + piece
    margin = ''
    const end = piece.lastIndexOf('\n')
    column = end < 0 ? column + piece.length : piece.length - end - 1
  }
  const breakLine = (by: number): void => {
    text += '\n'
    margin = ' '.repeat(by)
    column = by
  }
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { document: part, indent: by, flat } = frame
    const isFitting = (each: Frame): boolean => fits(each, stack, width - column)
    if (typeof part === 'string') write(part)
    else if (part.kind === 'line') {
      if (flat && !part.breaks) write(part.flat)
      else breakLine(by)
    } else if (part.kind === 'fill') {
      for (const [at, word] of part.items.entries()) {
        if (at > 0 && (flat || column + 1 + word.length <= width)) write(' ')
        else if (at > 0) breakLine(by)
        write(word)
      }
    } else if (part.kind === 'choice') {
      const forms = flat ? part.forms.slice(0, 1) : part.forms
      const frames = forms.map((form): Frame => ({ document: form, indent: by, flat: true }))
      const last = frames.pop()
      const fitting = frames.find(isFitting)
      if (fitting !== undefined) stack.push(fitting)
      else if (last !== undefined) stack.push({ ...last, flat })
    } else if (part.kind === 'group' && !flat && !part.breaks && isFitting({ ...frame, flat: true })) {
      pushed(stack, inside({ ...frame, flat: true }))
    } else pushed(stack, inside(frame))
  }
  return text
}
