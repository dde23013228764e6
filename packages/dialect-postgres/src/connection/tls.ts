import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { MigrateError } from '@org/migrate-core/connection'
import { messageOf } from './faults.ts'
import type { ConnectionTarget, SslMode } from './url.ts'

/** What the driver is told; an object goes to `tls.connect`. */
export type DriverSsl = false | 'prefer' | 'require' | ConnectionOptions

async function fileOf(name: string, option: string): Promise<Buffer> {
  return readFile(name).catch((cause: unknown) => {
    const why = `the file ${name} cannot be read: ${messageOf(cause)}`
    throw new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}`, { cause })
  })
}

async function filesOf({ ssl }: ConnectionTarget): Promise<ConnectionOptions> {
  return {
    // `system` is the list that comes with Node.
    ...(ssl.rootCert === undefined || ssl.rootCert === 'system'
      ? {}
      : { ca: await fileOf(ssl.rootCert, 'sslrootcert') }),
    ...(ssl.cert === undefined ? {} : { cert: await fileOf(ssl.cert, 'sslcert') }),
    ...(ssl.key === undefined ? {} : { key: await fileOf(ssl.key, 'sslkey') }),
  }
}

/** With a root certificate `require` checks the chain, and `system` the host as well, as libpq does. */
function modeOf({ ssl }: ConnectionTarget): SslMode {
  if (ssl.rootCert === 'system') return 'verify-full'
  if (ssl.mode === 'require' && ssl.rootCert !== undefined) return 'verify-ca'
  return ssl.mode ?? 'prefer'
}

/**
 * What to try, in order. Where the first is refused, `prefer` continues without and `allow` with TLS, as libpq does.
 * Throws INVALID_OPTION for files that cannot be read.
 */
export async function sslAttempts(
  target: ConnectionTarget,
  given: boolean | SslMode | ConnectionOptions | undefined,
): Promise<readonly DriverSsl[]> {
  // A socket of this machine carries no TLS, and an open client has its connection.
  if (target.socket !== undefined || target.driver === 'pglite' || target.client !== undefined || given === false) {
    return [false]
  }
  if (typeof given === 'object') return [given]
  const { host } = target
  const files = await filesOf(target)
  const own: ConnectionOptions = {
    ...files,
    rejectUnauthorized: true,
    // The driver names the server only where it is a name; the certificate's addresses are to be compared as well.
    ...(isIP(host) === 0 ? {} : { host }),
  }
  const unchecked: DriverSsl = files.cert === undefined ? 'require' : { ...files, rejectUnauthorized: false }
  const attempts: { readonly [M in SslMode]: readonly DriverSsl[] } = {
    disable: [false],
    allow: [false, unchecked],
    prefer: ['prefer', false],
    require: [unchecked],
    'verify-ca': [{ ...own, checkServerIdentity: () => undefined }],
    'verify-full': [own],
  }
  return attempts[given === true ? 'verify-full' : (given ?? modeOf(target))]
}
