import { newestFormat } from '../bookkeeping/format.ts'
import { pushColumn } from '../bookkeeping/push.ts'
import { filledBy } from '../data-steps/preserved/bases.ts'
import { dropsOf } from '../data-steps/preserved/drops.ts'
import { lossName, presence } from '../data-steps/preserved/losses.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Precondition } from '../dialect/script.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { operationsOf } from '../operations/recording.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import type { TierGraph } from '../planning/route.ts'
import { rulesOf } from '../planning/tier-rules.ts'
import { join, sql } from '../sql/tag.ts'

const listed = (names: readonly string[]): string => (names.length === 0 ? 'base' : names.join(', '))

/** That exactly these rows stand in the table of a tier; of a sequential tier: these do, and those that are to come do not. */
export function positionPrecondition(
  dialect: Dialect,
  { tier }: Pick<TierGraph, 'tier'>,
  rows: readonly string[],
  absent: readonly string[] = [],
): Precondition {
  const name = tier.store.table.ref.name
  const column = dialect.sql.quote.identifier(tier.store.column)
  const table = dialect.sql.quote.table(tier.store.table.ref)
  const count = (of: readonly string[]) => {
    const values = join(of.map((each) => dialect.sql.quote.literal(each)))
    return sql`(SELECT COUNT(*) FROM ${table} WHERE ${column} IN (${values}))`
  }
  const conditions = [
    ...(rows.length === 0 ? [] : [sql`${count(rows)} = ${rows.length}`]),
    ...(tier.kind === 'graph' ? [sql`(SELECT COUNT(*) FROM ${table}) = ${rows.length}`] : []),
    ...(absent.length === 0 ? [] : [sql`${count(absent)} = 0`]),
  ]
  const headsText = listed(rulesOf({ tier }).position(rows))
  return {
    condition: conditions.length === 0 ? '1 = 1' : join(conditions, ' AND ').text,
    message: `${name} is not at ${headsText}`,
    unless: { missing: name, holds: rows.length === 0 },
  }
}

/** That no revision is interrupted: only a run can determine what is left of it. */
export function noneInterrupted(dialect: Dialect, journal: string): Precondition {
  const table = dialect.sql.quote.table({ name: journal })
  return {
    condition: sql`NOT EXISTS (SELECT 1 FROM ${table})`.text,
    message: 'a revision is interrupted: run migrate upgrade',
    unless: { missing: journal, holds: true },
  }
}

/** That no newer program wrote the history; a table of format 1 has no such column, and the server refuses the question. */
export function formatSupported(dialect: Dialect, history: string): Precondition {
  const rows = sql`SELECT 1 FROM ${dialect.sql.quote.table({ name: history })} WHERE ${dialect.sql.quote.identifier('format')} > ${newestFormat}`
  return {
    condition: sql`NOT EXISTS (${rows})`.text,
    message: `a newer version of migrate wrote ${history}`,
    unless: { missing: history, holds: true },
  }
}

/** That the database was not pushed, and no load interrupted: what the revisions create is there. What is recorded later deletes the row. */
export function notPushed(dialect: Dialect, history: string): Precondition {
  const { identifier, literal, table } = dialect.sql.quote
  const rows = sql`SELECT 1 FROM ${table({ name: history })} WHERE ${identifier(pushColumn)} = ${literal('push')}`
  return {
    condition: sql`NOT EXISTS (${rows})`.text,
    message: 'the database was pushed: run migrate upgrade',
    unless: { missing: history, holds: true },
  }
}

/** That nothing is lost by what the step drops: a run would preserve it, a script cannot. */
export function nothingLost(
  dialect: Dialect,
  before: SchemaModel,
  { operations, upgrade = [], route }: ExecutableStep,
): readonly (Precondition & { readonly what: string })[] {
  if (route.step.direction === 'up') return []
  const drops = dropsOf(before, operationsOf(operations), filledBy(dialect, operationsOf(upgrade)))
  return drops.map((dropped) => {
    const table = dialect.sql.quote.table(dropped.table.ref)
    const all = sql`SELECT 1 FROM ${table}`
    const rows =
      dropped.column === undefined || dropped.withNull
        ? all
        : sql`${all} WHERE ${presence(dialect, dialect.sql.quote.identifier(dropped.column))}`
    const what = lossName(dropped)
    return { what, condition: sql`NOT EXISTS (${rows})`.text, message: `${what} holds values` }
  })
}
