import { PGlite, protocol } from '@electric-sql/pglite'
import { dependsOnType, writerFor } from '../../types/values.ts'
import type { ConnectionTarget } from '../url.ts'
import type { ClientOptions, Driver, DriverClient, DriverQuery, DriverResult, DriverStatement } from './driver.ts'
import { holdFolder, releaseFolder } from './pglite-folder.ts'
import { type CommandComplete, type DataRow, type RowDescription, StatementReader } from './statement-reader.ts'

const { serialize } = protocol

type Turn = () => Promise<void>

/** A database of this process. */
interface Engine {
  readonly pglite: PGlite
  /** Those that have the turn or lent it; the last one has it. */
  readonly sessions: PgliteSession[]
}

interface SharedEngine {
  readonly engine: Promise<Engine>
  /** Every session that has not ended, also one that waits. */
  users: number
}

/** By the target of a dialect: a database in memory is the dialect's own. */
const memories = new WeakMap<ConnectionTarget, SharedEngine>()
const folders = new Map<string, SharedEngine>()
/** Folders whose last session has ended, until PGlite has closed them. */
const closings = new Map<string, Promise<void>>()

async function create(folder: string | undefined): Promise<Engine> {
  return { pglite: await PGlite.create(folder), sessions: [] }
}

/** A folder is opened once in this process, and held against others until its last session has ended. */
async function createIn(folder: string): Promise<Engine> {
  await closings.get(folder)?.catch(() => undefined)
  const release = holdFolder(folder)
  try {
    return await create(folder)
  } catch (error) {
    release()
    throw error
  }
}

function engineFor(target: ConnectionTarget): SharedEngine {
  const { folder } = target
  const known = folder === undefined ? memories.get(target) : folders.get(folder)
  if (known !== undefined) {
    known.users += 1
    return known
  }
  const shared = { engine: folder === undefined ? create(undefined) : createIn(folder), users: 1 }
  if (folder === undefined) memories.set(target, shared)
  else folders.set(folder, shared)
  shared.engine.catch(() => (folder === undefined ? memories.delete(target) : folders.delete(folder)))
  return shared
}

