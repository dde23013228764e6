import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isText, optional, requireArguments } from '../../errors/option-check.ts'
import { sqlHeaderText } from '../sql-header.ts'
import { isDraft } from './argument-checks.ts'
import type { Draft } from './draft.ts'
import { makeFile } from './make-file.ts'
import { timestampParts } from './timestamp-parts.ts'

function upText(draft: Draft, timeZone: string | undefined): string {
  const { iso } = timestampParts(draft.at, timeZone)
  const hint = draft.parents.length > 1 ? '' : '\n-- Divide statements by lines `-- migrate: statement`.\n'
  return `${sqlHeaderText(draft)}-- created: ${iso}\n${hint}`
}

function downText({ revision, parents }: Draft): string {
  if (parents.length > 1) return '-- migrate: nothing\n'
  return `-- What takes ${revision} back. Until a statement stands here, a downgrade past it is refused.\n`
}

/**
 * Makes the folder of a new revision in SQL, with `up.sql` and `down.sql`, and gives the paths of both. Its path is what
 * `revisionPath` says with the extension ''.
 *
 * Throws FILE_NOT_WRITTEN; then nothing is left behind.
 *
 * ```ts
 * const folder = revisionPath(draft, graph, locations, { extension: '' })
 * const [up, down] = makeSqlFiles(folder, draft)
 * ```
 */
export function makeSqlFiles(folder: string, draft: Draft, timeZone?: string): readonly [up: string, down: string] {
  requireArguments(
    'makeSqlFiles',
    { folder, draft, timeZone },
    { folder: isText, draft: isDraft, timeZone: optional(isText) },
  )
  const files = [join(folder, 'up.sql'), join(folder, 'down.sql')] as const
  const [up, down] = files
  makeFile(up, upText(draft, timeZone))
  try {
    makeFile(down, downText(draft))
  } catch (error) {
    rmSync(up, { force: true })
    throw error
  }
  return files
}
