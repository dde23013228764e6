import type { PolicyModel } from '@org/migrate-core/dialect'
import { is, SQL } from 'drizzle-orm'
import { getTableConfig, type PgPolicy, PgRole } from 'drizzle-orm/pg-core'
import type { Casing } from '../read/chunk-text.ts'
import type { Entity } from '../read/entities.ts'
import { cut, here } from './from-objects.ts'
import { linkedTable } from './internals.ts'
import { queryText, sqlText } from './sql-text.ts'

function rolesOf(to: PgPolicy['to']): readonly string[] {
  if (to === undefined) return ['public']
  if (Array.isArray(to)) return to.flatMap(rolesOf)
  return [cut(is(to, PgRole) ? to.name : to)]
}

/** Columns keep their tables only where a subquery may read others: else the name of the own one would not survive a rename. */
function expressionText(part: string, chunk: SQL, casing: Casing | undefined): string {
  const bare = sqlText(chunk, part, casing)
  return /\bselect\b/i.test(bare) ? queryText(chunk, part, casing) : bare
}

/** A policy in the words of CREATE POLICY. */
export function policyFrom(policy: PgPolicy, casing: Casing | undefined): PolicyModel {
  const { name, as = 'permissive', for: command = 'all', to, using, withCheck } = policy
  const text = (part: string, chunk: SQL): string => expressionText(`${part} of policy ${name}`, chunk, casing)
  return {
    name: cut(name),
    as,
    for: command,
    to: [...new Set(rolesOf(to))],
    ...(is(using, SQL) ? { using: text('using', using) } : {}),
    ...(is(withCheck, SQL) ? { withCheck: text('withCheck', withCheck) } : {}),
  }
}

/** A policy that was exported: by itself it says nothing unless it was linked to a table. */
export function exportedPolicy(policy: PgPolicy, casing: Casing | undefined): Entity {
  const table = linkedTable(policy)
  if (table === undefined) {
    return { notes: [`policy ${policy.name} is not compared: it is linked to no table`] }
  }
  const { name, schema } = getTableConfig(table)
  return { policy: { table: here(name, schema), policy: policyFrom(policy, casing) } }
}
