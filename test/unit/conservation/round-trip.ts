import { isMigrateError, type RunResult } from '@org/migrate-core'
import { attempt, differencesOf, rowsOf } from './script-run.ts'
import type { LifeAround } from './scripts.ts'

/** Whether the run names nothing that it does not bring back. */
const isSilent = ({ losses, reports }: RunResult): boolean =>
  reports.length === 0 &&
  losses.every(({ preserved, byHand, rows }) => rows === 0 || (preserved && byHand === undefined))

/** The last revision goes and comes back, and again, and nothing writes meanwhile: where no run names a loss, the rows are the same. */
export async function roundTrip({ ground, log, migrator, last }: LifeAround): Promise<void> {
  const { state, interrupted } = await migrator().status()
  if (state !== 'atHead' || interrupted.length > 0) return
  log.push('round trip')
  // Such a revision makes other values of those that have come since.
  const rewrites = /shorten|cut |by SQL/.test(last())
  const rows = [await rowsOf(ground)]
  const silent: boolean[] = []
  for (const direction of ['down', 'up', 'down', 'up'] as const) {
    const run = migrator()
    const result = await attempt(() => (direction === 'down' ? run.downgrade('-1') : run.upgrade('heads')))
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
