import { MigrateError } from '@org/migrate-core/connection'
import type { ConnectOptions, UnloadedDialect } from '@org/migrate-core/dialect'
import { d1Binding } from './d1-binding.ts'
import { d1Http } from './d1-http.ts'
import { libsqlHttp } from './libsql-http.ts'
import { ListSession } from './list-session.ts'
import type { ListTarget } from './list-target.ts'
import type { ListDriver } from './statement-list.ts'

/** A header takes nothing else, and its error would show the token. */
const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

function driverOf(target: ListTarget): ListDriver {
  if ('binding' in target) return d1Binding(target.binding, target.database)
  const { database } = target
  const token = target.token?.trim() ?? ''
  const refused = (why: string): MigrateError<'DATABASE_UNREACHABLE'> =>
    new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot reach ${database}: ${why}`, {
      remedy:
        'd1' in target
          ? 'Give it as `key`, or in CLOUDFLARE_API_TOKEN for the command line.'
          : 'Give it as `key`, or in TURSO_AUTH_TOKEN for the command line.',
    })
  if (token !== '' && !isToken(token)) throw refused('the API token has characters that no token has')
  // A server of libSQL may ask for none.
  if ('libsql' in target) return libsqlHttp(target.libsql, token === '' ? undefined : token)
  if (token === '') throw refused('there is no API token')
  return d1Http(target.d1, token)
}

/** Throws DATABASE_UNREACHABLE without a token that the engine asks for; nothing is sent. */
export function connectList(target: ListTarget, request: ConnectOptions, dialect: UnloadedDialect): ListSession {
  return new ListSession(driverOf(target), target, request, dialect)
}
