import {
  createMigrator,
  graphOf,
  isMigrateError,
  type Migrator,
  type RunOptions,
  revisions,
  type StepLoss,
} from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import { heldOf, missingOf, tablesOf } from './catalogue.ts'
import { type DrawnRevision, describeDrawn, drawnRevision, squashedChain, undrawn } from './chain.ts'
import { drawOperations } from './draw.ts'
import { type DrawnWrite, drawInsert, drawUpdate } from './writes.ts'

/** At most so many values go with a row. */
export const valuesOfRow = 12

/**
 * The life of one database: revisions that are written, applied, reverted, stopped in the middle, merged and squashed, with rows that come and
 * change meanwhile. Each value is found by a text of its own; where one is nowhere any more, a run has to have named its loss.
 */
export class Life {
  readonly log: string[] = []
  readonly #ground: Ground
  readonly #from: Random
  readonly #values = new Set<string>()
  #chain: readonly DrawnRevision[] = []
  #last = 0

  constructor(ground: Ground, from: Random) {
    this.#ground = ground
    this.#from = from
  }

  #next = (): number => (this.#last += 1)

  #migrator(): Migrator {
    return createMigrator({
      dialect: this.#ground.dialect(),
      tiers: [graphOf(revisions(undrawn(this.#chain)))],
      preserve: { upgrades: true },
    })
  }

  /** One thing that happens. */
  async act(): Promise<void> {
    await this.#from.weighted<() => Promise<unknown>>([
      [4, () => this.#write()],
      [3, () => this.#insert()],
      [1, () => this.#update()],
      [3, () => this.#downgrade()],
      [2, () => this.#upgrade('up', this.#from.chance(0.3))],
      [1, () => this.#move('revert', (migrator, options) => migrator.resume({ ...options, revert: true }))],
      [1, () => this.#branch()],
      [1, () => this.#squash()],
      [1, () => this.#restore()],
    ])()
  }

  #someRevision(): string {
    return this.#from.sample(this.#chain, 1)[0]?.revision ?? 'base'
  }

  /** Runs it, sometimes stopped at a statement. Gives whether it came to its end. Throws for a value that is lost in silence. */
  async #move(
    what: string,
    work: (migrator: Migrator, options: Omit<RunOptions, 'tier'>) => Promise<unknown>,
    stops = this.#from.chance(0.3),
  ): Promise<boolean> {
    const stop = new AbortController()
    let statements = stops ? this.#from.int(1, 12) : 0
    this.log.push(stops ? `${what}, stopped at statement ${statements}` : what)
    // A run that is stopped, or fails, has only its events to name what its earlier steps have lost.
    const losses: StepLoss[] = []
    const onEvent: RunOptions['onEvent'] = (event) => {
      if (event.type === 'loss') losses.push(event)
      if (event.type !== 'statement') return
      statements -= 1
      if (statements === 0) stop.abort()
    }
    let ended = true
    try {
      await work(this.#migrator(), { onEvent, ...(stops ? { signal: stop.signal } : {}) })
    } catch (error) {
      if (!isMigrateError(error) || error.code === 'INTERNAL' || error.code === 'DRIFT') throw error
      this.log.push(`  ${error.code}: ${error.message.slice(0, 300)}`)
      ended = false
    }
    const missing = await missingOf(this.#ground, this.#values)
    const named = losses
      .filter(({ preserved }) => !preserved)
      .reduce((sum, { rows, object }) => sum + (rows ?? Infinity) * (object.startsWith('table ') ? valuesOfRow : 1), 0)
    if (missing.length > named) throw new Error(`lost: ${missing.join(', ')}; named: ${JSON.stringify(losses)}`)
    for (const value of missing) this.#values.delete(value)
    return ended
  }

  #upgrade(what: string, stops: boolean): Promise<boolean> {
    return this.#move(what, (migrator, options) => migrator.upgrade('heads', options), stops)
  }

  #downgrade(): Promise<boolean> {
    const target = this.#someRevision()
    return this.#move(`down to ${target}`, (migrator, options) => migrator.downgrade(target, options))
  }

  /** A new revision. What its plan refuses its author takes back, unless a part of it stands. */
  async #write(): Promise<void> {
    if (!(await this.#upgrade('up', false))) return
    const drawn = drawOperations(this.#ground, this.#from, await tablesOf(this.#ground), this.#next)
    await this.#apply([drawnRevision(`r${this.#next()}`, this.#chain.at(-1)?.revision ?? null, drawn)])
    await this.#insert()
  }

  /** Two revisions that touch no table of each other, and one that merges them. */
  async #branch(): Promise<void> {
    if (!(await this.#upgrade('up', false))) return
    const live = [...(await tablesOf(this.#ground))]
    const parent = this.#chain.at(-1)?.revision ?? null
    const sides = [0, 1].map((side) => {
      const own = new Map(live.filter((_, at) => at % 2 === side))
      return drawnRevision(`b${this.#next()}`, parent, drawOperations(this.#ground, this.#from, own, this.#next))
    })
    const merged = sides.map(({ revision }) => revision)
    await this.#apply([...sides, drawnRevision(`m${this.#next()}`, merged, [])])
  }

  async #apply(added: readonly DrawnRevision[]): Promise<void> {
    const before = this.#chain
    for (const { revision, drawn } of added) this.log.push(`${revision}: ${describeDrawn(drawn)}`)
    this.#chain = [...before, ...added]
    if (await this.#upgrade(`up with ${added.map(({ revision }) => revision).join(', ')}`, this.#from.chance(0.3)))
      return
    const { tiers, interrupted } = await this.#migrator().status()
    const isUnchanged = tiers[0]?.heads.join() === (before.at(-1)?.revision ?? '')
    if (isUnchanged && interrupted.length === 0) this.#chain = before
  }

  /** A range of the line becomes one revision, where the database has all of it or nothing. */
  async #squash(): Promise<void> {
    const chain = this.#chain
    const at = this.#from.int(0, Math.max(0, chain.length - 2))
    const [state] = (await this.#migrator().status()).tiers
    const squashed = squashedChain(
      chain,
      at,
      `s${this.#next()}`,
      (first) => state === undefined || state.heads.includes(first),
    )
    if (squashed === undefined) return
    this.log.push(`squash ${squashed[at]?.replaces} to ${squashed[at]?.revision}`)
    this.#chain = squashed
  }

  /** By hand: the old values take the place of newer ones, which are none of ours any more. */
  async #restore(): Promise<void> {
    const revision = this.#someRevision()
    this.log.push(`restore ${revision} by hand`)
    await this.#overwriting(() => this.#migrator().preserved.restore(revision))
  }

  async #insert(): Promise<void> {
    const drawn = { ground: this.#ground, from: this.#from, next: this.#next }
    for (const [table, columns] of this.#from.sample([...(await tablesOf(this.#ground))], 2))
      await this.#run(drawInsert(drawn, table, columns))
  }

  async #update(): Promise<void> {
    const drawn = { ground: this.#ground, from: this.#from, next: this.#next }
    const [[table, columns] = ['', []]] = this.#from.sample([...(await tablesOf(this.#ground))], 1)
    const write = drawUpdate(drawn, table, columns)
    if (write !== undefined) await this.#run(write)
  }

  /** A write of a service, which a constraint may refuse. */
  async #run({ text, values }: DrawnWrite): Promise<void> {
    this.log.push(text)
    const refused = await this.#overwriting(() =>
      this.#ground.sql(text).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    )
    if (refused !== undefined) this.log.push(`  ${refused.slice(0, 150)}`)
    // An UPDATE may have found no row.
    else for (const value of await heldOf(this.#ground, values)) this.#values.add(value)
  }

  /** What it writes over is none of ours any more, also where an interrupted run has still preserved it. */
  async #overwriting<T>(work: () => Promise<T>): Promise<T> {
    const before = await heldOf(this.#ground, this.#values)
    const result = await work()
    const after = await heldOf(this.#ground, this.#values)
    for (const value of before) if (!after.has(value)) this.#values.delete(value)
    return result
  }
}
