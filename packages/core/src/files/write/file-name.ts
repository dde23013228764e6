import { basename, dirname } from 'node:path'
import { isModuleName, isPassedBy, nameTimestamp } from '../folder-names.ts'
import type { Draft } from './draft.ts'
import { timestampParts } from './timestamp-parts.ts'
import { fill, invalid } from './tokens.ts'

/** How new files are named. */
export interface FileNaming {
  /**
   * `{{timestamp}}` (`20261121T184500`, UTC, later than that of each parent), `{{rev}}`, `{{slug}}`, `{{epoch}}`, `{{year}}`, `{{month}}`,
   * `{{day}}`, `{{hour}}`, `{{minute}}`, `{{second}}`, and folders where sub-folders are read. Default
   * `{{timestamp}}_{{rev}}_{{slug}}`.
   */
  readonly name?: string
  /** The IANA time zone of dates in names and texts, `{{timestamp}}` apart. Default UTC. */
  readonly timeZone?: string
  /** The longest slug; it is cut at a word. Default 40. */
  readonly slugLength?: number
}

const defaultName = '{{timestamp}}_{{rev}}_{{slug}}'
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

const latest = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Milliseconds of the timestamp that the name of a revision begins with; 0 where it has none. */
function timeInName(source: string): number {
  const name = basename(source) === 'up.sql' ? basename(dirname(source)) : basename(source)
  const [, year, month, day, hour, minute, second] = nameTimestamp.exec(name) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) || 0
}

/** Names sort like the graph: within one second, or where the clock of a parent was fast, the child is a second later. */
function timestampOf(at: Date, parentFiles: readonly string[]): string {
  const time = Math.max(at.getTime(), ...parentFiles.map((file) => timeInName(file) + 1_000))
  const { year, month, day, hour, minute, second } = timestampParts(new Date(Math.min(time, latest)))
  return `${year}${month}${day}T${hour}${minute}${second}`
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
export function fileNameOf(
  draft: Draft,
  naming: FileNaming,
  recursive: boolean,
  parentFiles: readonly string[] = [],
): string {
  const { name: template = defaultName, timeZone, slugLength } = naming
  const slug = slugOf(draft.message, slugLength)
  const { iso: _iso, ...parts } = timestampParts(draft.at, timeZone)
  // Without a message the sign that would join the slug to its neighbour goes too.
  const shown = slug === '' ? template.replace(/[_-]\{\{\s*slug\s*\}\}|\{\{\s*slug\s*\}\}[_-]?/g, '') : template
  const name = fill(
    shown,
    { rev: draft.revision, slug, timestamp: timestampOf(draft.at, parentFiles), ...parts },
    'name',
  )
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