/** Once its last session has ended, other processes may open the folder. */
async function leave(shared: SharedEngine, { folder }: ConnectionTarget): Promise<void> {
  shared.users -= 1
  if (folder === undefined || shared.users > 0) return
  folders.delete(folder)
  const { pglite } = await shared.engine
  const closing = pglite.close().finally(() => {
    closings.delete(folder)
    releaseFolder(folder)
  })
  closings.set(folder, closing)
  await closing
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Settings as a server takes them with the request to connect, from its own defaults on. */
function settingText({ options: _, ...settings }: Readonly<Record<string, string>>): string {
  const rows = Object.entries(settings).map(([name, value]) => `(${literal(name)}, ${literal(value)})`)
  return `RESET ALL; SELECT set_config(name, value, false) FROM (VALUES ${rows.join(', ')}) AS wanted (name, value)`
}

/** One session at a time: others wait for its end. One for a shadow runs inside the session that waits for it. */
class PgliteSession implements DriverClient {
  readonly #options: ClientOptions
  readonly #target: ConnectionTarget
  readonly #shared: SharedEngine
  #engine: Engine | undefined
  #pid: number | null = null
  #tail: Promise<unknown>
  #endTurn: () => void = () => undefined
  #ended: Error | undefined
  #destroy: (error: Error) => void = () => undefined
  readonly #destroyed: Promise<never>

  constructor(target: ConnectionTarget, options: ClientOptions) {
    this.#options = options
    this.#target = target
    this.#destroyed = new Promise((_, reject) => {
      this.#destroy = reject
    })
    this.#destroyed.catch(() => undefined)
    this.#shared = engineFor(target)
    this.#tail = this.#begin()
    this.#tail.catch(() => undefined)
  }

  async #begin(): Promise<void> {
    const engine = await this.#shared.engine
    const outer = this.#options.isInner ? engine.sessions.at(-1) : undefined
    await new Promise<void>((granted, refused) => {
      const turn: Turn = () => {
        if (this.#ended !== undefined) {
          refused(this.#ended)
          return Promise.resolve()
        }
        granted()
        return new Promise((resolve) => {
          this.#endTurn = resolve
        })
      }
      void (outer === undefined ? engine.pglite.runExclusive(turn) : outer.#lend(turn))
    })
    this.#engine = engine
    engine.sessions.push(this)
    await this.#exchange([serialize.query(settingText(this.#options.startup))])
    const [row] = await this.#exchange([serialize.query('SELECT pg_catalog.pg_backend_pid()')])
    this.#pid = Number(row?.[0])
  }

  /** What is sent on this session waits for the end of the turn. */
  #lend(turn: Turn): Promise<void> {
    const lent = this.#tail.then(turn)
    this.#tail = lent
    return lent
  }

  query(statement: DriverStatement): DriverQuery {
    let isSent = false
    let isActive = false
    let cancelled: Error | undefined
    const answer = this.#tail.then(async () => {
      const refused = cancelled ?? this.#ended
      if (refused !== undefined) throw refused
      isSent = true
      isActive = true
      return this.#perform(statement)
    })
    this.#tail = answer.then(
      () => {
        isActive = false
      },
      () => {
        isActive = false
      },
    )
    return {
      // One that waits for its turn may wait long.
      answer: Promise.race([answer, this.#destroyed]),
      isSent: () => isSent,
      isActive: () => isActive,
      // While one runs, this process hears of nothing: only what waits can be canceled.
      cancel: async () => {
        cancelled = Object.assign(new Error('canceling statement due to user request'), { code: '57014' })
      },
    }
  }

  async #perform({ sql, params, several }: DriverStatement): Promise<DriverResult> {
    if (several) return this.#exchange([serialize.query(sql)])
    const text = [serialize.parse({ text: sql }), serialize.describe({ type: 'S' })]
    let types: readonly number[] = []
    if (params.some(dependsOnType))
      await this.#exchange([...text, serialize.sync()], (described) => {
        types = described
      })
    const values = params.map((value, at) => (value === null ? null : writerFor(types[at] ?? 0)(value)))
    return this.#exchange([...text, serialize.bind({ values }), serialize.execute({}), serialize.sync()])
  }

  async #exchange(
    parts: readonly Uint8Array[],
    onTypes: (types: readonly number[]) => void = () => undefined,
  ): Promise<DriverResult> {
    const { pglite } = this.#engine as Engine
    const { messages } = await pglite.execProtocol(Buffer.concat(parts), { throwOnError: false })
    const reader = new StatementReader()
    for (const message of messages as readonly unknown[] as readonly Message[]) {
      if (message.name === 'error') throw message
      if (message.name === 'notice') this.#options.onnotice(message)
      if (message.name === 'parameterDescription') onTypes(message.dataTypeIDs)
      if (message.name === 'rowDescription') reader.described(message)
      if (message.name === 'dataRow') reader.row(message)
      if (message.name === 'commandComplete') reader.completed(message)
    }
    return reader.result(this.#pid)
  }

  /** What it set is put back, and the one that lent the turn continues. */
  async end(): Promise<void> {
    if (this.#ended !== undefined) return
    this.#ended = Object.assign(new Error('the session was closed'), { code: 'CONNECTION_DESTROYED' })
    this.#destroy(this.#ended)
    if (this.#engine === undefined) {
      void this.#tail.then(
        () => this.#leave(),
        () => this.#leave(),
      )
      return
    }
    await this.#tail
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const engine = await this.#shared.engine.catch(() => undefined)
    if (engine === undefined) return
    const at = engine.sessions.indexOf(this)
    if (at >= 0) {
      engine.sessions.splice(at, 1)
      const outer = engine.sessions.at(-1)
      const settings =
        outer === undefined ? 'RESET ALL; SELECT pg_advisory_unlock_all()' : settingText(outer.#options.startup)
      if (engine.pglite.isInTransaction()) await this.#exchange([serialize.query('ROLLBACK')])
      await this.#exchange([serialize.query(settings)])
      this.#endTurn()
    }
    await leave(this.#shared, this.#target)
  }
}

type Message =
  | { readonly name: 'error' }
  | { readonly name: 'notice'; readonly code?: string }
  | { readonly name: 'parameterDescription'; readonly dataTypeIDs: readonly number[] }
  | ({ readonly name: 'rowDescription' } & RowDescription)
  | ({ readonly name: 'dataRow' } & DataRow)
  | ({ readonly name: 'commandComplete' } & CommandComplete)

export const driver: Driver = { open: (target, options) => new PgliteSession(target, options) }
