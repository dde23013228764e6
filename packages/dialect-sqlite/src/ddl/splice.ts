/** One replacement in a text; `start === end` inserts. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with all edits made; their offsets are those of the text as given, and none overlap. */
export function splice(source: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let text = ''
  let at = 0
  for (const edit of ordered) {
    text += source.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return text + source.slice(at)
}

/**
 * A name put in the place of another token. SQLite writes `"new" ` with a space where a quote follows, so that the two
 * do not become one doubled quote; a word must not grow together with a word either.
 */
export function replaceName(
  source: string,
  span: { readonly start: number; readonly end: number },
  quoted: string,
): Edit {
  const before = source[span.start - 1]
  const after = source[span.end]
  return {
    start: span.start,
    end: span.end,
    text: `${before === '"' ? ' ' : ''}${quoted}${after === '"' ? ' ' : ''}`,
  }
}
