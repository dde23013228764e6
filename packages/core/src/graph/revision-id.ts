import { MigrateError } from '../errors/migrate-error.ts'

/** The words that targets give a meaning to. */
const reserved = new Set(['head', 'heads', 'base', 'current'])

/** `-`, `+`, `@` and `:` are the grammar of targets (`label@head`, `+2`, `a:b`). */
const grammar = /[@\-+:]/
const invisible = /[\s\p{Cc}\p{Cf}\p{Cs}]/u
const longest = 64

function whyIllegal(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > longest) return `it has ${name.length} characters, ${longest} are allowed`
  const sign = grammar.exec(name)
  if (sign) return `"${sign[0]}" has a meaning in targets such as label@head, +2 or from:to`
  // Files are named after ids.
  if (/[\\/]/.test(name) || /^\.+$/.test(name)) return 'it would be a path'
  if (invisible.test(name)) return 'it contains white space or an invisible character'
  if (reserved.has(name)) return 'the word has a meaning of its own in targets'
  return undefined
}

/** Throws ILLEGAL_REVISION_ID where the id could not be stored or not be typed as a target. */
export function requireLegalId(revision: string, source?: string): void {
  const why = whyIllegal(revision)
  if (why === undefined) return
  const where = source === undefined ? '' : ` of ${source}`
  throw new MigrateError(
    'ILLEGAL_REVISION_ID',
    { revision, why },
    `The revision id ${JSON.stringify(revision)}${where} cannot be used: ${why}.`,
  )
}

/** The same rules for a branch label, which is typed in the same places. */
export function requireLegalLabel(label: string, revision: string): void {
  const why = whyIllegal(label)
  if (why === undefined) return
  throw new MigrateError(
    'ILLEGAL_REVISION_ID',
    { revision: label, why },
    `The branch label ${JSON.stringify(label)} of revision ${revision} cannot be used: ${why}.`,
  )
}
