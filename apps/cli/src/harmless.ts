/**
 * Names, messages and values come from files and databases. What a terminal would obey, what turns text around and what cannot be
 * seen is shown instead: a name must not hide a part of itself. A joiner within an emoji stays.
 */
const unseen =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of them is looked for by itself
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034F\u115F\u1160\u3164\uFFA0](?<![\t\n])(?<!\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?\u200D)/gu

/** A text from elsewhere with what is not to be seen in it written out (`\u001b`); tabs and line ends stay, and JSON stays JSON. */
export function harmless(text: string): string {
  return text.replace(unseen, escaped)
}

/** By UTF-16 units, as JSON and JavaScript write it. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
