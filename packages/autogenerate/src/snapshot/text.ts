import { isWholeScript } from '@org/migrate-core'
import { type Dialect, isText, partsOfSql, requireArgument } from '@org/migrate-core/dialect'
import { scriptParts, sha256, withChecksum } from '@org/migrate-core/internal'

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  readonly dialect: string
  /** The product, which two of one dialect tell apart: MySQL and MariaDB. */
  readonly server: string
  /** `tier:revision` of each head. */
  readonly heads: readonly string[]
  /** Of what the revisions record. */
  readonly revisions: string
  /** Of the statements. */
  readonly schema: string
  /** Objects that no statement of the file makes. */
  readonly without: readonly string[]
  /** Tables whose rows it does not hold. */
  readonly withoutRows: readonly string[]
}

const mark = '-- schema snapshot 1, written by migrate: an edited one is refused'
const beginning = '-- the schema'

/**
 * Whether a text is a snapshot, also where it was edited, or where a merge left it in conflict.
 *
 * ```ts
 * if (!isSnapshotText(await readFile('schema.sql', 'utf8'))) throw new Error('another file')
 * ```
 */
export function isSnapshotText(text: string): boolean {
  requireArgument('isSnapshotText', 'text', text, isText)
  return text.includes(mark)
}

export const productOf = (dialect: Dialect): string => scriptParts(dialect).server.name.split(' ')[0] ?? ''

const fingerprintOf = (statements: readonly string[]): string => sha256(statements.join('\n'))

const oneLine = (name: string): string => name.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')

/** The file: a header, what makes a client read it as a run would, and the statements, each with its end. */
export function snapshotText(
  header: Omit<SnapshotHeader, 'schema'>,
  settings: readonly string[],
  statements: readonly string[],
): string {
  const lines = [
    mark,
    `-- dialect: ${header.dialect}`,
    `-- server: ${header.server}`,
    `-- heads: ${header.heads.map(oneLine).join(', ')}`,
    `-- revisions: ${header.revisions}`,
    `-- schema: ${fingerprintOf(statements)}`,
    ...header.without.map((each) => `-- without: ${oneLine(each)}`),
    ...header.withoutRows.map((each) => `-- without rows: ${oneLine(each)}`),
  ]
  return withChecksum(`${[lines.join('\n'), ...settings, beginning, ...statements].join('\n\n')}\n`)
}

/** A text with the line ends that were written: git may have changed them. */
export function unchangedText(text: string): string | undefined {
  if (isWholeScript(text)) return text
  const unix = text.replaceAll('\r\n', '\n')
  return isWholeScript(unix) ? unix : undefined
}

/** Undefined for a text that is no snapshot. */
export function readHeader(text: string): SnapshotHeader | undefined {
  if (!isSnapshotText(text)) return undefined
  const end = text.search(/\r?\n\r?\n/)
  const lines = text.slice(0, end === -1 ? text.length : end).split(/\r?\n/)
  const all = (key: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`-- ${key}: `) ? [line.slice(key.length + 5)] : []))
  const one = (key: string): string => all(key)[0] ?? ''
  return {
    dialect: one('dialect'),
    server: one('server'),
    heads: one('heads').split(', ').filter(Boolean),
    revisions: one('revisions'),
    schema: one('schema'),
    without: all('without'),
    withoutRows: all('without rows'),
  }
}

/** What the client of MySQL is told of a statement with semicolons in it. */
const delimited = /^DELIMITER (\$\$+)\n([\s\S]*?)\1\nDELIMITER ;$/gm

/** The statements behind the settings, without their ends. */
export function statementsIn(text: string, { sql: { grammar } }: Dialect): readonly string[] {
  const begins = text.indexOf(`\n${beginning}\n`)
  const body = begins === -1 ? text : text.slice(begins + beginning.length + 2)
  const plain = (part: string): readonly string[] =>
    partsOfSql(part, grammar).flatMap(({ statements }) => statements.map((each) => each.text))
  const found: string[] = []
  let from = 0
  for (const match of body.matchAll(delimited)) {
    found.push(...plain(body.slice(from, match.index)), (match[2] ?? '').trim())
    from = match.index + match[0].length
  }
  return [...found, ...plain(body.slice(from))]
}
