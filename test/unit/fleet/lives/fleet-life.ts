import { isDeepStrictEqual } from 'node:util'
import { check } from '@org/migrate-autogenerate'
import { graphOf, type Migrator, type RunOptions, type RunResult, revisions, type StepLoss } from '@org/migrate-core'
import { createFleet, type Fleet, type FleetResult, type FleetRunOptions } from '@org/migrate-fleet'
import type { Random } from '../../../kit/random.ts'
import { type LiveTables, missingOf, quoted, tablesOf } from '../../conservation/catalogue.ts'
import { type DrawnRevision, describeDrawn, drawnRevision, squashedChain, undrawn } from '../../conservation/chain.ts'
import { drawOperations } from '../../conservation/draw.ts'
import type { DrawnOperation } from '../../conservation/drawing.ts'
import { valuesOfRow } from '../../conservation/life.ts'
import { types } from '../../conservation/literals.ts'
import { drawInsert, drawUpdate } from '../../conservation/writes.ts'
import type { FleetGround } from './grounds.ts'
import { asGround, differenceOf, stateOf } from './member-state.ts'
import { expectPlansOfMembers } from './plans.ts'
import { MemberEnds, type RunEnd, runByLibrary } from './run-both.ts'
import { habits, migratorOn, preserve, Tenant } from './tenant.ts'

type Both = {
  readonly ofFleet: (fleet: Fleet, options: FleetRunOptions) => Promise<FleetResult>
  readonly ofSibling: (migrator: Migrator, options: Omit<RunOptions, 'tier'>) => Promise<RunResult>
}

/** Tables with such names number their rows. */
const isNumbered = (table: string): boolean => /^n\d/.test(table)

/**
 * The life of a fleet: one history, and members with other rows. Each member has a sibling that the library migrates by itself; after each step
 * both are the same, and no value of a member is anywhere but in a table, preserved, or in a loss that is reported of this member.
 */
export class FleetLife {
  readonly log: string[] = []
  readonly #fleetGround: FleetGround
  readonly #from: Random
  readonly #tenants: readonly Tenant[]
  #chain: readonly DrawnRevision[] = []
  #last = 0
  /** No revision can be written any more: rows of some member refuse the last one in each direction. */
  isStuck = false

  private constructor(fleetGround: FleetGround, from: Random, tenants: readonly Tenant[]) {
    this.#fleetGround = fleetGround
    this.#from = from
    this.#tenants = tenants
    this.log.push(`members are ${fleetGround.what}`)
  }

  static async start(fleetGround: FleetGround, from: Random): Promise<FleetLife> {
    const tenants: Tenant[] = []
    for (const habit of habits) {
      const [ground, sibling] = [await fleetGround.make(`m_${habit.name}`), await fleetGround.make(`s_${habit.name}`)]
      tenants.push(new Tenant(habit, ground, sibling))
    }
    return new FleetLife(fleetGround, from, tenants)
  }

  #next = (): number => (this.#last += 1)

