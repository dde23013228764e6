import type { ServiceConnection } from '@org/migrate-core/dialect'
import { attempt, connectionTargetOf, type PostgresOptions } from './connector.ts'
import { retryWhileBusy } from './faults.ts'
import { type ConnectionRequest, supported } from './greeting.ts'
import { PostgresServiceConnection } from './service-connection.ts'

/** Connections of a service, which changes no schema and makes none. Throws INVALID_URL. */
export function servingConnector(
  options: PostgresOptions,
  statementCache: boolean,
): {
  readonly database: string
  connect(signal: AbortSignal | undefined): Promise<ServiceConnection>
} {
  const target = connectionTargetOf(options)
  return {
    database: target.display,
    connect: async (signal) => {
      const request: ConnectionRequest = { purpose: 'serve', ...(signal === undefined ? {} : { signal }) }
      const greeted = await retryWhileBusy(target, request, () => attempt(target, options.ssl, request))
      try {
        supported(greeted.greeting)
        return new PostgresServiceConnection(greeted, statementCache)
      } catch (error) {
        await greeted.connection.close()
        throw error
      }
    },
  }
}
