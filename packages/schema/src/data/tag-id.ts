/**
 * The id that a tag's name gives: every U+0020 one underscore, then lower case by Unicode's full mapping, in no
 * language's own way. Nothing is trimmed; other white space stays.
 */
export function tagId(name: string): string {
  return name.replaceAll(' ', '_').toLowerCase()
}

/** This name never was a tag of the user: it marks a chat as pinned. */
export const pinnedTag = 'pinned'
