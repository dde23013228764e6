import type { DriverFact } from '@org/migrate-core/dialect'
import type { D1Binding } from './d1-binding.ts'
import { type D1Location, isD1Url, parseD1Url } from './d1-url.ts'
import { isLibsqlUrl, type LibsqlLocation, parseLibsqlUrl } from './libsql-url.ts'

/** What an engine that takes lists of statements is like. */
export interface ListEngine {
  /** For people. */
  readonly name: 'D1' | 'libSQL over HTTP'
  /** Settings that a list which writes begins with. */
  readonly settings: readonly string[]
  /** Bytes of a row. */
  readonly rowBytes?: number
  /** Whether the limits of D1 hold: https://developers.cloudflare.com/d1/platform/limits/ */
  readonly limited: boolean
}

const d1: ListEngine = {
  name: 'D1',
  // RENAME writes the new name into the foreign keys only so. D1 keeps this setting from one list to the next, also where the list that had
  // set it failed before it set it back.
  settings: ['PRAGMA legacy_alter_table = OFF'],
  rowBytes: 2_000_000,
  limited: true,
}

/** Each request has a connection of its own, with SQLite's defaults, and the server does not let anyone change this setting. */
const libsql: ListEngine = { name: 'libSQL over HTTP', settings: [], limited: false }

/** A database that takes lists of statements, and how it is reached. */
export type ListTarget = {
  readonly engine: ListEngine
  readonly database: string
  /** Where it is, as `remoteHost` of a connection. */
  readonly host: string
} & (
  | { readonly binding: D1Binding }
  | { readonly d1: D1Location; readonly token: string | undefined }
  | { readonly libsql: LibsqlLocation; readonly token: string | undefined }
)

function isBinding(value: unknown): value is D1Binding {
  if (typeof value !== 'object' || value === null) return false
  const { prepare, batch } = value as { readonly [name: string]: unknown }
  return typeof prepare === 'function' && typeof batch === 'function'
}

/** Undefined: the options are of another SQLite. Throws INVALID_URL. */
export function listTarget({
  url,
  driver,
  key,
}: {
  readonly url?: string
  readonly driver?: unknown
  readonly key?: string
}): ListTarget | undefined {
  if (isBinding(driver)) return { engine: d1, database: 'D1', host: 'D1', binding: driver }
  if (typeof url !== 'string') return undefined
  if (isD1Url(url)) {
    const location = parseD1Url(url)
    const { database } = location
    return { engine: d1, database, host: database, d1: location, token: key ?? location.token }
  }
  if (!isLibsqlUrl(url)) return undefined
  const location = parseLibsqlUrl(url)
  const { database, host } = location
  return { engine: libsql, database, host, libsql: location, token: key ?? location.token }
}

export function listFact(target: ListTarget): DriverFact {
  if ('binding' in target) return { name: 'D1', why: 'a binding of the application' }
  return 'd1' in target
    ? { name: 'D1 over HTTP', why: 'the URL begins with d1:' }
    : { name: 'libSQL over HTTP', why: 'the URL begins with libsql:' }
}
