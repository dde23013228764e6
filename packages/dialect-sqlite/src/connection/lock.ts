import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, chownSync, existsSync, statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import type { ConnectOptions, LockHolder, RunLock } from '@org/migrate-core/dialect'
import { codeOf, isBusy, messageOf } from '../sql/faults.ts'
import type { Driver } from './driver.ts'
import type { Database } from './drivers/handle.ts'
import { linkedFile } from './replay.ts'

/** The history that most databases have: its lock has the plain name. */
const usualKey = 'migrate_history'

const table = `CREATE TABLE IF NOT EXISTS run_lock (
  id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, owner TEXT,
  pid INTEGER, user TEXT, host TEXT, since TEXT)`

const own = `INSERT INTO run_lock (id, epoch, owner, pid, user, host, since) VALUES (1, 1, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1, owner = excluded.owner, pid = excluded.pid, user = excluded.user,
  host = excluded.host, since = excluded.since`

/** Two who write their rows in turn both give up at last, and ask again at a time of their own. */
const maxRounds = 10

/** Beside the file itself, whatever link it was opened by. Histories do not exclude each other, so each has a file. */
function lockFileOf(database: string, key: string): string {
  const real = existsSync(database) ? linkedFile(database) : database
  const suffix = key === usualKey ? '' : `-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
  return `${real}-migrate${suffix}.lock`
}

function inodeOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`
}

/** Once the table is there, a write changes one row and the counter of the first page: whichever a killed process has written, the file is whole. */
const withoutJournal = 'PRAGMA journal_mode = MEMORY'

/** A file made by the superuser would exclude users whom the database itself lets in. */
function shareAs(database: string, file: string): void {
  try {
    const { mode, uid, gid } = statSync(database)
    chmodSync(file, mode & 0o666)
    const lockStats = statSync(file)
    if (lockStats.uid !== uid || lockStats.gid !== gid) chownSync(file, uid, gid)
  } catch {
    // It is not ours to give: then it is as the system makes files.
  }
}

/** A container may run as a number that has no name, and Deno gives these facts only with `--allow-sys`: the lock is taken all the same. */
function known(read: () => string | number | undefined): string {
  try {
    return String(read() ?? 'unknown')
  } catch {
    return 'unknown'
  }
}

let user: string | undefined

/** Read once: each answer reads the system's list of users. */
function userName(): string {
  user ??= known(() => userInfo().username)
  // Bun has no other name without USER.
  if (user === 'unknown') user = `uid ${known(() => process.getuid?.())}`
  return user
}

interface OwnerRow {
  readonly owner: unknown
  readonly pid: unknown
  readonly user: unknown
  readonly host: unknown
  readonly since: unknown
}

