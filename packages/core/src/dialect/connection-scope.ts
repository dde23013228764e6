import type { ConnectionScope, ConnectOptions, UnloadedDialect } from './dialect.ts'

/** Works with a scope of connections that ends with the work. */
export async function withConnectionScope<T>(most: number, work: (scope: ConnectionScope) => Promise<T>): Promise<T> {
  const closing: (() => Promise<void>)[] = []
  try {
    return await work({ most, onEnd: (close) => void closing.push(close) })
  } finally {
    await Promise.all(closing.map((close) => close()))
  }
}

/** The dialect whose sessions are opened with these options besides. */
export function connectingWith(
  dialect: UnloadedDialect,
  more: Pick<ConnectOptions, 'scope' | 'whenMissing'>,
): UnloadedDialect {
  const { connection } = dialect
  return {
    ...dialect,
    connection: { ...connection, connect: (options) => connection.connect({ ...more, ...options }) },
  }
}
