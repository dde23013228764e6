import { type ErrorOutcome, isMigrateError, MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import { locationInFile, originalStack } from '../configuration/location-in-file.ts'
import { harmless } from '../harmless.ts'
import type { Colors } from '../output.ts'

const longestSql = 400

export function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim()
  return line.length > longestSql ? `${line.slice(0, longestSql)} … (${sql.length} characters)` : line
}

/** An error and what it was caused by, the nearest first. */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (let at = error; at !== undefined && chain.length < 6; at = at instanceof Error ? at.cause : undefined) {
    chain.push(at)
  }
  return chain
}

function messageOf(error: unknown): string {
  return thrownMessage(error)
}

/** The causes below an error, the nearest first. */
export function causesOf(error: unknown): readonly string[] {
  return chainOf(error)
    .slice(1)
    .map((cause) => (cause instanceof Error ? `${String(cause.name)}: ${thrownMessage(cause)}` : thrownMessage(cause)))
}

/** Causes that say more than the error does itself. */
function furtherCauses(error: MigrateError): readonly string[] {
  const causes = causesOf(error)
  return chainOf(error)
    .slice(1)
    .flatMap((cause, at) => (error.message.includes(messageOf(cause)) ? [] : [causes[at] ?? '']))
}

/** An unexpected error, in the form of the others. */
export function asMigrateError(error: unknown): MigrateError {
  if (isMigrateError(error)) return error
  const where =
    originalStack(error)
      .split('\n')
      .find((line) => /^\s+at /.test(line)) ?? ''
  return new MigrateError('INTERNAL', { where: where.trim() }, messageOf(error), { cause: error })
}

/** The line of the revision that threw, where a stack has it; else the line that recorded the operation. */
export function sourceLocationOf(error: MigrateError): string | undefined {
  const { source } = error.location
  const file = source?.replace(/:\d+:\d+$/, '') ?? (error.details as { readonly file?: string }).file
  if (file === undefined) return source
  for (const each of [...chainOf(error)].reverse()) {
    const at = locationInFile(each, file)
    if (at !== undefined) return `${file}:${at.line}:${at.column}`
  }
  return source
}

const outcomes: { readonly [O in ErrorOutcome]: string } = {
  unchanged: 'this revision changed nothing',
  rolledBack: 'the run was one transaction: none of its revisions stays',
  interrupted:
    'the progress of this revision is recorded: run the command again to resume it, or undo it with `migrate resume --revert`',
  unknown:
    'its commit got no answer: `migrate status` tells whether it is applied, and the command can be run again in either case',
  partial:
    'what it did outside a transaction stayed, as rows of tables without transactions (MyISAM, Aria): look at it before you run the command again',
}

/** An error for people: what, where, why, and what to do next. */
export function failureText(thrown: unknown, colors: Colors): string {
  const error = asMigrateError(thrown)
  const { tier, revision, direction, operation, sql } = error.location
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['tier', tier],
    [
      'revision',
      revision === undefined ? undefined : direction === undefined ? revision : `${revision} (${direction})`,
    ],
    ['operation', operation],
    ['at', sourceLocationOf(error)],
    ['sql', sql === undefined ? undefined : shortened(sql)],
    ...furtherCauses(error).map((cause) => ['cause', cause] as const),
    ['outcome', error.outcome && outcomes[error.outcome]],
    // A bug report needs more than a sentence.
    ['stack', error.code === 'INTERNAL' ? originalStack(thrown) : undefined],
  ]
  const lines = facts.flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [`  ${colors.dim(name.padEnd(10))} ${harmless(value).replaceAll('\n', '\n             ')}`],
  )
  lines.push(
    `  ${colors.dim('do'.padEnd(10))} ${harmless(error.remedy)}`,
    `  ${colors.dim('see'.padEnd(10))} ${error.docs}`,
  )
  return `${colors.bold(colors.red('error:'))} ${error.code}: ${harmless(error.message)}\n${lines.join('\n')}\n`
}