function hasTable(db: Database): boolean {
  if (db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'run_lock'`).get() !== undefined) return true
  const other = db.prepare('SELECT name FROM sqlite_schema').pluck(true).get()
  if (other !== undefined) throw new Error(`it is another database, with ${String(other)} in it`)
  return false
}

const readOwner = (db: Database): OwnerRow | undefined =>
  db.prepare('SELECT owner, pid, user, host, since FROM run_lock').get() as OwnerRow | undefined

const ownerOf = (db: Database): OwnerRow | undefined => (hasTable(db) ? readOwner(db) : undefined)

/** Any user who may write the file may have written it: nothing of it reaches a terminal as an escape sequence. */
const shown = (value: unknown): string => String(value).replace(/\p{C}/gu, '').slice(0, 80)

/**
 * The lock of a run as a transaction on a database of its own beside the file: the kernel ends it with the process, however that
 * ends. The row says who has it, for people, and the process that has the transaction is the one that the row names: it is committed first,
 * and the transaction begun again, until the row that is found is one's own.
 *
 * It is advice. A file that cannot be written or is damaged is taken as not there, for each revision looks again inside its own
 * transaction. No file descriptor of ours may touch the lock file: closing any one frees every lock that the process has on it.
 */
export class FileLock implements RunLock {
  readonly proof = 'advice'
  readonly #driver: Driver
  readonly #database: string
  readonly #key: string
  readonly #purpose: ConnectOptions['purpose']
  /** Where the transaction of the holder is open. */
  #held: { readonly db: Database; readonly file: string; readonly inode: string | undefined } | undefined
  /** Why there is no lock to be had; it is given to every process then. */
  #absent: string | undefined
  #unwritable = false

  constructor(driver: Driver, database: string, key: string, purpose: ConnectOptions['purpose']) {
    this.#driver = driver
    this.#database = database
    this.#key = key
    this.#purpose = purpose
  }

  /** Where the folder may not be written there is none to be had, and that is how it is; a damaged one is to be removed. */
  get warning(): string | undefined {
    if (this.#absent === undefined || this.#unwritable) return undefined
    return `There is no lock beside ${this.#database} (${this.#absent}): each revision asks again whether it is due. Remove the file while nothing runs.`
  }

  async take(): Promise<boolean> {
    // Who only looks makes no file, and so takes nothing.
    if (this.#purpose === 'inspect') return false
    if (await this.holds()) return true
    this.close()
    try {
      return this.#ask()
    } catch (error) {
      if (isBusy(error)) return false
      this.#absent = messageOf(error)
      this.#unwritable = /^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS|ENOENT)/.test(codeOf(error) ?? '')
      return true
    }
  }

  #ask(): boolean {
    const file = lockFileOf(this.#database, this.#key)
    const isNew = !existsSync(file)
    const db = this.#driver.plain(file)
    let taken = false
    try {
      const inode = inodeOf(file)
      if (isNew) shareAs(this.#database, file)
      // What a power failure does to it is no matter: no process holds it after one.
      db.exec(`${isNew ? '' : `${withoutJournal}; `}PRAGMA synchronous = OFF; BEGIN IMMEDIATE`)
      const token = randomUUID()
      if (!hasTable(db)) db.exec(table)
      for (let round = 1; round < maxRounds && !taken; round += 1) {
        db.prepare(own).run(token, process.pid, userName(), known(hostname), new Date().toISOString())
        db.exec(`COMMIT; ${isNew && round === 1 ? `${withoutJournal}; ` : ''}BEGIN IMMEDIATE`)
        taken = readOwner(db)?.owner === token
      }
      // Removed while we asked: another process may have the one that is there now.
      taken &&= inode !== undefined && inodeOf(file) === inode
      if (taken) this.#held = { db, file, inode }
      return taken
    } finally {
      if (!taken) db.close()
    }
  }

  async holds(): Promise<boolean> {
    if (this.#absent !== undefined) return true
    if (this.#held === undefined) return false
    const { db, file, inode } = this.#held
    return db.open && db.inTransaction && inodeOf(file) === inode
  }

  async release(): Promise<boolean> {
    const wasHeld = await this.holds()
    try {
      if (this.#held?.db.inTransaction === true) this.#held.db.exec('UPDATE run_lock SET owner = NULL; COMMIT')
    } catch {
      // Another process reads the row just now. It stays, and means nothing without the transaction.
    }
    this.close()
    return wasHeld
  }

  /** Ends the transaction without a word to those who read the row. */
  close(): void {
    this.#held?.db.close()
    this.#held = undefined
    this.#absent = undefined
  }

  async holder(): Promise<LockHolder | undefined> {
    if (this.#held !== undefined) return describe(ownerOf(this.#held.db))
    let db: Database | undefined
    let file = this.#database
    // The first run makes the folder, and the lock in it.
    if (!existsSync(path.dirname(file))) return undefined
    try {
      file = lockFileOf(this.#database, this.#key)
      if (!existsSync(file)) return undefined
      db = this.#driver.plain(file, { fileMustExist: true })
      ownerOf(db)
      return isFree(db) ? undefined : describe(ownerOf(db))
    } catch (error) {
      // Its holder is writing the row.
      if (isBusy(error)) return { who: 'another process' }
      const why = this.#absent ?? messageOf(error)
      return { who: 'an unknown process', doing: `${file} is no lock (${why}): remove it while nothing runs` }
    } finally {
      db?.close()
    }
  }
}

/** Only beginning the transaction shows that no process has it: a row outlives its writer. */
function isFree(db: Database): boolean {
  try {
    db.exec('BEGIN IMMEDIATE')
    db.exec('ROLLBACK')
    return true
  } catch (error) {
    // This user may only read it: the row is all there is.
    return !isBusy(error) && ownerOf(db)?.owner == null
  }
}

function describe(row: OwnerRow | undefined): LockHolder | undefined {
  if (row === undefined || row.owner === null) return undefined
  const who = `process ${shown(row.pid)} of ${shown(row.user)}@${shown(row.host)}`
  return typeof row.since === 'string' ? { who, since: shown(row.since) } : { who }
}
