import { readFile } from 'node:fs/promises'
import { present } from '@org/migrate-core/connection'
import { messageOf, unreachable } from './faults.ts'
import type { Target } from './url.ts'

async function pem(target: Target, name: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined
  return readFile(file).catch((cause: unknown) => {
    throw unreachable(
      target,
      `the file of ${name} cannot be read: ${messageOf(cause)}`,
      cause,
      `Check ${name} in the URL.`,
    )
  })
}

export interface Ssl {
  /** The certificate is of an authority that is trusted. */
  readonly rejectUnauthorized: boolean
  /** It is made for the host of the URL. */
  readonly verifyIdentity: boolean
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** For the mode; undefined: no TLS. Throws DATABASE_UNREACHABLE for files that cannot be read. */
export async function sslOf(target: Target): Promise<Ssl | undefined> {
  const { mode, ca, cert, key } = target.tls
  if (mode === 'DISABLED') return undefined
  const [caPem, certPem, keyPem] = await Promise.all([
    pem(target, 'ssl-ca', ca),
    pem(target, 'ssl-cert', cert),
    pem(target, 'ssl-key', key),
  ])
  return {
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ...present({ ca: caPem, cert: certPem, key: keyPem }),
  }
}
