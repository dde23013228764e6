/**
 * What is invisible, or what changes how the text around it looks: control and format characters (among them those that turn the
 * direction of reading), halves of surrogate pairs, separators and blanks other than the plain one.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu
const names: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  const escapeSequence = names[character]
  if (escapeSequence !== undefined) return escapeSequence
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}

const countOf = (text: string, part: string): number => text.split(part).length - 1

/** A string literal, in the quotes that need fewer escapes. */
export function stringLiteral(text: string): string {
  const quote = countOf(text, "'") > countOf(text, '"') ? '"' : "'"
  const inside = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replace(invisible, escaped)
  return quote + inside + quote
}

/** What stands between the backticks of a template literal that has no places for values. */
export function templateText(text: string): string {
  return text
    .replace(/[\\`]|\$(?=\{)/g, '\\$&')
    .replace(invisible, (character) => (character === '\n' ? character : escaped(character)))
}

// Short texts are read in one line; blanks at the ends of lines are lost in editors, and a text without them would be another.
const shortest = 60
const spaceAtLineEnd = /[^\S\n]\n|[^\S\n]$/

/** Texts of several lines, such as views and triggers, stand as their author wrote them. */
export function isTemplate(text: string): boolean {
  return text.length > shortest && text.includes('\n') && !spaceAtLineEnd.test(text)
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

export const isIdentifier = (name: string): boolean => identifier.test(name)

/** The name of a member of an object literal. `__proto__: x` would be no member, but the object's prototype. */
export function memberName(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return isIdentifier(name) ? name : stringLiteral(name)
}

/** A comment of one line. */
export function commentLine(text: string): string {
  return `// ${plainLine(text)}`
}

/** Any text as one line of a comment: what ends a line, or is not seen, is shown as its escape. */
export function plainLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replace(invisible, escaped).trim()
}
