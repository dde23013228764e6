import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { lexSql } from '../sql/lexer.ts'
import type { ScriptStep } from './print-step.ts'
import { createScriptWriter, scriptParts } from './script-writer.ts'

/** Line ends between tokens and in comments mean the same either way. */
const inText: ReadonlySet<string> = new Set(['string', 'quoted'])

function unprintableOf(dialect: Dialect, { executableStep: { route }, compiled: { groups } }: ScriptStep) {
  return groups.flatMap(({ statements, operations }) => {
    const writer = createScriptWriter(dialect)
    for (const statement of statements) writer.statement(statement)
    const tokens = writer.paragraphs().flatMap((sql) => lexSql(sql, dialect.sql.grammar))
    return tokens.some(({ kind, text }) => inText.has(kind) && text.includes('\r\n'))
      ? operations.map(({ describe }) => ({ revision: route.step.revision, label: describe }))
      : []
  })
}

/** Throws NOT_PRINTABLE for the operations whose strings or names a client would change. */
export function refuseCarriageReturns(dialect: Dialect, compiled: readonly ScriptStep[]): void {
  const { stripsCarriageReturns } = scriptParts(dialect)
  if (stripsCarriageReturns === undefined) return
  const steps = compiled.flatMap((step) => unprintableOf(dialect, step))
  if (steps.length === 0) return
  const named = steps.map(({ revision, label }) => `  - ${revision}: ${label}`).join('\n')
  throw new MigrateError(
    'NOT_PRINTABLE',
    { steps },
    `A string holds a line end with a carriage return, which the client ${stripsCarriageReturns} would store without it:\n${named}`,
    {
      remedy:
        'Run these revisions online and print the ranges before and after them (`from:to`), or write the strings with a line feed (`\\n`) for each line end.',
    },
  )
}