  #fleet(tenants = this.#tenants): Fleet {
    return createFleet({
      members: tenants.map(({ member }) => member),
      dialect: this.#fleetGround.dialectOf,
      tiers: [graphOf(revisions(undrawn(this.#chain)))],
      preserve,
      parallel: this.#from.int(1, 3),
      retry: { times: 1, delayMs: 1 },
    })
  }

  /** One thing that happens. */
  async act(): Promise<void> {
    await this.#from.weighted<() => Promise<unknown>>([
      [5, () => this.#write()],
      [3, () => this.#insert()],
      [1, () => this.#update()],
      [1, () => this.#createOwn()],
      [4, () => this.#downgrade()],
      [2, () => this.#upgrade()],
      [1, () => this.#ensure()],
      [2, () => this.#plan()],
      [1, () => this.#interrupt()],
      [1, () => this.#branch()],
      [1, () => this.#squash()],
      [1, () => this.#restore()],
    ])()
    await this.#expectAlike()
  }

  #someRevision(): string {
    return this.#from.sample(this.#chain, 1)[0]?.revision ?? 'base'
  }

  #someTenants(): readonly Tenant[] {
    return this.#from.chance(0.3) ? this.#from.sample(this.#tenants, this.#from.int(1, 3)) : this.#tenants
  }

  /** By the fleet on members, which may be stopped after one of them, and by the library on the siblings of those that were taken. */
  async #move(
    what: string,
    { ofFleet, ofSibling }: Both,
    tenants = this.#someTenants(),
    stops = this.#from.chance(0.2),
  ): Promise<boolean> {
    const stop = new AbortController()
    const last = stops ? this.#from.int(1, 3) : Number.POSITIVE_INFINITY
    this.log.push(`${what} of ${tenants.map(({ id }) => id).join(', ')}${last < 4 ? `, stopped after ${last}` : ''}`)
    const ends = new MemberEnds()
    const onEvent: FleetRunOptions['onEvent'] = (event) => {
      ends.onEvent(event)
      if (ends.size >= last) stop.abort()
    }
    const result = await ofFleet(this.#fleet(tenants), { onEvent, ...(last < 4 ? { signal: stop.signal } : {}) })
    for (const tenant of tenants) {
      const end = ends.of(tenant.id)
      if (end === undefined) continue
      const siblingEnd = await runByLibrary(tenant.siblingMigrator(undrawn(this.#chain)), ofSibling)
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
  async #expectAlike(): Promise<void> {
    for (const { id, ground, sibling } of this.#tenants) {
      const difference = differenceOf(await stateOf(ground), await stateOf(sibling))
      if (difference.length > 0) throw new Error(`${id} is not as its sibling:\n${difference.join('\n')}`)
    }
  }

  #upgrade(tenants?: readonly Tenant[], stops?: boolean): Promise<boolean> {
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

  #downgrade(target = this.#someRevision(), tenants?: readonly Tenant[]): Promise<boolean> {
    return this.#move(
      `down to ${target}`,
      {
        ofFleet: (fleet, options) => fleet.downgrade(target, options),
        ofSibling: (migrator, options) => migrator.downgrade(target, options),
      },
      tenants,
    )
  }

  async #plan(): Promise<void> {
    const target = this.#from.chance(0.6) ? 'heads' : this.#someRevision()
    const siblingOf = (tenant: Tenant): Migrator => tenant.siblingMigrator(undrawn(this.#chain))
    const groups = await expectPlansOfMembers(this.#fleet(), this.#tenants, target, siblingOf)
    this.log.push(`${groups} plans to ${target}`)
  }

  /** Each member at its first use. */
  async #ensure(): Promise<void> {
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
      const siblingEnd = await runByLibrary(tenant.siblingMigrator(undrawn(this.#chain)), (migrator, options) =>
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
  async #interrupt(): Promise<void> {
    const [tenant] = this.#from.sample(this.#tenants, 1)
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
      ends.push(await runByLibrary(migratorOn(ground, undrawn(this.#chain)), work, stop.signal, onStatement))
    }
    const [own] = ends
    if (own !== undefined) await this.#expectValues(tenant, own)
  }

  /** Whether all members are where the chain ends, and nothing is interrupted. */
  async #areAtHead(): Promise<boolean> {
    const { groups } = await this.#fleet().status()
    return groups.every(({ state }) => state === 'atHead')
  }

  async #liveTables(): Promise<LiveTables> {
    const [first] = this.#tenants
    return first === undefined ? new Map() : tablesOf(asGround(first.ground))
  }

  #draw(live: LiveTables): readonly DrawnOperation[] {
    const [first] = this.#tenants
    if (first === undefined) return []
    const drawn = drawOperations(asGround(first.ground), this.#from, live, this.#next)
    if (!this.#from.chance(0.2)) return drawn
    const [name, column] = [`n${this.#next()}`, `c${this.#next()}`]
    const numbered: DrawnOperation = {
      describe: `create ${name}, which numbers its rows`,
      record: (op) =>
        op.createTable(name, (t) => {
          t.column('id', types.big, { nullable: false, identity: { mode: 'autoIncrement' } })
          t.column(column, types.varchar)
          t.primaryKey(['id'])
        }),
    }
    return [...drawn, numbered]
  }

  async #write(): Promise<void> {
    if (!(await this.#bringToHead())) return
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const drawn = this.#draw(await this.#liveTables())
      const revision = drawnRevision(`r${this.#next()}`, this.#chain.at(-1)?.revision ?? null, drawn)
      if (await this.#apply([revision])) break
    }
    await this.#insert()
  }

  /** Two revisions that touch no table of each other, and one that merges them. */
  async #branch(): Promise<void> {
    if (!(await this.#bringToHead())) return
    const live = [...(await this.#liveTables())]
    const parent = this.#chain.at(-1)?.revision ?? null
    const sides = [0, 1].map((side) =>
      drawnRevision(`b${this.#next()}`, parent, this.#draw(new Map(live.filter((_, at) => at % 2 === side)))),
    )
    const merged = sides.map(({ revision }) => revision)
    await this.#apply([...sides, drawnRevision(`m${this.#next()}`, merged, [])])
  }

  /** What its plan refuses everywhere its author takes back: false. */
  async #apply(added: readonly DrawnRevision[]): Promise<boolean> {
    const before = this.#chain
    for (const { revision, drawn } of added) this.log.push(`${revision}: ${describeDrawn(drawn)}`)
    this.#chain = [...before, ...added]
    if (await this.#upgrade(this.#tenants)) return true
    if (await this.#isAnywhere(new Set(added.map(({ revision }) => revision)))) return true
    this.#chain = before
    return false
  }

  /** Whether a member has one of the revisions, or is in the middle of one. */
  async #isAnywhere(names: ReadonlySet<string>): Promise<boolean> {
    for (const { ground } of this.#tenants) {
      const { tiers, interrupted } = await migratorOn(ground, undrawn(this.#chain)).status()
      if (interrupted.length > 0 || tiers[0]?.heads.some((head) => names.has(head))) return true
    }
    return false
  }

  async #bringToHead(): Promise<boolean> {
    if (this.isStuck) return false
    if (await this.#areAtHead()) return true
    if (await this.#upgrade(this.#tenants, false)) return true
    for (const tenant of this.#tenants) {
      const { tiers, interrupted } = await migratorOn(tenant.ground, undrawn(this.#chain)).status()
      if (interrupted.length > 0 || (tiers[0]?.pending.length ?? 0) > 0) await this.#clear(tenant)
    }
    if (await this.#upgrade(this.#tenants, false)) return true
    this.isStuck = true
    this.log.push('no member moves any more')
    return false
  }

  /** Rows that keep a member from a revision are deleted. */
  async #clear(tenant: Tenant): Promise<void> {
    const ground = asGround(tenant.ground)
    const tables = [...(await tablesOf(ground)).keys()]
    const deletes = tables.map((table) => ({ text: `DELETE FROM ${quoted(ground, table)}`, values: [] }))
    this.log.push(`all rows of ${tenant.id} are deleted`, ...(await tenant.dropOwn()))
    await tenant.write([...deletes, ...deletes, ...deletes])
  }

  /** A range of the line becomes one revision, where each member has all of it or nothing. */
  async #squash(): Promise<void> {
    const at = this.#from.int(0, Math.max(0, this.#chain.length - 2))
    const heads = new Set<string>()
    for (const { ground } of this.#tenants) {
      const { tiers, interrupted } = await migratorOn(ground, undrawn(this.#chain)).status()
      if (interrupted.length > 0) return
      for (const head of tiers[0]?.heads ?? []) heads.add(head)
    }
    const squashed = squashedChain(this.#chain, at, `s${this.#next()}`, (first) => heads.has(first))
    if (squashed === undefined) return
    this.log.push(`squash ${squashed[at]?.replaces} to ${squashed[at]?.revision}`)
    this.#chain = squashed
  }

  /** By hand: the old values take the place of newer ones, which are none of ours any more. */
  async #restore(): Promise<void> {
    const [tenant] = this.#from.sample(this.#tenants, 1)
    const revision = this.#someRevision()
    this.log.push(`restore ${revision} of ${tenant?.id} by hand`)
    await tenant?.overwriting(async () => {
      for (const ground of tenant.both) await migratorOn(ground, undrawn(this.#chain)).preserved.restore(revision)
    })
  }

  async #insert(): Promise<void> {
    for (const tenant of this.#tenants) {
      const { leaves, rows } = tenant.habit
      const drawn = { ground: asGround(tenant.ground), from: this.#from, next: this.#next, leaves }
      if (rows === 0) continue
      for (const [table, columns] of this.#from.sample([...(await tablesOf(drawn.ground))], 2)) {
        const own = { ...drawn, isNumbered: isNumbered(table) }
        const writes = Array.from({ length: rows }, () => drawInsert(own, table, columns))
        this.log.push(...(await tenant.write(writes)))
      }
    }
  }

  async #update(): Promise<void> {
    const [tenant] = this.#from.sample(this.#tenants, 1)
    if (tenant === undefined) return
    const drawn = { ground: asGround(tenant.ground), from: this.#from, next: this.#next }
    const [[table, columns] = ['', []]] = this.#from.sample([...(await tablesOf(drawn.ground))], 1)
    const write = drawUpdate(drawn, table, columns)
    if (write !== undefined) this.log.push(...(await tenant.write([write])))
  }

  async #createOwn(): Promise<void> {
    for (const tenant of this.#from.sample(this.#tenants, 2))
      this.log.push(...(await tenant.createOwn(this.#from, this.#next)))
  }

  /** What a check finds in each member is what it finds in its sibling, and no drift but objects of its own. */
  async expectChecked(): Promise<void> {
    const chain = undrawn(this.#chain)
    const found = new Map<string, readonly string[]>()
    const examine = async (migrator: Migrator): Promise<readonly string[]> =>
      (await check(migrator)).findings.map(({ kind, what }) => `${kind}: ${what}`)
    const { failures } = await this.#fleet().check(async (migrator, { id }) => {
      const findings = await examine(migrator)
      found.set(id, findings)
      return findings
    })
    if (failures.length > 0) throw new Error(`check: ${JSON.stringify(failures)}`)
    for (const tenant of this.#tenants) {
      const own = (found.get(tenant.id) ?? []).map((each) => tenant.plain(each)).sort()
      const other = (await examine(tenant.siblingMigrator(chain))).map((each) => tenant.plain(each)).sort()
      if (!isDeepStrictEqual(own, other))
        throw new Error(`check of ${tenant.id}: ${own.join('; ')}; of its sibling: ${other.join('; ')}`)
      const drift = own.filter((each) => each.startsWith('drift:'))
      if (drift.length > 0 && !tenant.hasOwn) throw new Error(`check of ${tenant.id}: ${drift.join('; ')}`)
    }
  }
}
