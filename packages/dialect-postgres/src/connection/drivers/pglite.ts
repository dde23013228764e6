import type { PGlite } from '@electric-sql/pglite'
import { dependsOnType, writerFor } from '../../types/values.ts'
import type { ConnectionTarget } from '../url.ts'
import { BorrowedSession } from './borrowed-session.ts'
import type { Driver, DriverHandlers, DriverQuery, DriverResult, DriverStatement } from './driver.ts'
import type { Lender, LentConnection } from './lender.ts'
import type { OpenClient } from './names.ts'
import { importPglite } from './packages.ts'
import { holdFolder, realFolder } from './pglite-folder.ts'
import { type CommandComplete, type DataRow, type RowDescription, StatementReader } from './statement-reader.ts'

type Package = Awaited<ReturnType<typeof importPglite>>

/** A database of this process. */
interface SharedEngine {
  readonly engine: Promise<PGlite>
  /** Where it is; absent: memory. */
  readonly folder: string | undefined
  /** Frees the folder for other processes. */
  readonly release: () => void
  /** Every session that has not ended, also one that waits. */
  users: number
}

/** By the target of a dialect: a database in memory is the dialect's own. */
const memories = new WeakMap<ConnectionTarget, SharedEngine>()
const folders = new Map<string, SharedEngine>()
/** Folders whose last session has ended, until PGlite has closed them. */
const closings = new Map<string, Promise<void>>()

/** A folder is opened once in this process, and held against others until its last session has ended. */
async function createIn(folder: string, held: (release: () => void) => void): Promise<PGlite> {
  const { PGlite } = await importPglite()
  await closings.get(folder)?.catch(() => undefined)
  const release = await holdFolder(folder)
  held(release)
  try {
    return await PGlite.create(folder)
  } catch (error) {
    release()
    throw error
  }
}

async function createInMemory(): Promise<PGlite> {
  const { PGlite } = await importPglite()
  return PGlite.create()
}

function engineFor(target: ConnectionTarget): SharedEngine {
  const folder = target.folder === undefined ? undefined : realFolder(target.folder)
  const known = folder === undefined ? memories.get(target) : folders.get(folder)
  if (known !== undefined) {
    known.users += 1
    return known
  }
  let release = (): void => undefined
  const held = (free: () => void): void => {
    release = free
  }
  const engine = folder === undefined ? createInMemory() : createIn(folder, held)
  const shared: SharedEngine = { engine, folder, release: () => release(), users: 1 }
  if (folder === undefined) memories.set(target, shared)
  else folders.set(folder, shared)
  shared.engine.catch(() => (folder === undefined ? memories.delete(target) : folders.delete(folder)))
  return shared
}

/** Once its last session has ended, other processes may open the folder. */
async function leave(shared: SharedEngine): Promise<void> {
  const { folder } = shared
  shared.users -= 1
  if (folder === undefined || shared.users > 0) return
  folders.delete(folder)
  const pglite = await shared.engine
  const closing = pglite.close().finally(() => {
    closings.delete(folder)
    shared.release()
  })
  closings.set(folder, closing)
  await closing
}

/** One exchange after the other. */
class LentPglite implements LentConnection {
  readonly #pglite: PGlite
  readonly #serialize: Package['protocol']['serialize']
  readonly #handlers: DriverHandlers
  readonly #endTurn: () => void
  #tail: Promise<unknown> = Promise.resolve()

  constructor(pglite: PGlite, { protocol }: Package, handlers: DriverHandlers, endTurn: () => void) {
    this.#pglite = pglite
    this.#serialize = protocol.serialize
    this.#handlers = handlers
    this.#endTurn = endTurn
  }

  query(statement: DriverStatement): DriverQuery {
    let isSent = false
    let isActive = false
    let cancelled: Error | undefined
    const answer = this.#tail.then(async () => {
      if (cancelled !== undefined) throw cancelled
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
      answer,
      isSent: () => isSent,
      isActive: () => isActive,
      // While one runs, this process hears of nothing: only what waits can be canceled.
      cancel: async () => {
        cancelled = Object.assign(new Error('canceling statement due to user request'), { code: '57014' })
      },
    }
  }

  async #perform({ sql, params, several }: DriverStatement): Promise<DriverResult> {
    const serialize = this.#serialize
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
    const { messages } = await this.#pglite.execProtocol(Buffer.concat(parts), { throwOnError: false })
    const reader = new StatementReader()
    for (const message of messages as readonly unknown[] as readonly Message[]) {
      if (message.name === 'error') throw message
      if (message.name === 'notice') this.#handlers.onnotice(message)
      if (message.name === 'parameterDescription') onTypes(message.dataTypeIDs)
      if (message.name === 'rowDescription') reader.described(message)
      if (message.name === 'dataRow') reader.row(message)
      if (message.name === 'commandComplete') reader.completed(message)
    }
    return reader.result(null)
  }

  async inTransaction(): Promise<boolean> {
    return this.#pglite.isInTransaction()
  }

  giveBack(): void {
    this.#endTurn()
  }
}

type Message =
  | { readonly name: 'error' }
  | { readonly name: 'notice'; readonly code?: string }
  | { readonly name: 'parameterDescription'; readonly dataTypeIDs: readonly number[] }
  | ({ readonly name: 'rowDescription' } & RowDescription)
  | ({ readonly name: 'dataRow' } & DataRow)
  | ({ readonly name: 'commandComplete' } & CommandComplete)

/** Nothing else is sent to it until the connection is given back. */
async function lend(pglite: PGlite, handlers: DriverHandlers): Promise<LentConnection> {
  const loaded = await importPglite()
  return new Promise((resolve, reject) => {
    const turn = (): Promise<void> =>
      new Promise((endTurn) => {
        resolve(new LentPglite(pglite, loaded, handlers, endTurn))
      })
    pglite.runExclusive(turn).catch(reject)
  })
}

export const pgliteLender = ({ client, display }: OpenClient): Lender => ({
  key: client,
  isSingle: true,
  display,
  lend: async (handlers) => {
    const pglite = client as PGlite
    if (pglite.closed) throw new Error('this PGlite is closed')
    return lend(pglite, handlers)
  },
})

const driver: Driver = {
  open: (target, options) => {
    const shared = engineFor(target)
    const lender: Lender = {
      key: shared,
      isSingle: true,
      display: target.display,
      lend: async (handlers) => lend(await shared.engine, handlers),
      left: () => leave(shared),
    }
    return new BorrowedSession(lender, options)
  },
}

/** Throws DRIVER_NOT_BUILT. */
export async function load(): Promise<Driver> {
  await importPglite()
  return driver
}
