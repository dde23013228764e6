import type { UnloadedDialect } from './dialect.ts'

/**
 * Lives as long as a run over many databases. A connection that one of them needs no longer may wait in it for the next one on the same
 * server.
 */
export class ConnectionScope {
  /** How many connections may wait at once. */
  readonly most: number
  readonly #closing: (() => Promise<void>)[] = []

  constructor(most: number) {
    this.most = most
  }

  /** Called once, when the run has ended. */
  onEnd(close: () => Promise<void>): void {
    this.#closing.push(close)
  }

  /** Ends what waits in it. Throws what that throws. */
  async end(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((close) => close()))
  }
}

/** Works with a scope that ends with the work. */
export async function withConnectionScope<T>(most: number, work: (scope: ConnectionScope) => Promise<T>): Promise<T> {
  const scope = new ConnectionScope(most)
  try {
    return await work(scope)
  } finally {
    await scope.end()
  }
}

/** The dialect whose sessions are in the scope. */
export function inScope(dialect: UnloadedDialect, scope: ConnectionScope): UnloadedDialect {
  const { connection } = dialect
  return { ...dialect, connection: { ...connection, connect: (options) => connection.connect({ ...options, scope }) } }
}
