import { isMigrateError, type RunOptions, type RunResult } from '@org/migrate-core'
import { missingOf } from './catalogue.ts'
import { attempt, differencesOf, rowsOf } from './script-run.ts'
import type { LifeAround } from './scripts.ts'

/** Whether the run names nothing that it does not bring back. */
const isSilent = ({ losses, reports }: RunResult): boolean =>
  reports.length === 0 &&
  losses.every(({ preserved, byHand, rows }) => rows === 0 || (preserved && byHand === undefined))

/** The last revision goes and comes back, and again, and nothing writes meanwhile: where no run names a loss, the rows are the same. */
export async function roundTrip({ ground, log, migrator, last, values }: LifeAround): Promise<void> {
  const { state, interrupted } = await migrator().status()
  if (state !== 'atHead' || interrupted.length > 0) return
  log.push('round trip')
  // Such a revision makes other values of those that have come since.
  const rewrites = /shorten|cut |by SQL/.test(last())
  const rows = [await rowsOf(ground)]
  const silent: boolean[] = []
  for (const direction of ['down', 'up', 'down', 'up'] as const) {
    const run = migrator()
    let isNamed = false
    const onEvent: RunOptions['onEvent'] = (event) => {
      isNamed ||= event.type === 'loss' && !event.preserved
    }
    const result = await attempt(() =>
      direction === 'down' ? run.downgrade('-1', { onEvent }) : run.upgrade('heads', { onEvent }),
    )
    const missing = await missingOf(ground, values)
    if (missing.length > 0 && !isNamed) throw new Error(`lost on a round trip: ${missing.join(', ')}`)
    for (const value of missing) values.delete(value)
    if (isMigrateError(result)) {
      log.push(`  ${direction}: ${result.code}: ${result.message.slice(0, 300)}`)
      return
    }
    silent.push(isSilent(result))
    rows.push(await rowsOf(ground))
    const [before, after] = [rows.at(-3), rows.at(-1)]
    if (before === undefined || after === undefined || !silent.slice(-2).every(Boolean)) continue
    if (direction === 'up' && rewrites) continue
    const lines = differencesOf(before, after)
    if (lines.length > 0)
      throw new Error(`${direction === 'up' ? 'down and up' : 'up and down'} changes ${lines.join('\n')}`)
  }
}
