import type { ConnectionScope } from './dialect.ts'

/** A connection that has no user. */
export interface IdleConnection {
  readonly isOpen: boolean
  /** Brings its session back to its start. False: something is left of its user. */
  clear(): Promise<boolean>
  close(): Promise<void>
  /** Ends it without waiting for the server. */
  drop(): void
}

const timeoutMs = 10_000

/** Drops the connection of a server that does not answer any more. Undefined: the work failed. */
export async function inTime<T>(connection: Pick<IdleConnection, 'drop'>, work: Promise<T>): Promise<T | undefined> {
  const timer = setTimeout(() => connection.drop(), timeoutMs)
  try {
    return await work
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Those that wait for the next user, until their scope ends. */
class IdleConnections<C extends IdleConnection> {
  readonly #most: number
  readonly #waiting: { readonly key: string; readonly connection: C }[] = []
  #hasEnded = false

  constructor(scope: ConnectionScope) {
    this.#most = scope.most
    scope.onEnd(async () => {
      this.#hasEnded = true
      await Promise.all(this.#waiting.splice(0).map(({ connection }) => connection.close()))
    })
  }

  /** The last one that was given with that key, and is open. */
  take(key: string): C | undefined {
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) {
      if (this.#waiting[at]?.key !== key) continue
      const [taken] = this.#waiting.splice(at, 1)
      if (taken?.connection.isOpen) return taken.connection
    }
    return undefined
  }

  /** Takes it from its user. What cannot be cleared, or is one too many, is closed. */
  async give(key: string, connection: C): Promise<void> {
    const isClear = !this.#hasEnded && (await connection.clear())
    if (!isClear || this.#hasEnded) return connection.close()
    this.#waiting.push({ key, connection })
    if (this.#waiting.length > this.#most) await this.#waiting.shift()?.connection.close()
  }
}

/** Gives those of each scope. */
export function idleConnections<C extends IdleConnection>(): (scope: ConnectionScope) => IdleConnections<C> {
  const known = new WeakMap<ConnectionScope, IdleConnections<C>>()
  return (scope) => {
    const connections = known.get(scope) ?? new IdleConnections<C>(scope)
    known.set(scope, connections)
    return connections
  }
}
