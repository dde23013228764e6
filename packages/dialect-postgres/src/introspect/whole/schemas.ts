import type { ExtraPart, Undeclared } from '@org/migrate-core/dialect'
import { textOf } from '../reading.ts'
import {
  entriesSql,
  granteeText,
  type PrivilegeEntry,
  privilegesOf,
  privilegesSql,
  type UndeclaredFacts,
} from './privileges.ts'
import { ofSchema } from './replication.ts'
import {
  extra,
  labelled,
  labelledSql,
  literal,
  named,
  ownerColumns,
  ownerExtra,
  self,
  undeclared,
  when,
} from './undeclared-facts.ts'

/** What ALTER DEFAULT PRIVILEGES IN SCHEMA gives to new objects: https://www.postgresql.org/docs/current/catalog-pg-default-acl.html */
const defaultPrivilegesSql = `(SELECT json_agg(json_build_object('role', pg_get_userbyid(e.defaclrole), 'kind', e.defaclobjtype,
    'mine', pg_has_role(e.defaclrole, 'MEMBER')::int, 'entries', ${entriesSql('e.defaclacl', 'e.defaclrole')}) ORDER BY e.oid)
  FROM pg_catalog.pg_default_acl e WHERE e.defaclnamespace = n.oid)`

/** Of the schema `n`: what a new schema of its name would not have. */
export const schemaFactsSql = `n.nspname::text AS name, ${ownerColumns('n.nspowner')},
  ${privilegesSql('n', 'n.nspacl', 'n.nspowner', 'NULL::oid')} AS privileges, obj_description(n.oid, 'pg_namespace') AS comment,
  ${labelledSql('pg_namespace', 'n.oid')} AS labelled, ${defaultPrivilegesSql} AS defaults,
  (SELECT json_agg(y.pubname ORDER BY y.pubname) FROM pg_catalog.pg_publication y WHERE ${ofSchema('y.oid', 'n.oid')}) AS publications`

interface DefaultPrivileges {
  readonly role: string
  readonly kind: string
  readonly mine: number
  readonly entries: readonly PrivilegeEntry[] | null
}

export interface SchemaRow {
  readonly name: string
  readonly role: string | null
  readonly privileges: string | null
  readonly comment: string | null
  readonly labelled: number
  readonly defaults: readonly DefaultPrivileges[] | null
  readonly publications: readonly string[] | null
}

const objects: { readonly [kind: string]: string } = { r: 'TABLES', S: 'SEQUENCES', f: 'FUNCTIONS', T: 'TYPES' }

function defaultsOf({ defaults }: SchemaRow): Partial<UndeclaredFacts> {
  const all = defaults ?? []
  const grants = all.flatMap(({ role, kind, mine, entries }): readonly (readonly ExtraPart[])[] =>
    mine === 0
      ? []
      : (entries ?? []).map(({ grantee, privilege, grantable }) => [
          `ALTER DEFAULT PRIVILEGES FOR ROLE ${named(role)} IN SCHEMA `,
          self,
          ` GRANT ${privilege} ON ${objects[kind] ?? kind} TO ${granteeText(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`,
        ]),
  )
  return {
    extras: grants.length === 0 ? [] : [extra('default privileges', ...grants)],
    // Only who has the rights of the role may say what its objects get.
    lasting: all.flatMap(({ role, mine }) => (mine === 0 ? [`the default privileges of ${role}`] : [])),
  }
}

/** By their names the schemas that have more than a new one of the name. */
export function schemaFactsOf(rows: readonly SchemaRow[]): ReadonlyMap<string, Undeclared> {
  const facts = rows.map((row): readonly [string, Undeclared] => [
    row.name,
    undeclared(
      // A new owner gets the privileges of the old one: it comes before them.
      when(textOf(row.role), (owner) => ownerExtra('SCHEMA', owner)),
      privilegesOf(textOf(row.privileges), ['SCHEMA ', self]),
      defaultsOf(row),
      when(textOf(row.comment), (text) => extra('comment', ['COMMENT ON SCHEMA ', self, ` IS ${literal(text)}`])),
      {
        extras: (row.publications ?? []).map((name) =>
          extra(`publication ${name}`, [`ALTER PUBLICATION ${named(name)} ADD TABLES IN SCHEMA `, self]),
        ),
      },
      labelled({ labelled: row.labelled }),
    ),
  ])
  return new Map(facts.filter(([, { extras, lasting }]) => extras !== undefined || lasting !== undefined))
}
