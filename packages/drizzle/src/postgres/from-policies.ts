import type { PolicyModel } from '@org/migrate-core/dialect'
import { is, SQL } from 'drizzle-orm'
import { getTableConfig, type PgPolicy, PgRole } from 'drizzle-orm/pg-core'
import type { Entity } from '../read/entities.ts'
import { linkedTable } from '../read/internals.ts'
import type { Reading } from '../read/table.ts'

function rolesOf(to: PgPolicy['to'], reading: Reading): readonly string[] {
  if (to === undefined) return ['public']
  if (Array.isArray(to)) return to.flatMap((each) => rolesOf(each, reading))
  return [reading.cut(is(to, PgRole) ? to.name : to)]
}

/** Columns keep their tables only where a subquery may read others: else the name of the own one would not survive a rename. */
function expressionText(part: string, chunk: SQL, reading: Reading): string {
  const bare = reading.text(chunk, part)
  return /\bselect\b/i.test(bare) ? reading.queryText(chunk, part) : bare
}

/** A policy in the words of CREATE POLICY. */
export function policyFrom(policy: PgPolicy, reading: Reading): PolicyModel {
  const { name, as = 'permissive', for: command = 'all', to, using, withCheck } = policy
  const text = (part: string, chunk: SQL): string => expressionText(`${part} of policy ${name}`, chunk, reading)
  return {
    name: reading.cut(name),
    as,
    for: command,
    to: [...new Set(rolesOf(to, reading))],
    ...(is(using, SQL) ? { using: text('using', using) } : {}),
    ...(is(withCheck, SQL) ? { withCheck: text('withCheck', withCheck) } : {}),
  }
}

/** A policy that was exported: by itself it says nothing unless it was linked to a table. */
export function exportedPolicy(policy: PgPolicy, reading: Reading): Entity {
  const table = linkedTable(policy)
  if (table === undefined) {
    return { notes: [`policy ${policy.name} is not compared: it is linked to no table`] }
  }
  const { name, schema } = getTableConfig(table)
  return { policy: { table: reading.placed(name, schema), policy: policyFrom(policy, reading) } }
}
