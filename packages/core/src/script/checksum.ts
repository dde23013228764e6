import { createHash } from 'node:crypto'
import { isText, requireArguments } from '../errors/option-check.ts'

const checksumMark = '-- sha256: '

/** The text with its checksum in the first line: of everything below it. */
export function withChecksum(body: string): string {
  return `${checksumMark}${createHash('sha256').update(body).digest('hex')}\n${body}`
}

/**
 * Whether a text is a complete, unchanged script of ours.
 *
 * ```ts
 * if (!isWholeScript(await readFile('upgrade.sql', 'utf8'))) throw new Error('edited by hand')
 * ```
 */
export function isWholeScript(text: string): boolean {
  requireArguments('isWholeScript', { text }, { text: isText })
  const end = text.indexOf('\n')
  return text.startsWith(checksumMark) && end !== -1 && withChecksum(text.slice(end + 1)) === text
}
