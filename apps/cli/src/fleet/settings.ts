import type { FleetMember, FleetMemberSource, FleetOptions } from '@org/migrate-fleet'

/** A query on a control database. Its column `id` names the member; `url`, `schema`, `group` and `weight` are what they say, the others labels. */
export interface MembersQuery {
  readonly query: string
  /** The control database; default: that of the configuration. */
  readonly url?: string
}

/** What `fleet` of the configuration says. */
export interface FleetSettings extends Pick<FleetOptions, 'stages' | 'parallel' | 'retry' | 'queue'> {
  /**
   * A pattern of SQLite files, relative to the configuration; a query; or a list, or a function that lists them. A member with a `schema`
   * and no `url` is in that schema (PostgreSQL), or that database (MySQL), of the server of the configuration.
   */
  readonly members: string | MembersQuery | FleetMemberSource
  /** The database of the outcomes, as a URL. Default: that of the queue; without one the SQLite file `.migrate-fleet.db` beside the configuration. */
  readonly state?: string
}

const known: ReadonlySet<string> = new Set(['id', 'url', 'schema', 'group', 'weight'])

/** The member that a row of such a query is. */
export function memberOfRow(row: { readonly [column: string]: unknown }): FleetMember {
  const textOf = (name: string): { readonly [key: string]: string } =>
    row[name] === null || row[name] === undefined ? {} : { [name]: String(row[name]) }
  const labels = Object.entries(row).filter(([name, value]) => !known.has(name) && value !== null)
  return {
    id: row.id === null || row.id === undefined ? '' : String(row.id),
    ...textOf('url'),
    ...textOf('schema'),
    ...textOf('group'),
    ...(row.weight === null || row.weight === undefined ? {} : { weight: Number(row.weight) }),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, String(value)])),
  }
}
