import type { TransactionScope } from '../dialect/session.ts'
import type { MigrationEvent } from './events.ts'
import type { PreparedStep } from './prepare.ts'
import type { Settling } from './settle-step.ts'

export interface ExecuteOptions {
  readonly emit: (event: MigrationEvent) => void
  readonly signal?: AbortSignal
  readonly acceptDrift?: boolean
}

export interface Running extends Settling {
  readonly options: ExecuteOptions
}

export function namedOf({ route }: PreparedStep): { tier: string; revision: string; direction: 'up' | 'down' } {
  return { tier: route.tier.tier.name, revision: route.step.revision, direction: route.step.direction }
}

export function begin(running: Running, off: boolean): Promise<TransactionScope> {
  const { options, settled } = running
  return running.session.begin({
    ...(off ? { foreignKeys: 'off' as const } : {}),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    waitMs: settled.waitMs,
    onWait: (waitedMs) => options.emit({ type: 'waiting', what: settled.dialect.database, waitedMs }),
  })
}

/** The rollback's own failure must not hide what made it necessary. */
export async function rollBack(running: Running, scope: Pick<TransactionScope, 'rollback'>): Promise<void> {
  try {
    await scope.rollback()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    running.options.emit({ type: 'warning', message: `The transaction could not be rolled back: ${text}` })
  }
}
