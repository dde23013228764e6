import { setTimeout as sleep } from 'node:timers/promises'
import {
  createMigrator,
  graphOf,
  isMigrateError,
  type Migrator,
  type Revision,
  type RunOptions,
  revisions,
} from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import { type Ground, runOn } from '../ensure/ground.ts'
import type { Write } from './writes.ts'

type Options = Omit<RunOptions, 'tier'>
type Run = (migrator: Migrator, options: Options) => Promise<unknown>

/** What else happens to a database while a run is at work on it. */
export interface Meanwhile {
  readonly ground: Ground
  readonly from: Random
  readonly chain: readonly Revision[]
  /** What a service writes. */
  readonly writes: readonly (readonly Write[])[]
  readonly log: string[]
  /** A value that is stored. */
  stored(value: string): void
}

function drawRun(from: Random, chain: readonly Revision[]): readonly [string, Run] {
  const target = from.sample(chain, 1)[0]?.revision ?? 'base'
  return from.weighted<readonly [string, Run]>([
    [3, ['up', (migrator, options) => migrator.upgrade('heads', options)]],
    [1, [`up to ${target}`, (migrator, options) => migrator.upgrade(target, options)]],
    [2, [`down to ${target}`, (migrator, options) => migrator.downgrade(target, options)]],
    [1, ['resume', (migrator, options) => migrator.resume(options)]],
    [1, ['revert', (migrator, options) => migrator.resume({ ...options, revert: true })]],
    [1, ['ensure', (migrator, options) => migrator.ensure({ mode: 'apply', ...options })]],
  ])
}

/** In this process SQLite's own waiting would keep the run from going on. */
const written = async (ground: Ground, text: string): Promise<unknown> =>
  ground.name === 'sqlite' ? runOn(ground.url.replace('sqlite:', ''), text, { timeout: 0 }) : ground.sql(text)

/** Runs of two releases at once, and a service that writes. */
export async function atOnce(
  { ground, from, chain, writes, log, stored }: Meanwhile,
  migrator: Migrator,
  options: Options,
): Promise<void> {
  const older = from.chance(0.5) ? chain : chain.slice(0, from.int(0, chain.length))
  const rival = createMigrator({
    dialect: ground.dialect(),
    tiers: [graphOf(revisions(older))],
    preserve: { upgrades: true },
  })
  const [[one, first], [other, second]] = [drawRun(from, chain), drawRun(from, older)]
  const [late, between] = [from.int(0, 30), from.int(0, 10)]
  log.push(`  ${one}, and of ${older.length} of ${chain.length} revisions, ${late} ms later, ${other}`)
  const { signal: _, ...unstopped } = options
  const service = async (): Promise<void> => {
    for (const choice of writes)
      for (const { text, values } of choice) {
        await sleep(between)
        const refused = await written(ground, text).then(
          () => undefined,
          (error: unknown) => String(error),
        )
        log.push(`  ${text}${refused === undefined ? '' : `: ${refused.slice(0, 150)}`}`)
        if (refused !== undefined) continue
        for (const value of values) if (value.startsWith('tok')) stored(value)
        break
      }
  }
  const outcomes = await Promise.allSettled([
    first(migrator, options),
    sleep(late).then(() => second(rival, unstopped)),
    service(),
  ])
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  for (const error of failed) log.push(`  ${String(error).slice(0, 300)}`)
  for (const error of failed)
    if (!isMigrateError(error) || error.code === 'INTERNAL' || error.code === 'DRIFT') throw error
  if (failed[0] !== undefined) throw failed[0]
}
