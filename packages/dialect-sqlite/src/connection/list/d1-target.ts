import type { DriverFact } from '@org/migrate-core/dialect'
import type { D1Binding } from './d1-binding.ts'
import { type D1Location, isD1Url, parseD1Url } from './d1-url.ts'

/** A database of D1, and how it is reached. */
export type D1Target =
  | { readonly binding: D1Binding; readonly database: string }
  | { readonly location: D1Location; readonly token: string | undefined; readonly database: string }

function isBinding(value: unknown): value is D1Binding {
  if (typeof value !== 'object' || value === null) return false
  const { prepare, batch } = value as { readonly [name: string]: unknown }
  return typeof prepare === 'function' && typeof batch === 'function'
}

/** Undefined: the options are of another SQLite. Throws INVALID_URL. */
export function d1Target(options: {
  readonly url?: string
  readonly driver?: unknown
  readonly key?: string
}): D1Target | undefined {
  if (isBinding(options.driver)) return { binding: options.driver, database: 'D1' }
  if (typeof options.url !== 'string' || !isD1Url(options.url)) return undefined
  const location = parseD1Url(options.url)
  return { location, token: options.key ?? location.token, database: location.database }
}

export function d1Fact(target: D1Target): DriverFact {
  return 'binding' in target
    ? { name: 'D1', why: 'a binding of the application' }
    : { name: 'D1 over HTTP', why: 'the URL begins with d1:' }
}
