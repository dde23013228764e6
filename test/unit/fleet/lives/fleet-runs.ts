import { isDeepStrictEqual } from 'node:util'
import { check } from '@org/migrate-autogenerate'
import {
  createMigrator,
  graphOf,
  type Migrator,
  type MigratorOptions,
  type RunOptions,
  type RunResult,
  revisions,
  type StepLoss,
} from '@org/migrate-core'
import { createFleet, type Fleet, type FleetResult, type FleetRunOptions } from '@org/migrate-fleet'
import type { Random } from '../../../kit/random.ts'
import { missingOf } from '../../conservation/catalogue.ts'
import { type DrawnRevision, undrawn } from '../../conservation/chain.ts'
import type { DrawnOperation } from '../../conservation/drawing.ts'
import { valuesOfRow } from '../../conservation/life.ts'
import type { FleetGround, MemberGround } from './grounds.ts'
import { asGround, differenceOf, stateOf } from './member-state.ts'
import { expectPlansOfMembers } from './plans.ts'
import { MemberEnds, type RunEnd, runByLibrary } from './run-both.ts'
import type { Tenant } from './tenant.ts'

type Both = {
  readonly ofFleet: (fleet: Fleet, options: FleetRunOptions) => Promise<FleetResult>
  readonly ofSibling: (migrator: Migrator, options: Omit<RunOptions, 'tier'>) => Promise<RunResult>
}

const isRenamedBySql = ({ describe }: DrawnOperation): boolean => /^rename .* by SQL$/.test(describe)

/** Runs over a fleet with one history, each also by the library on the sibling of each member. */
export class FleetRuns {
  readonly log: string[]
  readonly tenants: readonly Tenant[]
  chain: readonly DrawnRevision[] = []
  readonly #fleetGround: FleetGround
  readonly #from: Random
  /** With few bytes the rows of some members are too many to be preserved. */
  readonly #preserve: NonNullable<MigratorOptions['preserve']>

  constructor(fleetGround: FleetGround, from: Random, tenants: readonly Tenant[], log: string[]) {
    this.log = log
    this.#fleetGround = fleetGround
    this.#from = from
    this.tenants = tenants
    const maxBytes = from.chance(0.25) ? { maxBytes: from.pick([300, 1_000, 3_000]) } : {}
    this.#preserve = { upgrades: true, ...maxBytes }
    this.log.push(`members are ${fleetGround.what}, ${JSON.stringify(this.#preserve)}`)
  }

