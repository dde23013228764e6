import type { Settings } from '../settings.ts'
import type { Project } from '../wiring.ts'
import type { LoadedConfig } from './config.ts'

export interface OtherDatabase {
  /** Absent: the configuration is about one database, and the command line names another one. */
  readonly name: string | undefined
  open(): Promise<Project>
}

/** The databases of the configuration but the one that the settings mean. Nothing is opened. */
export function otherDatabases(
  { url, database, ...shared }: Settings,
  { config: { databases } }: LoadedConfig,
  open: (settings: Settings) => Promise<Project>,
): readonly OtherDatabase[] {
  const opens = (name: string | undefined): OtherDatabase => ({
    name,
    open: () => open({ ...shared, ...(name === undefined ? {} : { database: name }) }),
  })
  if (databases === undefined) return url === undefined ? [] : [opens(undefined)]
  const names = Object.keys(databases)
  const own = database ?? (names.length === 1 ? names[0] : undefined)
  // A URL of the command line is in the place of that of the database.
  return names.filter((name) => url !== undefined || name !== own).map(opens)
}
