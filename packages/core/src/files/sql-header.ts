import { MigrateError } from '../errors/migrate-error.ts'
import { nearNames } from '../errors/near-names.ts'
import type { HeaderName, ScannedHeader } from './header-check.ts'
import { sqlText } from './sql-revision.ts'

interface SqlHeader extends ScannedHeader {
  readonly message?: string
}

type Fact = HeaderName | 'message'

/** How each fact is written. */
const written: { readonly [F in Fact]: string } = {
  revision: 'revision',
  downRevision: 'revises',
  branchLabels: 'branch-labels',
  dependsOn: 'depends-on',
  compatibleWith: 'compatible-with',
  replaces: 'replaces',
  message: 'message',
}
/** The same words however they are joined, and as a TypeScript revision has them. */
const facts: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ...Object.entries(written).map(([fact, word]) => [word.replaceAll('-', ''), fact as Fact] as const),
  ['downrevision', 'downRevision'],
])
const comment = /^\s*--(.*)$/
const line = /^[ \t]*([A-Za-z][\w-]*(?:[ \t]+[\w-]+)?)[ \t]*:[ \t]*(.*?)\s*$/
/** What an id or a label never has, and a list of another language does. */
const alien = /['"`[\](){};<>]/
const remedies =
  'Write a line such as `-- revision: 4f2a91c07b3e`; `-- revises:` takes ids with commas between them, or `base`.'

interface Entry {
  readonly value: string
  readonly line: number
}

function invalid(file: string, name: string, at: number, why: string): MigrateError {
  return new MigrateError(
    'HEADER_INVALID',
    { file, name, why: 'not-static', line: at },
    `${file}:${at}: \`-- ${name}:\` ${why}`,
    { remedy: remedies },
  )
}

/** The facts in the comments before the first statement. Throws HEADER_INVALID. */
function entriesOf(text: string, file: string): ReadonlyMap<Fact, Entry> {
  const entries = new Map<Fact, Entry>()
  for (const [index, each] of text.split('\n').entries()) {
    if (each.trim() === '') continue
    const inner = comment.exec(each)?.[1]
    if (inner === undefined) break
    const [, key, value] = line.exec(inner) ?? []
    if (key === undefined || value === undefined) continue
    const fact = facts.get(key.replaceAll(/[-_ \t]/g, '').toLowerCase())
    if (fact === undefined) {
      const [near] = nearNames(key.toLowerCase(), Object.values(written))
      if (near !== undefined) throw invalid(file, key, index + 1, `is no fact of a revision; did you mean \`${near}\`?`)
      continue
    }
    if (entries.has(fact)) throw invalid(file, key, index + 1, 'stands there twice')
    entries.set(fact, { value, line: index + 1 })
  }
  return entries
}

function idsOf(file: string, fact: Fact, entry: Entry | undefined): readonly string[] {
  const ids = (entry?.value ?? '').split(/[\s,]+/).filter((id) => id !== '')
  const wrong = ids.find((id) => alien.test(id))
  if (entry !== undefined && wrong !== undefined) {
    throw invalid(
      file,
      written[fact],
      entry.line,
      `has ${wrong}: ids stand there as they are, without quotes or brackets`,
    )
  }
  return ids
}

function required(file: string, fact: Fact, entry: Entry | undefined): Entry {
  if (entry !== undefined) return entry
  throw new MigrateError(
    'HEADER_INVALID',
    { file, name: fact, why: 'missing' },
    `${file}:1: the comments at the top have no line \`-- ${written[fact]}: …\``,
    { remedy: remedies },
  )
}

/** Whether a text of SQL has the lines that every revision needs. */
export const hasRevisionLines = (text: string): boolean =>
  /^\s*--[ \t]*revision[ \t]*:/im.test(text) && /^\s*--[ \t]*(?:revises|down[-_ ]?revision)[ \t]*:/im.test(text)

/**
 * The facts of a revision in the comments at the top of its up.sql, read as text:
 *
 * ```sql
 * -- message: accounts get a locale
 * -- revision: 4f2a91c07b3e
 * -- revises: 9b01d2ee6a54
 * ```
 *
 * Throws HEADER_INVALID, with the line.
 */
export function scanSqlHeader(text: string, file: string): SqlHeader {
  const entries = entriesOf(text, file)
  const list = (fact: Fact): readonly string[] => idsOf(file, fact, entries.get(fact))
  const named = required(file, 'revision', entries.get('revision'))
  const [revision, second] = list('revision')
  if (revision === undefined) throw invalid(file, 'revision', named.line, 'has no id')
  if (second !== undefined) throw invalid(file, 'revision', named.line, 'has more than one id')
  const revises = required(file, 'downRevision', entries.get('downRevision'))
  const isBase = /^(?:base|<base>)$/i.test(revises.value)
  const parents = isBase ? [] : list('downRevision')
  if (!isBase && parents.length === 0) {
    throw invalid(file, 'revises', revises.line, 'has no id; a revision that follows none says `base`')
  }
  const message = entries.get('message')?.value ?? ''
  return {
    revision,
    parents,
    branchLabels: list('branchLabels'),
    dependsOn: list('dependsOn'),
    compatibleWith: list('compatibleWith'),
    ...(list('replaces').length === 0 ? {} : { replaces: list('replaces') }),
    ...(message === '' ? {} : { message }),
  }
}

/** The text with other parents in its line for them. Throws HEADER_INVALID. */
export function withSqlParents(text: string, file: string, parents: readonly string[]): string {
  const at = required(file, 'downRevision', entriesOf(sqlText(text), file).get('downRevision')).line - 1
  // With the line ends that they have.
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/)
  lines[at] = (lines[at] ?? '').replace(/(:[ \t]*)[^\r\n]*/, (_all, colon: string) => colon + parentsText(parents))
  return lines.join('')
}

/** Throws HEADER_INVALID where the text of the downgrade says that it belongs to another revision. */
export function refuseOtherRevision(text: string, file: string, revision: string): void {
  const entry = entriesOf(text, file).get('revision')
  if (entry === undefined || entry.value === revision) return
  throw new MigrateError(
    'HEADER_INVALID',
    { file, name: 'revision', why: 'mismatch', scanned: entry.value, exported: revision },
    `${file}:${entry.line}: it says that it belongs to ${entry.value}, but up.sql beside it is ${revision}`,
    { remedy: 'Correct the line, or take it out: up.sql says which revision the folder is.' },
  )
}

function parentsText(parents: readonly string[]): string {
  return parents.length === 0 ? 'base' : parents.join(', ')
}

function commentLine(fact: Fact, value: string): string {
  return `-- ${written[fact]}: ${value.replaceAll(/\s+/g, ' ')}\n`
}

/** The lines that say the facts, as they are read again. */
export function sqlHeaderText(header: Omit<SqlHeader, 'compatibleWith'>): string {
  const { message, revision, parents, branchLabels, dependsOn } = header
  const lists = [
    ['branchLabels', branchLabels],
    ['dependsOn', dependsOn],
  ] as const
  return [
    ...(message === undefined || message === '' ? [] : [commentLine('message', message)]),
    commentLine('revision', revision),
    commentLine('downRevision', parentsText(parents)),
    ...lists.flatMap(([fact, values]) => (values.length === 0 ? [] : [commentLine(fact, values.join(', '))])),
  ].join('')
}
