import { findTable, refText } from '../model/edit.ts'
import type { PolicyModel, SchemaModel, TableRef } from '../model/schema-model.ts'
import type { Operation, OperationOf } from './operation.ts'

const verbs: { readonly [K in PolicyModel['for']]: string } = {
  all: 'see and write',
  select: 'see',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
}

const rolesText = (to: readonly string[]): string => (to.includes('public') ? 'all roles' : to.join(', '))

function dropped(table: TableRef, { as, for: command, to }: PolicyModel): string {
  const rows = `rows of ${refText(table)}`
  return as === 'restrictive'
    ? `${rolesText(to)} can ${verbs[command]} ${rows} that the policy kept from them`
    : `${rolesText(to)} can no longer ${verbs[command]} ${rows} that no other policy permits`
}

function rowSecurity(before: SchemaModel, { table: ref, change }: OperationOf<'setRowSecurity'>): string | undefined {
  const state = findTable(before, ref)?.rowSecurity
  const lines = [
    ...(change.enabled === false && state?.enabled
      ? [`every role with privileges on ${refText(ref)} can see and write all of its rows`]
      : []),
    ...(change.forced === false && state?.forced
      ? [`the owner of ${refText(ref)} can see and write all of its rows`]
      : []),
  ]
  return lines.length === 0 ? undefined : lines.join('; ')
}

/**
 * What an operation opens or closes to roles, for people; undefined: it takes nothing away that keeps rows apart. `before` is the schema
 * before it.
 */
export function securityImpact(before: SchemaModel, operation: Operation): string | undefined {
  if (operation.kind === 'setRowSecurity') return rowSecurity(before, operation)
  if (operation.kind !== 'dropPolicy' && operation.kind !== 'alterPolicy') return undefined
  const table = findTable(before, operation.table)
  const policy = table?.policies?.find(({ name }) => name === operation.policy)
  if (policy === undefined || table?.rowSecurity?.enabled !== true) return undefined
  if (operation.kind === 'dropPolicy') return dropped(operation.table, policy)
  const facts = Object.keys(operation.change).join(', ')
  return `who can ${verbs[operation.change.for ?? policy.for]} rows of ${refText(operation.table)} changes: ${facts} of policy ${policy.name}`
}
