import { MigrateError } from '@org/migrate-core/connection'
import type { ConnectOptions, UnloadedDialect } from '@org/migrate-core/dialect'
import { d1Binding } from './d1-binding.ts'
import { d1Http } from './d1-http.ts'
import type { D1Target } from './d1-target.ts'
import { ListSession } from './list-session.ts'
import type { ListDriver } from './statement-list.ts'

function driverOf(target: D1Target): ListDriver {
  if ('binding' in target) return d1Binding(target.binding, target.database)
  const { location, token, database } = target
  const trimmed = token?.trim() ?? ''
  // A header takes nothing else, and its error would show the token.
  if (/^[\x21-\x7e]+$/.test(trimmed)) return d1Http(location, trimmed)
  const why = trimmed === '' ? 'there is no API token' : 'the API token has characters that no token has'
  throw new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot reach ${database}: ${why}`, {
    remedy: 'Give it as `key`, or in CLOUDFLARE_API_TOKEN for the command line.',
  })
}

/** Throws DATABASE_UNREACHABLE without a token; nothing is sent. */
export function connectD1(target: D1Target, request: ConnectOptions, dialect: UnloadedDialect): ListSession {
  return new ListSession(driverOf(target), target.database, request, dialect)
}
