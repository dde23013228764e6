import type { Row, UnloadedDialect } from '@org/migrate-core/dialect'

interface SessionObserver {
  /** Called before each statement that is sent by itself. */
  readonly sent?: () => void
  /** Called with the rows of each such query. */
  readonly answered?: (rows: readonly Row[]) => void
}

/** The dialect, with sessions that an observer follows. */
export function observedSessions(dialect: UnloadedDialect, { sent, answered }: SessionObserver): UnloadedDialect {
  const { connection } = dialect
  const connect: typeof connection.connect = async (request) => {
    const session = await connection.connect(request)
    const execute = session.execute.bind(session)
    const query = session.query.bind(session)
    return Object.assign(session, {
      execute: (...statement: Parameters<typeof execute>) => {
        sent?.()
        return execute(...statement)
      },
      query: async (...statement: Parameters<typeof query>) => {
        sent?.()
        const rows = await query(...statement)
        answered?.(rows)
        return rows
      },
    })
  }
  return { ...dialect, connection: { ...connection, connect } }
}
