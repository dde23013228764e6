import { isModuleName, isPassedBy } from '../folder-names.ts'
import type { Draft } from './draft.ts'
import { timestampParts } from './timestamp-parts.ts'
import { fill, invalid } from './tokens.ts'

/** How new files are named. */
export interface FileNaming {
  /**
   * `{{rev}}`, `{{slug}}`, `{{epoch}}`, `{{year}}`, `{{month}}`, `{{day}}`, `{{hour}}`, `{{minute}}`, `{{second}}`, and folders where
   * sub-folders are read. Default `{{rev}}_{{slug}}`.
   */
  readonly name?: string
  /** The IANA time zone of dates in names and texts. Default UTC. */
  readonly timeZone?: string
  /** The longest slug; it is cut at a word. Default 40. */
  readonly slugLength?: number
}

const defaultName = '{{rev}}_{{slug}}'
const defaultSlugLength = 40

/** The words of a message as a part of a file's name: lower case, joined by underscores, as many words as fit. */
function slugOf(message: string, longest = defaultSlugLength): string {
  const tokens =
    message
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  let slug = [...(tokens[0] ?? '')].slice(0, longest).join('')
  for (const word of tokens.slice(1)) {
    if (slug.length + 1 + word.length > longest) break
    slug += `_${word}`
  }
  return slug
}

/**
 * The path of a new revision's file within its folder, without the extension.
 *
 * Throws INVALID_OPTION: a token that there is none of, a path that leads out, a name that would be passed by when the folder
 * is read, a folder where sub-folders are not read.
 *
 * ```ts
 * fileNameOf(draft, { name: '{{year}}/{{rev}}_{{slug}}' }, true) // '2026/4f2a91c07b3e_accounts_get_a_locale'
 * ```
 */
export function fileNameOf(draft: Draft, naming: FileNaming, recursive: boolean): string {
  const { name: template = defaultName, timeZone, slugLength } = naming
  const slug = slugOf(draft.message, slugLength)
  const { iso: _iso, ...parts } = timestampParts(draft.at, timeZone)
  // Without a message the sign that would join the slug to its neighbour goes too.
  const shown = slug === '' ? template.replace(/[_-]\{\{\s*slug\s*\}\}|\{\{\s*slug\s*\}\}[_-]?/g, '') : template
  const name = fill(shown, { rev: draft.revision, slug, ...parts }, 'name')
  const segments = name.split('/')
  if (segments.length > 1 && !recursive) {
    throw invalid('name', `${template} has folders, and sub-folders are read only with \`recursive: true\``)
  }
  if (segments.some((segment) => segment.trim() === '' || /^\.+$|\\/.test(segment))) {
    throw invalid('name', `${template} gives ${JSON.stringify(name)}, which names no file in the folder of revisions`)
  }
  if (segments.slice(0, -1).some(isPassedBy) || !isModuleName(`${segments.at(-1)}.ts`)) {
    throw invalid('name', `${template} gives ${name}, which is passed by when the folder is read`)
  }
  return name
}
