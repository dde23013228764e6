import type { FleetMember, FleetMemberSource, FleetOptions, FleetStage, StageGate } from '@org/migrate-fleet'

/** A query on a control database. Its column `id` names the member; `url`, `schema`, `group` and `weight` are what they say, the others labels. */
export interface MembersQuery {
  readonly query: string
  /** The control database; default: that of the configuration. */
  readonly url?: string
}

/** A query that has to give a true value; `url`: on another database than that of the configuration. */
interface GateQuery {
  readonly query: string
  readonly url?: string
}

export interface ConfiguredStage extends Omit<FleetStage, 'gate'> {
  /** What has to hold before the first member of the stage is migrated. */
  readonly gate?: Exclude<StageGate, { readonly query: string }> | GateQuery
}

/** What `fleet` of the configuration says. */
export interface FleetSettings extends Pick<FleetOptions, 'parallel' | 'retry' | 'queue' | 'template'> {
  /** One after the other. Default: one stage with every member. */
  readonly stages?: readonly ConfiguredStage[]
  /** A tier that runs once, before the members; `url`: on another database than that of the configuration. */
  readonly shared?: { readonly tier: string; readonly url?: string }
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
