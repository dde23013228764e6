import { isMigrateError } from '@org/migrate-core'
import type { Colors } from '../output.ts'

const longestSql = 400

function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim()
  return line.length > longestSql ? `${line.slice(0, longestSql)} … (${sql.length} characters)` : line
}

/** The causes below an error, the nearest first. */
export function causesOf(error: unknown): readonly string[] {
  const causes: string[] = []
  let at = error instanceof Error ? error.cause : undefined
  while (at !== undefined && causes.length < 5) {
    causes.push(at instanceof Error ? `${at.name}: ${at.message}` : String(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return causes
}

/** An error for people: what, where, why, and what to do next. */
export function failureText(error: unknown, colors: Colors): string {
  const title = colors.bold(colors.red('error:'))
  if (!isMigrateError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${title} INTERNAL: ${text}\n`
  }
  const { tier, revision, direction, operation, sql, source } = error.location
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['tier', tier],
    [
      'revision',
      revision === undefined ? undefined : direction === undefined ? revision : `${revision} (${direction})`,
    ],
    ['operation', operation],
    ['at', source],
    ['sql', sql === undefined ? undefined : shortened(sql)],
    ...causesOf(error).map((cause) => ['cause', cause] as const),
  ]
  const lines = facts.flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [`  ${colors.dim(name.padEnd(10))} ${value.replaceAll('\n', '\n             ')}`],
  )
  lines.push(`  ${colors.dim('do'.padEnd(10))} ${error.remedy}`)
  return `${title} ${error.code}: ${error.message}\n${lines.join('\n')}\n`
}
