import type { UnloadedDialect } from '@org/migrate-core/dialect'

/** A dialect with other parts, which its sessions speak too: a session names the dialect of its server's version. */
export function changedDialect(
  dialect: UnloadedDialect,
  change: (dialect: UnloadedDialect) => UnloadedDialect,
): UnloadedDialect {
  const { connection } = dialect
  const connect: typeof connection.connect = async (request) => {
    const session = await connection.connect(request)
    return Object.assign(session, { dialect: change(session.dialect ?? dialect) })
  }
  return { ...change(dialect), connection: { ...connection, connect } }
}
