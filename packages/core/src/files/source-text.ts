export function lineOf(text: string, at: number): number {
  let line = 1
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) line += 1
  return line
}

/** What a docblock at the top of the file says first, up to a dash or `Revises`. */
export function docblockMessage(text: string): string | undefined {
  const start = /^\uFEFF?(?:#![^\n]*\n)?(?:\s|\/\/[^\n]*\n)*\/\*\*/.exec(text)?.[0].length
  if (start === undefined) return undefined
  const end = text.indexOf('*/', start)
  const paragraph: string[] = []
  for (const line of text.slice(start, end === -1 ? start : end).split('\n')) {
    const content = line.replace(/^\s*\*/, '').trim()
    if (content !== '') paragraph.push(content)
    else if (paragraph.length > 0) break
  }
  const message = paragraph
    .join(' ')
    .split(/\s[—–]\s|\s-\s+(?=Revises\b)|(?:^|\s)Revises\b/)[0]
    ?.trim()
    .replace(/[.\s]+$/, '')
  return message === undefined || message === '' || message.startsWith('@') ? undefined : message
}