  #fleet(tenants = this.tenants): Fleet {
    return createFleet({
      members: tenants.map(({ member }) => member),
      dialect: this.#fleetGround.dialectOf,
      tiers: [graphOf(revisions(undrawn(this.chain)))],
      preserve: this.#preserve,
      parallel: this.#from.int(1, 3),
      retry: { times: 1, delayMs: 1 },
    })
  }

  migratorOn(ground: MemberGround): Migrator {
    const tiers = [graphOf(revisions(undrawn(this.chain)))]
    return createMigrator({ dialect: ground.dialect(), tiers, preserve: this.#preserve })
  }

  #someRevision(): string {
    return this.#from.sample(this.chain, 1)[0]?.revision ?? 'base'
  }

  #someTenants(): readonly Tenant[] {
    return this.#from.chance(0.3) ? this.#from.sample(this.tenants, this.#from.int(1, 3)) : this.tenants
  }

  /** By the fleet on members, which may be stopped after one of them, and by the library on the siblings of those that were taken. */
  async #move(
    what: string,
    { ofFleet, ofSibling }: Both,
    tenants = this.#someTenants(),
    stops = this.#from.chance(0.2),
  ): Promise<boolean> {
    const stop = new AbortController()
    const accepted = this.#from.chance(0.2) ? { allowDataLoss: true } : {}
    const last = stops ? this.#from.int(1, 3) : Number.POSITIVE_INFINITY
    this.log.push(`${what} of ${tenants.map(({ id }) => id).join(', ')}${last < 4 ? `, stopped after ${last}` : ''}`)
    const ends = new MemberEnds()
    const onEvent: FleetRunOptions['onEvent'] = (event) => {
      ends.onEvent(event)
      if (ends.size >= last) stop.abort()
    }
    const result = await ofFleet(this.#fleet(tenants), {
      ...{ onEvent, ...accepted },
      ...(last < 4 ? { signal: stop.signal } : {}),
    })
    for (const tenant of tenants) {
      const end = ends.of(tenant.id)
      if (end === undefined) continue
      const siblingEnd = await runByLibrary(this.migratorOn(tenant.sibling), (migrator, options) =>
        ofSibling(migrator, { ...options, ...accepted }),
      )
      this.#expectSameEnd(tenant, end, siblingEnd)
      await this.#expectValues(tenant, end)
    }
    this.log.push(
      `  ${result.migrated} migrated by ${result.plans} plans, ${result.failed} failed, ${result.left} left`,
    )
    return result.failed === 0 && result.left === 0
  }

  #expectSameEnd(tenant: Tenant, end: RunEnd, siblingEnd: RunEnd): void {
    if (end.failure !== undefined) this.log.push(`  ${tenant.id}: ${end.failure}: ${end.message?.slice(0, 200)}`)
    const { failure, message, applied, losses, reports } = end
    if (failure?.startsWith('DRIFT') && !tenant.hasOwn) throw new Error(`${tenant.id}: ${failure}: ${message}`)
    const isSame =
      failure === siblingEnd.failure &&
      tenant.plain(message ?? '') === tenant.plain(siblingEnd.message ?? '') &&
      isDeepStrictEqual(applied, siblingEnd.applied) &&
      (failure !== undefined || isDeepStrictEqual([losses, reports], [siblingEnd.losses, siblingEnd.reports]))
    if (!isSame) throw new Error(`${tenant.id}: ${JSON.stringify(end)}; its sibling: ${JSON.stringify(siblingEnd)}`)
  }

  /** Throws for a value that is lost in silence. */
  async #expectValues(tenant: Tenant, { losses }: Pick<RunEnd, 'losses'>): Promise<void> {
    const missing = await missingOf(asGround(tenant.ground), tenant.values)
    const named = losses
      .filter(({ preserved }) => !preserved)
      .reduce((sum, { rows, object }) => sum + (rows ?? Infinity) * (object.startsWith('table ') ? valuesOfRow : 1), 0)
    if (missing.length > named)
      throw new Error(`${tenant.id} lost ${missing.join(', ')}; named: ${JSON.stringify(losses)}`)
    for (const value of missing) tenant.values.delete(value)
  }

  /** A member and its sibling have the same schema, rows, history and preserved values. */
  async expectAlike(): Promise<void> {
    for (const { id, ground, sibling } of this.tenants) {
      const difference = differenceOf(await stateOf(ground), await stateOf(sibling))
      if (difference.length > 0) throw new Error(`${id} is not as its sibling:\n${difference.join('\n')}`)
    }
  }

  upgrade(tenants?: readonly Tenant[], stops?: boolean): Promise<boolean> {
    const target = tenants === undefined && this.#from.chance(0.4) ? this.#someRevision() : 'heads'
    const actual = target === 'base' ? 'heads' : target
    return this.#move(
      `up to ${actual}`,
      {
        ofFleet: (fleet, options) => fleet.upgrade(actual, options),
        ofSibling: (migrator, options) => migrator.upgrade(actual, options),
      },
      tenants,
      stops,
    )
  }

  downgrade(target = this.#someRevision(), tenants?: readonly Tenant[]): Promise<boolean> {
    return this.#move(
      `down to ${target}`,
      {
        ofFleet: (fleet, options) => fleet.downgrade(target, options),
        ofSibling: (migrator, options) => migrator.downgrade(target, options),
      },
      tenants,
    )
  }

  async plan(): Promise<void> {
    const target = this.#from.chance(0.6) ? 'heads' : this.#someRevision()
    const siblingOf = (tenant: Tenant): Migrator => this.migratorOn(tenant.sibling)
    const groups = await expectPlansOfMembers(this.#fleet(), this.tenants, target, siblingOf)
    this.log.push(`${groups} plans to ${target}`)
  }

  /** Each member at its first use. */
  async ensure(): Promise<void> {
    const tenants = this.#someTenants()
    this.log.push(`ensure ${tenants.map(({ id }) => id).join(', ')}`)
    const fleet = this.#fleet()
    const losses = new Map<string, StepLoss[]>(tenants.map(({ id }) => [id, []]))
    const ensured = await Promise.allSettled(
      tenants.map(({ id, member }) =>
        fleet.ensure(member, { onEvent: (event) => event.type === 'loss' && losses.get(id)?.push(event) }),
      ),
    )
    for (const [at, tenant] of tenants.entries()) {
      const siblingEnd = await runByLibrary(this.migratorOn(tenant.sibling), (migrator, options) =>
        migrator.upgrade(undefined, options),
      )
      const own = ensured[at]
      const isSame =
        own?.status === 'fulfilled'
          ? isDeepStrictEqual(
              [own.value.applied, own.value.losses ?? [], own.value.reports ?? []],
              [siblingEnd.applied, siblingEnd.losses, siblingEnd.reports],
            )
          : siblingEnd.failure !== undefined
      if (!isSame) throw new Error(`${tenant.id}: ${JSON.stringify(own)}; its sibling: ${JSON.stringify(siblingEnd)}`)
      await this.#expectValues(tenant, { losses: losses.get(tenant.id) ?? [] })
    }
  }

  /** The library by itself is stopped at a statement, in the member and in its sibling: the fleet has it so. */
  async interrupt(): Promise<void> {
    const [tenant] = this.#from.sample(this.tenants, 1)
    if (tenant === undefined) return
    const count = this.#from.int(1, 8)
    const isUp = this.#from.chance(0.6)
    const target = isUp ? 'heads' : this.#someRevision()
    this.log.push(`${tenant.id} alone ${isUp ? 'up' : 'down'} to ${target}, stopped at statement ${count}`)
    const ends: RunEnd[] = []
    for (const ground of tenant.both) {
      const stop = new AbortController()
      let statements = count
      const onStatement = (): void => {
        statements -= 1
        if (statements === 0) stop.abort()
      }
      const work = (migrator: Migrator, options: Omit<RunOptions, 'tier'>): Promise<RunResult> =>
        isUp ? migrator.upgrade(target, options) : migrator.downgrade(target, options)
      ends.push(await runByLibrary(this.migratorOn(ground), work, stop.signal, onStatement))
    }
    const [own] = ends
    if (own !== undefined) await this.#expectValues(tenant, own)
  }

  /** Whether all members are where the chain ends, and nothing is interrupted. */
  async areAtHead(): Promise<boolean> {
    const { groups } = await this.#fleet().status()
    return groups.every(({ state }) => state === 'atHead')
  }

  /** Whether a member has one of the revisions, or is in the middle of one. */
  async isAnywhere(names: ReadonlySet<string>): Promise<boolean> {
    for (const { ground } of this.tenants) {
      const { tiers, interrupted } = await this.migratorOn(ground).status()
      if (interrupted.length > 0 || tiers[0]?.heads.some((head) => names.has(head))) return true
    }
    return false
  }

  /** By hand: the old values take the place of newer ones, which are none of ours any more. */
  async restore(): Promise<void> {
    const [tenant] = this.#from.sample(this.tenants, 1)
    const revision = this.#someRevision()
    this.log.push(`restore ${revision} of ${tenant?.id} by hand`)
    await tenant?.overwriting(async () => {
      for (const ground of tenant.both) await this.migratorOn(ground).preserved.restore(revision)
    })
  }

  /** What a check finds in each member is what it finds in its sibling, and no drift but objects of its own. */
  async expectChecked(): Promise<void> {
    const found = new Map<string, readonly string[]>()
    const examine = async (migrator: Migrator): Promise<readonly string[]> =>
      (await check(migrator)).findings.map(({ kind, what }) => `${kind}: ${what}`)
    const { failures } = await this.#fleet().check(async (migrator, { id }) => {
      const findings = await examine(migrator)
      found.set(id, findings)
      return findings
    })
    if (failures.length > 0) throw new Error(`check: ${JSON.stringify(failures)}`)
    for (const tenant of this.tenants) {
      const own = (found.get(tenant.id) ?? []).map((each) => tenant.plain(each)).sort()
      const other = (await examine(this.migratorOn(tenant.sibling))).map((each) => tenant.plain(each)).sort()
      if (!isDeepStrictEqual(own, other))
        throw new Error(`check of ${tenant.id}: ${own.join('; ')}; of its sibling: ${other.join('; ')}`)
      const drift = own.filter((each) => each.startsWith('drift:'))
      // A view of these servers does not follow what SQL of an author renames.
      const isBroken = this.#fleetGround.hasPlainViews && this.chain.some(({ drawn }) => drawn.some(isRenamedBySql))
      if (drift.length > 0 && !tenant.hasOwn && !isBroken) throw new Error(`check of ${tenant.id}: ${drift.join('; ')}`)
    }
  }
}
