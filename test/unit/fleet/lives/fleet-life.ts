import type { Random } from '../../../kit/random.ts'
import { type LiveTables, quoted, tablesOf } from '../../conservation/catalogue.ts'
import { type DrawnRevision, describeDrawn, drawnRevision, squashedChain } from '../../conservation/chain.ts'
import { drawOperations } from '../../conservation/draw.ts'
import type { DrawnOperation } from '../../conservation/drawing.ts'
import { types } from '../../conservation/literals.ts'
import { FleetRuns } from './fleet-runs.ts'
import type { FleetGround } from './grounds.ts'
import { asGround } from './member-state.ts'
import { habits, Tenant } from './tenant.ts'
import { drawInsert, drawUpdate } from './writes.ts'

/** Tables with such names number their rows. */
const isNumbered = (table: string): boolean => /^n\d/.test(table)

/**
 * The life of a fleet: one history, and members with other rows. Each member has a sibling that the library migrates by itself; after each step
 * both are the same, and no value of a member is anywhere but in a table, preserved, or in a loss that is reported of this member.
 */
export class FleetLife {
  readonly #from: Random
  readonly #runs: FleetRuns
  #last = 0
  /** No revision can be written any more: rows of some member refuse the last one in each direction. */
  isStuck = false

  private constructor(from: Random, runs: FleetRuns) {
    this.#from = from
    this.#runs = runs
  }

  static async start(fleetGround: FleetGround, from: Random, log: string[]): Promise<FleetLife> {
    const tenants: Tenant[] = []
    for (const habit of habits) {
      const [ground, sibling] = [await fleetGround.make(`m_${habit.name}`), await fleetGround.make(`s_${habit.name}`)]
      tenants.push(new Tenant(habit, ground, sibling))
    }
    return new FleetLife(from, new FleetRuns(fleetGround, from, tenants, log))
  }

  /** As the runs compare the members. */
  expectChecked(): Promise<void> {
    return this.#runs.expectChecked()
  }

  #next = (): number => (this.#last += 1)

  /** One thing that happens. */
  async act(): Promise<void> {
    await this.#from.weighted<() => Promise<unknown>>([
      [5, () => this.#write()],
      [3, () => this.#insert()],
      [1, () => this.#update()],
      [1, () => this.#createOwn()],
      [4, () => this.#runs.downgrade()],
      [2, () => this.#runs.upgrade()],
      [1, () => this.#runs.ensure()],
      [2, () => this.#runs.plan()],
      [1, () => this.#runs.interrupt()],
      [1, () => this.#branch()],
      [1, () => this.#squash()],
      [1, () => this.#runs.restore()],
    ])()
    await this.#runs.expectAlike()
  }

  async #liveTables(): Promise<LiveTables> {
    const [first] = this.#runs.tenants
    return first === undefined ? new Map() : tablesOf(asGround(first.ground))
  }

  #draw(live: LiveTables): readonly DrawnOperation[] {
    const [first] = this.#runs.tenants
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
      const revision = drawnRevision(`r${this.#next()}`, this.#runs.chain.at(-1)?.revision ?? null, drawn)
      if (await this.#apply([revision])) break
    }
    await this.#insert()
  }

  /** Two revisions that touch no table of each other, and one that merges them. */
  async #branch(): Promise<void> {
    if (!(await this.#bringToHead())) return
    const live = [...(await this.#liveTables())]
    const parent = this.#runs.chain.at(-1)?.revision ?? null
    const sides = [0, 1].map((side) =>
      drawnRevision(`b${this.#next()}`, parent, this.#draw(new Map(live.filter((_, at) => at % 2 === side)))),
    )
    const merged = sides.map(({ revision }) => revision)
    await this.#apply([...sides, drawnRevision(`m${this.#next()}`, merged, [])])
  }

  /** What its plan refuses everywhere its author takes back: false. */
  async #apply(added: readonly DrawnRevision[]): Promise<boolean> {
    const before = this.#runs.chain
    for (const { revision, drawn } of added) this.#runs.log.push(`${revision}: ${describeDrawn(drawn)}`)
    this.#runs.chain = [...before, ...added]
    if (await this.#runs.upgrade(this.#runs.tenants)) return true
    if (await this.#runs.isAnywhere(new Set(added.map(({ revision }) => revision)))) return true
    this.#runs.chain = before
    return false
  }

  async #bringToHead(): Promise<boolean> {
    if (this.isStuck) return false
    if (await this.#runs.areAtHead()) return true
    if (await this.#runs.upgrade(this.#runs.tenants, false)) return true
    for (const tenant of this.#runs.tenants) {
      const { tiers, interrupted } = await this.#runs.migratorOn(tenant.ground).status()
      if (interrupted.length > 0 || (tiers[0]?.pending.length ?? 0) > 0) await this.#clear(tenant)
    }
    if (await this.#runs.upgrade(this.#runs.tenants, false)) return true
    this.isStuck = true
    this.#runs.log.push('no member moves any more')
    return false
  }

  /** Rows that keep a member from a revision are deleted. */
  async #clear(tenant: Tenant): Promise<void> {
    const ground = asGround(tenant.ground)
    const tables = [...(await tablesOf(ground)).keys()]
    const deletes = tables.map((table) => ({ text: `DELETE FROM ${quoted(ground, table)}`, values: [] }))
    this.#runs.log.push(`all rows of ${tenant.id} are deleted`, ...(await tenant.dropOwn()))
    await tenant.write([...deletes, ...deletes, ...deletes])
  }

  /** A range of the line becomes one revision, where each member has all of it or nothing. */
  async #squash(): Promise<void> {
    const at = this.#from.int(0, Math.max(0, this.#runs.chain.length - 2))
    const heads = new Set<string>()
    for (const { ground } of this.#runs.tenants) {
      const { tiers, interrupted } = await this.#runs.migratorOn(ground).status()
      if (interrupted.length > 0) return
      for (const head of tiers[0]?.heads ?? []) heads.add(head)
    }
    const squashed = squashedChain(this.#runs.chain, at, `s${this.#next()}`, (first) => heads.has(first))
    if (squashed === undefined) return
    this.#runs.log.push(`squash ${squashed[at]?.replaces} to ${squashed[at]?.revision}`)
    this.#runs.chain = squashed
  }

  async #insert(): Promise<void> {
    for (const tenant of this.#runs.tenants) {
      const { leaves, rows } = tenant.habit
      const drawn = { ground: asGround(tenant.ground), from: this.#from, next: this.#next, leaves }
      if (rows === 0) continue
      for (const [table, columns] of this.#from.sample([...(await tablesOf(drawn.ground))], 2)) {
        const own = { ...drawn, isNumbered: isNumbered(table) }
        const writes = Array.from({ length: rows }, () => drawInsert(own, table, columns))
        this.#runs.log.push(...(await tenant.write(writes)))
      }
    }
  }

  async #update(): Promise<void> {
    const [tenant] = this.#from.sample(this.#runs.tenants, 1)
    if (tenant === undefined) return
    const drawn = { ground: asGround(tenant.ground), from: this.#from, next: this.#next }
    const [[table, columns] = ['', []]] = this.#from.sample([...(await tablesOf(drawn.ground))], 1)
    const write = drawUpdate(drawn, table, columns)
    if (write !== undefined) this.#runs.log.push(...(await tenant.write([write])))
  }

  async #createOwn(): Promise<void> {
    for (const tenant of this.#from.sample(this.#runs.tenants, 2))
      this.#runs.log.push(...(await tenant.createOwn(this.#from, this.#next)))
  }
}
