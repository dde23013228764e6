import {
  type CompileTable,
  enclosed,
  join,
  joinWithSpaces,
  type PolicyModel,
  type RowSecurity,
  type SqlFragment,
  type Statement,
  sql,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { alterTable, notInSchema, refText, statement, tableOf } from './statements.ts'

/** Keywords of CREATE POLICY: no role can be called `public`. */
const keywords: ReadonlySet<string> = new Set(['public', 'current_user', 'session_user', 'current_role'])

const roleName = (role: string): SqlFragment =>
  keywords.has(role) ? verbatim(role.toUpperCase()) : quote.identifier(role)

const commands: { readonly [K in PolicyModel['for']]: SqlFragment } = {
  all: sql`ALL`,
  select: sql`SELECT`,
  insert: sql`INSERT`,
  update: sql`UPDATE`,
  delete: sql`DELETE`,
}

const policyName = (table: TableRef, name: string): SqlFragment =>
  sql`${quote.identifier(name)} ON ${quote.table(table)}`

const expressions = ({ using, withCheck }: Pick<PolicyModel, 'using' | 'withCheck'>): SqlFragment =>
  joinWithSpaces(
    using !== undefined && sql`USING ${enclosed(using)}`,
    withCheck !== undefined && sql`WITH CHECK ${enclosed(withCheck)}`,
  )

export function createPolicy(table: TableRef, policy: PolicyModel): readonly Statement[] {
  requireRestorable(`policy ${policy.name} of ${refText(table)}`, policy)
  const text = joinWithSpaces(
    sql`CREATE POLICY ${policyName(table, policy.name)}`,
    policy.as === 'restrictive' && sql`AS RESTRICTIVE`,
    sql`FOR ${commands[policy.for]} TO ${join(policy.to.map(roleName))}`,
    expressions(policy),
  )
  return [statement(text.text.trimEnd(), [table]), ...extraStatements(policy.extras, { table, name: policy.name })]
}

export function dropPolicy(table: TableRef, policy: string): Statement {
  return statement(sql`DROP POLICY ${policyName(table, policy)}`, [table])
}

export function rowSecurity(table: TableRef, { enabled, forced }: Partial<RowSecurity>): readonly Statement[] {
  return [
    ...(enabled === undefined
      ? []
      : [alterTable(table, enabled ? sql`ENABLE ROW LEVEL SECURITY` : sql`DISABLE ROW LEVEL SECURITY`)]),
    ...(forced === undefined
      ? []
      : [alterTable(table, forced ? sql`FORCE ROW LEVEL SECURITY` : sql`NO FORCE ROW LEVEL SECURITY`)]),
  ]
}

/** ALTER POLICY has no way to take an expression away, nor to change the command: https://www.postgresql.org/docs/current/sql-alterpolicy.html */
function alterPolicy(table: TableRef, previous: PolicyModel, now: PolicyModel): readonly Statement[] {
  const isLess = (['using', 'withCheck'] as const).some(
    (part) => previous[part] !== undefined && now[part] === undefined,
  )
  if (previous.as !== now.as || previous.for !== now.for || isLess) {
    return [dropPolicy(table, previous.name), ...createPolicy(table, now)]
  }
  const sameRoles = JSON.stringify(previous.to) === JSON.stringify(now.to)
  const changed = {
    ...(previous.using === now.using || now.using === undefined ? {} : { using: now.using }),
    ...(previous.withCheck === now.withCheck || now.withCheck === undefined ? {} : { withCheck: now.withCheck }),
  }
  if (sameRoles && Object.keys(changed).length === 0) return []
  const text = joinWithSpaces(
    sql`ALTER POLICY ${policyName(table, previous.name)}`,
    !sameRoles && sql`TO ${join(now.to.map(roleName))}`,
    expressions(changed),
  )
  return [statement(text.text.trimEnd(), [table])]
}

export const policyStatements: Pick<CompileTable, 'setRowSecurity' | 'createPolicy' | 'alterPolicy' | 'dropPolicy'> = {
  setRowSecurity: ({ operation: { table, change } }) => rowSecurity(table, change),
  createPolicy: ({ operation: { table, policy } }) => createPolicy(table, policy),
  alterPolicy: ({ operation: { table, policy: name }, before, after }) => {
    const [previous, now] = [before, after].map((model) =>
      tableOf(model, table).policies?.find((policy) => policy.name === name),
    )
    if (previous === undefined || now === undefined) throw notInSchema(`policy ${name} of ${refText(table)}`)
    return alterPolicy(table, previous, now)
  },
  dropPolicy: ({ operation: { table, policy } }) => [dropPolicy(table, policy)],
}
