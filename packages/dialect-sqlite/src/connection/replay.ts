import { createHmac, pbkdf2 } from 'node:crypto'
import { fstatSync, lstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

const magic = Buffer.from('SQLite format 3\0', 'latin1')

/** SQLCipher 4, https://www.zetetic.net/sqlcipher/design/: the salt is the start of the file, and each page ends with its HMAC. */
const cipher = { page: 4096, salt: 16, hmac: 64, digest: 'sha512', rounds: 256_000, mask: 0x3a } as const
const rawKey = /^x'([0-9a-f]{64})(?:[0-9a-f]{32})?'$/i
/** One page may have been torn when the machine went down; not all of them. */
const maxPages = 8

/** By device and inode. Closing one would free the locks that connections of this process have on the file: they stay open. */
const descriptors = new Map<string, number>()

function startOf(file: string): Buffer {
  const { dev, ino } = statSync(file, { bigint: true })
  const identity = `${dev}:${ino}`
  const descriptor = descriptors.get(identity) ?? openSync(file, 'r')
  descriptors.set(identity, descriptor)
  const start = Buffer.alloc(Math.min(fstatSync(descriptor).size, maxPages * cipher.page))
  return start.subarray(0, readSync(descriptor, start, 0, start.length, 0))
}

/** The file that a path stands for: what SQLite keeps beside a file is named after it, whatever link it was opened by. */
export const linkedFile = (file: string): string => (lstatSync(file).isSymbolicLink() ? realpathSync(file) : file)

async function proves(key: Buffer, start: Buffer): Promise<boolean> {
  const salt = start.subarray(0, cipher.salt)
  const raw = rawKey.exec(key.toString('utf8'))?.[1]
  const secret = raw === undefined ? await derive(key, salt, cipher.rounds, 32, cipher.digest) : Buffer.from(raw, 'hex')
  const masked = salt.map((byte) => byte ^ cipher.mask)
  const hmacKey = await derive(secret, masked, 2, 32, cipher.digest)
  for (let page = 0; (page + 1) * cipher.page <= start.length; page += 1) {
    const end = (page + 1) * cipher.page
    const number = Buffer.alloc(4)
    number.writeUInt32LE(page + 1)
    const body = start.subarray(page === 0 ? cipher.salt : page * cipher.page, end - cipher.hmac)
    const hmac = createHmac(cipher.digest, hmacKey).update(body).update(number).digest()
    if (hmac.equals(start.subarray(end - cipher.hmac, end))) return true
  }
  return false
}

/**
 * Whether a file may be opened with this key, or without one. The journal of a process that was killed is played back by the process that
 * reads the file first, before a page shows that the key is wrong: then it would be played back wrong, and rows be half changed.
 * Asked of the file itself, where there is such a journal; without one SQLite finds out and nothing happens. With a key a
 * write-ahead log is safe: its frames have to be read before any is written.
 */
export async function mayReplay(file: string, key: Buffer | undefined): Promise<boolean> {
  const real = linkedFile(file)
  const left = (suffix: string): boolean => (statSync(real + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0
  if (!left('-journal') && !(key === undefined && left('-wal'))) return true
  const start = startOf(file)
  if (start.length === 0) return true
  const plain = start.subarray(0, magic.length).equals(magic)
  return key === undefined ? plain : !plain && proves(key, start)
}
