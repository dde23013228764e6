import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import Database from 'better-sqlite3'
import type { Job } from './job.ts'
import { strikeMark } from './strike-mark.ts'

const shown = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 160)

/** What can be read of a message to a server, without what differs from run to run: lengths, numbers, names of prepared statements. */
function readable(message: unknown): string {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message
  if (!(bytes instanceof Uint8Array)) return ''
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset + 5,
    Math.max(0, Math.min(bytes.byteLength - 5, 400)),
  ).toString('latin1')
  return shown(text.replace(/^[0-9a-z]{9,}\0/, '').replace(/[^ -~]+/g, ' '))
}

/** Counts what crosses from the process to the database, and strikes where it is told to. */
class Boundaries {
  readonly crossed: string[] = []
  /** Only what a run's own sessions send counts. */
  isOpen = false
  readonly #strike: Job['strike']

  constructor(strike: Job['strike']) {
    this.#strike = strike
  }

  cross<T>(what: string, send: () => T): T {
    if (!this.isOpen) return send()
    const at = this.crossed.push(what)
    if (this.#strike?.at !== at) return send()
    if (this.#strike.when === 'before') this.#fall(what)
    try {
      return send()
    } finally {
      if (this.#strike.when === 'sent') this.#fall(what)
    }
  }

  #fall(what: string): void {
    writeSync(2, `${strikeMark}${what}\n`)
    process.kill(process.pid, this.#strike?.signal ?? 'SIGKILL')
  }
}

type Method = (this: unknown, ...args: unknown[]) => unknown

function replaced(target: object, name: string, by: (original: Method) => Method): void {
  const original = Reflect.get(target, name) as Method
  Object.defineProperty(target, name, { value: by(original), configurable: true, writable: true })
}

/** Each packet to the server: a client that is killed can be cut off between two of them, and nowhere else. */
function watchSockets(boundaries: Boundaries, port: number): void {
  replaced(
    Socket.prototype,
    'write',
    (write) =>
      function (...args) {
        const send = (): unknown => Reflect.apply(write, this, args)
        return (this as Socket).remotePort === port ? boundaries.cross(readable(args[0]), send) : send()
      },
  )
}

/** What both drivers have, in their words: better-sqlite3 and `node:sqlite`. */
interface Handle {
  readonly name?: string
  location?(): string | null
  prepare(sql: string): { readonly source?: string; readonly sourceSQL?: string }
  exec(sql: string): unknown
  close(): unknown
}

const fileOf = (db: Handle): string => db.name ?? db.location?.() ?? ':memory:'

/** Of the driver that migrations use: the one that stands in for better-sqlite3 in tests is around the same handle of `node:sqlite`. */
function handleInMemory(): Handle {
  const client: Handle & { readonly handle?: Handle } = new Database(':memory:')
  return client.handle ?? client
}

/** Each statement that SQLite is given, also by the dialect for itself: transaction control, pragmas, ranges of a copy. */
function watchSqlite(boundaries: Boundaries, journalMode: Job['journalMode']): void {
  const probe = handleInMemory()
  const database = Object.getPrototypeOf(probe) as Handle
  const statement = Object.getPrototypeOf(probe.prepare('SELECT 1')) as object
  const { exec: send } = database
  probe.close()
  const set = new WeakSet<object>()
  const inMode = (db: Handle): void => {
    const file = fileOf(db)
    if (journalMode === undefined || set.has(db) || file === ':memory:' || file.endsWith('.lock')) return
    set.add(db)
    Reflect.apply(send, db, [`PRAGMA journal_mode = ${journalMode}`])
  }
  for (const name of ['run', 'get', 'all']) {
    replaced(
      statement,
      name,
      (method) =>
        function (...args) {
          const { source, sourceSQL = '' } = this as ReturnType<Handle['prepare']>
          return boundaries.cross(shown(source ?? sourceSQL), () => Reflect.apply(method, this, args))
        },
    )
  }
  replaced(
    database,
    'exec',
    (exec) =>
      function (...args) {
        inMode(this as Handle)
        return boundaries.cross(shown(String(args[0])), () => Reflect.apply(exec, this, args))
      },
  )
}

export function watch(job: Job): Boundaries {
  const boundaries = new Boundaries(job.strike)
  if (job.dialect === 'sqlite') watchSqlite(boundaries, job.journalMode)
  else watchSockets(boundaries, Number(new URL(job.url).port))
  return boundaries
}
