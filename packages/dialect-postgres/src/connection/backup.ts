import { devNull } from 'node:os'
import { type ServerBackup, shellWord } from '@org/migrate-core/dialect'
import type { PostgresOptions } from './connector.ts'
import { connectionTargetOf } from './connector.ts'
import type { SslMode } from './url.ts'

const modeOf = (given: PostgresOptions['ssl'], ofUrl: SslMode | undefined): SslMode | undefined => {
  if (given === undefined || typeof given === 'object') return ofUrl
  return typeof given === 'boolean' ? (given ? 'verify-full' : 'disable') : given
}

/** A value of a connection string. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING */
const connectionWord = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`

/**
 * `pg_dump` in its own format, which `pg_restore` reads to the end as the proof. All that says how to connect is in variables of libpq: a name
 * of a database on the command line may be read as a connection string.
 * https://www.postgresql.org/docs/current/libpq-envars.html
 */
export function backupOf(options: PostgresOptions): ServerBackup {
  const { socket, host, port, user, password, database, options: serverOptions, ssl } = connectionTargetOf(options)
  const mode = modeOf(options.ssl, ssl.mode)
  // Node has a list of authorities of its own, and libpq the one of the system where it is told so.
  const rootCert = ssl.rootCert ?? (mode === 'verify-full' ? 'system' : undefined)
  const given = (name: string, value: string | undefined): { readonly [name: string]: string } =>
    value === undefined ? {} : { [name]: value }
  const ofServer = [
    `--host=${shellWord(socket ?? host)}`,
    `--port=${port}`,
    ...(user === undefined ? [] : [`--username=${shellWord(user)}`]),
  ].join(' ')
  return {
    programs: [
      {
        program: 'pg_dump',
        arguments: (file) => ['--format=custom', '--no-password', `--file=${file}`],
      },
    ],
    package: 'the client of PostgreSQL (`postgresql-client`)',
    environment: {
      PGHOST: socket ?? host,
      PGPORT: String(port),
      ...given('PGUSER', user),
      ...given('PGPASSWORD', password),
      PGDATABASE: database,
      ...given('PGOPTIONS', serverOptions),
      ...given('PGSSLMODE', mode),
      ...given('PGSSLROOTCERT', rootCert),
      ...given('PGSSLCERT', ssl.cert),
      ...given('PGSSLKEY', ssl.key),
      PGAPPNAME: 'migrate backup',
      // They would lead to another server.
      PGHOSTADDR: undefined,
      PGSERVICE: undefined,
      PGSERVICEFILE: undefined,
    },
    // Roles are of the whole server. A subscription of a copy would be another subscriber.
    loading: [
      {
        program: 'pg_restore',
        arguments: (file) => [
          ...['--exit-on-error', '--no-owner', '--no-privileges', '--no-publications', '--no-subscriptions'],
          ...['--no-password', `--dbname=dbname=${connectionWord(database)}`, file],
        ],
      },
    ],
    // `--list` would read no more than the table of contents, which is at the beginning.
    proof: { by: 'program', program: 'pg_restore', arguments: (file) => [`--file=${devNull}`, file] },
    restore: (file) => `pg_restore --clean --if-exists ${ofServer} --dbname=${shellWord(database)} ${shellWord(file)}`,
    ...(typeof options.ssl === 'object' ? { unsupported: 'pg_dump takes no TLS options of `tls.connect`' } : {}),
  }
}
