import type { Extra, ExtraPart } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'

/** The kinds of object as `acldefault` calls them: https://www.postgresql.org/docs/current/functions-info.html */
type Kind = 'r' | 's' | 'T' | 'n'

/** As `pg_default_acl` calls them: sequences have another letter there. */
const defaults: { readonly [K in Kind]: string } = { r: 'r', s: 'S', T: 'T', n: 'n' }

export const entriesSql = (acl: string, owner: string): string =>
  `(SELECT json_agg(json_build_object('grantee', CASE WHEN p.grantee <> 0 THEN pg_get_userbyid(p.grantee) END, 'privilege', p.privilege_type,
    'grantable', p.is_grantable, 'grantor', CASE WHEN p.grantor <> ${owner} THEN pg_get_userbyid(p.grantor) END)
    ORDER BY p.grantee, p.privilege_type) FROM aclexplode(${acl}) p)`

/**
 * What may be done with an object, as JSON; NULL where it is what an object of the current role has by itself. ALTER DEFAULT
 * PRIVILEGES gives new objects others: what it gives is taken away first.
 */
export function privilegesSql(kind: Kind, acl: string, owner: string, schema: string): string {
  const own = `SELECT FROM pg_catalog.pg_default_acl e WHERE e.defaclrole = quote_ident(current_user)::regrole AND e.defaclobjtype = '${defaults[kind]}' AND e.defaclnamespace IN (0, ${schema})`
  // https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html: those of a schema are added to those of the database.
  const defaultAcl = (of: string): string =>
    `(SELECT e.defaclacl FROM pg_catalog.pg_default_acl e WHERE e.defaclrole = quote_ident(current_user)::regrole AND e.defaclobjtype = '${defaults[kind]}' AND e.defaclnamespace = ${of})`
  return `CASE WHEN ${acl} IS NOT NULL OR EXISTS (${own}) THEN json_build_object(
    'now', ${entriesSql(`coalesce(${acl}, acldefault('${kind}', ${owner}))`, owner)},
    'usual', ${entriesSql(`acldefault('${kind}', ${owner})`, owner)},
    'initial', CASE WHEN EXISTS (${own}) THEN ${entriesSql(`coalesce(${defaultAcl('0')}, acldefault('${kind}', ${owner})) || coalesce(${defaultAcl(schema)}, '{}')`, owner)} END,
    'given', CASE WHEN EXISTS (${own}) THEN coalesce((SELECT json_agg(DISTINCT CASE WHEN p.grantee <> 0 THEN pg_get_userbyid(p.grantee)::text END)
      FROM pg_catalog.pg_default_acl e, aclexplode(e.defaclacl) p WHERE e.defaclrole = quote_ident(current_user)::regrole
        AND e.defaclobjtype = '${defaults[kind]}' AND e.defaclnamespace IN (0, ${schema})), '[]') END)::text END`
}

/** The same of a column, which nothing gives privileges by itself. */
export const columnPrivilegesSql = (acl: string, owner: string): string =>
  `CASE WHEN ${acl} IS NOT NULL THEN json_build_object('now', ${entriesSql(acl, owner)}, 'usual', NULL, 'given', NULL)::text END`

export interface PrivilegeEntry {
  readonly grantee: string | null
  readonly privilege: string
  readonly grantable: boolean
  /** Where it is another than the owner. */
  readonly grantor: string | null
}

interface Privileges {
  readonly now: readonly PrivilegeEntry[] | null
  readonly usual: readonly PrivilegeEntry[] | null
  /** What a new object gets, where ALTER DEFAULT PRIVILEGES is in force. */
  readonly initial?: readonly PrivilegeEntry[] | null
  readonly given: readonly (string | null)[] | null
}

export const granteeText = (name: string | null): string => (name === null ? 'PUBLIC' : quote.identifier(name).text)
const sameGrant = (a: PrivilegeEntry, b: PrivilegeEntry): boolean =>
  a.grantee === b.grantee && a.privilege === b.privilege && a.grantable === b.grantable

export interface UndeclaredFacts {
  readonly extras: readonly Extra[]
  readonly lasting: readonly string[]
}

/** `on`: behind ON; `of`: the column in parentheses behind the privilege. */
export function privilegesOf(
  text: string | undefined,
  on: readonly ExtraPart[],
  of: readonly ExtraPart[] = [],
): UndeclaredFacts {
  if (text === undefined) return { extras: [], lasting: [] }
  const { now, usual, initial, given } = JSON.parse(text) as Privileges
  const [desired, base] = [now ?? [], usual ?? []]
  const reset = given === null ? [] : [...new Set([...given, ...base.map(({ grantee }) => grantee)])]
  const start = given === null ? base : []
  const parts = (verb: string, privilege: string, rest: string): readonly ExtraPart[] => [
    `${verb} ${privilege}`,
    ...of,
    ' ON ',
    ...on,
    rest,
  ]
  const revoked = start.filter((one) => !desired.some((other) => sameGrant(one, other)))
  const granted = desired.filter((one) => one.grantor === null && !start.some((other) => sameGrant(one, other)))
  const statements = [
    ...reset.map((grantee) => parts('REVOKE', 'ALL', ` FROM ${granteeText(grantee)}`)),
    ...revoked.map(({ privilege, grantee }) => parts('REVOKE', privilege, ` FROM ${granteeText(grantee)}`)),
    ...granted.map(({ privilege, grantee, grantable }) =>
      parts('GRANT', privilege, ` TO ${granteeText(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`),
    ),
  ]
  const isGiven =
    initial?.every((one) => desired.some((other) => sameGrant(one, other))) === true &&
    desired.every((one) => initial.some((other) => sameGrant(one, other)))
  const privileges = { what: 'privileges', statements, ...(isGiven ? { isGiven } : {}) } as const
  return {
    extras: statements.length === 0 ? [] : [privileges],
    // GRANT is recorded as the owner's, whichever of the owner's members sends it.
    lasting: desired.flatMap(({ grantor, grantee, privilege }) =>
      grantor === null ? [] : [`the privilege ${privilege} that ${grantor} granted to ${grantee ?? 'PUBLIC'}`],
    ),
  }
}
