import { MigrateError } from '../../errors/migrate-error.ts'
import { scanHeader } from '../header-scan.ts'
import type { Draft } from './draft.ts'
import { momentIn } from './moment.ts'
import { fill } from './tokens.ts'

/** A text of somebody's own for new revisions. */
export interface OwnTemplate {
  readonly file: string
  readonly text: string
}

export interface TextSettings {
  readonly timeZone?: string
  readonly template?: OwnTemplate
}

function literal(value: string): string {
  return `'${value.replace(/['\\]/g, '\\$&')}'`
}

function listLiteral(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`
}

export function parentsLiteral(parents: readonly string[]): string {
  const [first, ...others] = parents
  return first === undefined ? 'null' : others.length === 0 ? literal(first) : listLiteral(parents)
}

/** What a header comment says of the parents. */
export function revisesText(parents: readonly string[]): string {
  return parents.length === 0 ? '<base>' : parents.join(', ')
}

/** The message as a comment may hold it: without what would end the comment, or the message, when it is read again. */
function messageText(message: string): string {
  return message
    .replaceAll('*/', '*\\/')
    .replace(/\s[—–]\s/g, ' - ')
    .replace(/\bRevises\b/g, 'revises')
}

const plainTemplate = `/** {{header}} */
import type { OperationRecorder } from '@org/migrate-core'

export const revision = {{revision}}
export const downRevision = {{downRevision}}
export const branchLabels: readonly string[] = {{branchLabels}}
export const dependsOn: readonly string[] = {{dependsOn}}

`
const writtenBody = `export function upgrade(op: OperationRecorder) {
  // op.createTable('accounts', (t) => { … })
}

// No downgrade: it is derived from what upgrade records. Export \`downgrade(op)\` to say it yourself.
`
const mergeBody = 'export function upgrade(_op: OperationRecorder) {}\n'

/**
 * The text of a new revision's file: the same for the same draft, on every machine.
 *
 * Throws INVALID_OPTION for a token that there is none of, HEADER_INVALID where a template of somebody's own does not say what the
 * revision is.
 */
export function revisionText(draft: Draft, { timeZone, template }: TextSettings = {}): string {
  const { iso, ...moment } = momentIn(draft.at, timeZone)
  const message = messageText(draft.message)
  const revises = revisesText(draft.parents)
  const values = {
    header: [...(message === '' ? [] : [message]), `Revises ${revises}`, iso].join(' — '),
    message,
    revises,
    date: iso,
    rev: draft.revision,
    revision: literal(draft.revision),
    downRevision: parentsLiteral(draft.parents),
    branchLabels: listLiteral(draft.branchLabels),
    dependsOn: listLiteral(draft.dependsOn),
    ...moment,
  }
  const body = draft.parents.length > 1 ? mergeBody : writtenBody
  const text = fill(template?.text ?? plainTemplate + body, values, 'template')
  if (template !== undefined) refuseOtherHeader(draft, text, template.file)
  return text
}

/** What the next command reads in the file has to be what was asked for. */
function refuseOtherHeader(draft: Draft, text: string, file: string): void {
  const found = scanHeader(text, file)
  const pairs = [
    ['revision', [found.revision], [draft.revision]],
    ['downRevision', found.parents, draft.parents],
    ['branchLabels', found.branchLabels, draft.branchLabels],
    ['dependsOn', found.dependsOn, draft.dependsOn],
  ] as const
  for (const [name, written, wanted] of pairs) {
    if (JSON.stringify(written) === JSON.stringify(wanted)) continue
    const [scanned, exported] = [JSON.stringify(written), JSON.stringify(wanted)]
    throw new MigrateError(
      'HEADER_INVALID',
      { file, name, why: 'mismatch', scanned, exported },
      `${file}: a revision made of it would say that \`${name}\` is ${scanned}, but it is ${exported}`,
      { remedy: `Write \`export const ${name} = {{${name}}}\` in the template.` },
    )
  }
}
