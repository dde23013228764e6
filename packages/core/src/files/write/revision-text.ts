import { MigrateError } from '../../errors/migrate-error.ts'
import {
  holding,
  isText,
  isTexts,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../../errors/option-check.ts'
import { scanHeader } from '../header-scan.ts'
import { isDraft } from './argument-checks.ts'
import type { Draft } from './draft.ts'
import { timestampParts } from './timestamp-parts.ts'
import { fill, invalid, tokensOf } from './tokens.ts'

/** A text of the project for new revisions. */
export interface OwnTemplate {
  readonly file: string
  readonly text: string
}

/** What a revision does, as text: `renderBody` of a comparison makes it. */
export interface RevisionBody {
  /** What `code` imports. */
  readonly imports: string
  /** The functions of the file. */
  readonly code: string
  /** For the comment at the top, one line for each change. */
  readonly summary: readonly string[]
}

export interface TextSettings {
  readonly timeZone?: string
  readonly template?: OwnTemplate
  /** Absent: nothing yet. */
  readonly body?: RevisionBody
}

const settingChecks: OptionChecks<TextSettings> = {
  timeZone: isText,
  template: holding({ file: isText, text: isText }),
  body: holding({ imports: isText, code: isText, summary: isTexts }),
}

function literal(value: string): string {
  return `'${value.replace(/['\\]/g, '\\$&')}'`
}

function listLiteral(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`
}

export function parentsLiteral(parents: readonly string[]): string {
  const [first, ...rest] = parents
  return first === undefined ? 'null' : rest.length === 0 ? literal(first) : listLiteral(parents)
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

const shortComment = '/** {{header}} */'
const longComment = '/**\n * {{header}}\n *\n * {{summary}}\n */'
const plainTemplate = `
{{imports}}

export const revision = {{revision}}
export const downRevision = {{downRevision}}
export const branchLabels: readonly string[] = {{branchLabels}}
export const dependsOn: readonly string[] = {{dependsOn}}

{{body}}
`
const emptyImports = "import type { OperationRecorder } from '@org/migrate-core'"
const emptyCode = `export function upgrade(op: OperationRecorder) {
  // op.createTable('accounts', (t) => { … })
  // op.run('fill accounts', { up: fillAccounts, down: 'none', from: ['users.email'] })
  // \`from\` names what a data step computes from: a preserved value comes back only where that has not changed since the downgrade.
}

// No downgrade: it is derived from what upgrade records. Export \`downgrade(op)\` to say it yourself.`
const mergeCode = 'export function upgrade(_op: OperationRecorder) {}'

/** What stands in a block comment neither ends it nor begins a line that looks like none of it. */
function summaryText(summary: readonly string[]): string {
  return summary.map((line) => `- ${line.replaceAll('*/', '*\\/')}`).join('\n * ')
}

/**
 * The text of a new revision's file: the same for the same draft, on every machine. With a body it is what the revision does.
 *
 * Throws INVALID_OPTION for a token that there is none of, and where a template has no token for the body that there is; HEADER_INVALID
 * where a template of the project does not say what the revision is.
 */
export function revisionText(draft: Draft, settings: TextSettings = {}): string {
  requireArguments('revisionText', { draft }, { draft: isDraft })
  const { timeZone, template, body } = requireOptions('revisionText', settings, settingChecks)
  const { iso, ...timestamp } = timestampParts(draft.at, timeZone)
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
    imports: body?.imports ?? emptyImports,
    body: body?.code ?? (draft.parents.length > 1 ? mergeCode : emptyCode),
    summary: summaryText(body?.summary ?? []),
    ...timestamp,
  }
  if (template !== undefined && body !== undefined) requireTokens(template)
  const comment = values.summary === '' ? shortComment : longComment
  const text = fill(template?.text ?? comment + plainTemplate, values, 'template')
  if (template !== undefined) refuseOtherHeader(draft, text, template.file)
  return text
}

/** A template without a place for what was generated would lose it without a word. */
function requireTokens({ file, text }: OwnTemplate): void {
  const tokens = tokensOf(text)
  const absent = ['imports', 'body'].filter((name) => !tokens.has(name)).map((name) => `{{${name}}}`)
  if (absent.length === 0) return
  const why = `${file} has no ${absent.join(' and no ')}, in whose place a generated revision has what it does`
  throw invalid('template', why)
}

/** What the next command reads in the file has to be what was asked for. */
function refuseOtherHeader(draft: Draft, text: string, file: string): void {
  const header = scanHeader(text, file)
  const pairs = [
    ['revision', [header.revision], [draft.revision]],
    ['downRevision', header.parents, draft.parents],
    ['branchLabels', header.branchLabels, draft.branchLabels],
    ['dependsOn', header.dependsOn, draft.dependsOn],
  ] as const
  for (const [name, written, expected] of pairs) {
    if (JSON.stringify(written) === JSON.stringify(expected)) continue
    const [scanned, exported] = [JSON.stringify(written), JSON.stringify(expected)]
    throw new MigrateError(
      'HEADER_INVALID',
      { file, name, why: 'mismatch', scanned, exported },
      `${file}: a revision made of it would say that \`${name}\` is ${scanned}, but it is ${exported}`,
      { remedy: `Write \`export const ${name} = {{${name}}}\` in the template.` },
    )
  }
}
