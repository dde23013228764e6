import {
  createMigrator,
  graphOf,
  isMigrateError,
  type Migrator,
  type RunOptions,
  revisions,
  type StepLoss,
} from '@org/migrate-core'
import { differsFromBefore } from '../../../packages/conformance/src/compare.ts'
import type { Random } from '../../kit/random.ts'
import { longRun } from '../../kit/scale.ts'
import type { Ground } from '../ensure/ground.ts'
import { emptyAll, heldOf, missingOf, tablesOf } from './catalogue.ts'
import { type DrawnRevision, describeDrawn, drawnRevision, squashedChain, undrawn } from './chain.ts'
import { drawOperations } from './draw.ts'
import { nameOf } from './drawing.ts'
import { atOnce } from './rivals.ts'
import { roundTrip } from './round-trip.ts'
import type { MigratorChoice } from './script-run.ts'
import { byScript, type LifeAround } from './scripts.ts'
import { quietFunction } from './target/changes.ts'
import { generated, leftToDo } from './target/generated.ts'
import { schemaOf, syntaxOf } from './target/server.ts'
import { drawInserts, drawUpdate, type Write } from './writes.ts'

/** What happens in one life. */
export const acts = 20

/** At most so many values go with a row. */
export const valuesOfRow = 12

/**
 * The life of one database: revisions that are written, applied, reverted, stopped in the middle, merged and squashed, with rows that come and
 * change meanwhile. Each value is found by a text of its own; where one is nowhere any more, a run has to have named its loss.
 */
export class Life {
  readonly log: string[]
  readonly #ground: Ground
  readonly #from: Random
  readonly #values = new Set<string>()
  #chain: readonly DrawnRevision[] = []
  #last = 0

  constructor(ground: Ground, from: Random, log: string[]) {
    this.log = log
    this.#ground = ground
    this.#from = from
  }

  /** Makes what the triggers of a life call. */
  async begin(): Promise<this> {
    if (syntaxOf(this.#ground).flavour === 'postgres') await this.#ground.sql(quietFunction)
    return this
  }

  #next = (): number => (this.#last += 1)

  #migrator({ dialect = this.#ground.dialect(), preserves = true }: MigratorChoice = {}): Migrator {
    return createMigrator({
      dialect,
      tiers: [graphOf(revisions(undrawn(this.#chain)))],
      preserve: { upgrades: preserves },
    })
  }

  /** One thing that happens. */
  async act(): Promise<void> {
    await this.#from.weighted<() => Promise<unknown>>([
      [4, () => this.#write()],
      [4, () => this.#generate()],
      [3, () => this.#insert()],
      [1, () => this.#update()],
      [3, () => this.#downgrade()],
      [2, () => this.#upgrade('up', this.#from.chance(0.3))],
      [1, () => this.#resume(true, {}, this.#from.chance(0.3))],
      [1, () => this.#branch()],
      [1, () => this.#squash()],
      [1, () => this.#restore()],
      [longRun && !this.#ground.isSingle ? 2 : 0, () => this.#meet()],
      [1, () => byScript(this.#around())],
      [1, () => roundTrip(this.#around())],
    ])()
  }

  #around(): LifeAround {
    return {
      ground: this.#ground,
      from: this.#from,
      log: this.log,
      values: this.#values,
      migrator: (choice) => this.#migrator(choice),
      someRevision: () => this.#someRevision(),
      last: () => describeDrawn(this.#chain.at(-1)?.drawn ?? []),
    }
  }

  /** A run that was stopped, or failed, comes to its end in one direction, at the latest without rows. */
  async end(): Promise<void> {
    for (const rows of ['with rows', 'without rows']) {
      if (await this.#upgrade(`up at last, ${rows}`, false)) return
      if (!(await this.#state()).endsWith('interrupted')) return
      if (await this.#resume(false)) return
      if (await this.#resume(true, { allowDataLoss: true })) return
      await this.#empty()
    }
    throw new Error('interrupted, and neither resumed nor reverted')
  }

  #resume(revert: boolean, more: Pick<RunOptions, 'allowDataLoss'> = {}, stops = false): Promise<boolean> {
    return this.#move(
      revert ? 'revert' : 'resume',
      (migrator, options) => migrator.resume({ ...options, ...more, revert }),
      stops,
    )
  }

  /** A run of this release, one of this or an older one, and writes of a service, all at once. */
  async #meet(): Promise<void> {
    const writes = (await Promise.all([1, 2, 3].map(() => drawInserts(this.#ground, this.#from, this.#next)))).flat()
    const chain = undrawn(this.#chain)
    const added = new Set<string>()
    const stored = (value: string): void => {
      this.#values.add(value)
      added.add(value)
    }
    const meanwhile = { ground: this.#ground, from: this.#from, chain, writes, log: this.log, stored }
    // Where DDL commits, what is written between the copy of what is dropped and the drop is lost, as docs/explanation/preserved-values.md says.
    const mayGo = syntaxOf(this.#ground).flavour === 'postgres' ? undefined : added
    await this.#move('at once', (migrator, options) => atOnce(meanwhile, migrator, options), undefined, mayGo)
  }

  #someRevision(): string {
    return this.#from.sample(this.#chain, 1)[0]?.revision ?? 'base'
  }

  /** Runs it, sometimes stopped at a statement. Gives whether it came to its end. Throws for a value that is lost in silence. */
  async #move(
    what: string,
    work: (migrator: Migrator, options: Omit<RunOptions, 'tier'>) => Promise<unknown>,
    stops = this.#from.chance(0.3),
    mayGo: ReadonlySet<string> = new Set(),
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
    const isExcused = (value: string): boolean => mayGo.has(value) && losses.some(({ how }) => how === 'dropped')
    const silent = missing.filter((value) => !isExcused(value))
    const named = losses
      .filter(({ preserved }) => !preserved)
      .reduce((sum, { rows, object }) => sum + (rows ?? Infinity) * (object.startsWith('table ') ? valuesOfRow : 1), 0)
    if (silent.length > named) throw new Error(`lost: ${silent.join(', ')}; named: ${JSON.stringify(losses)}`)
    for (const value of missing) this.#values.delete(value)
    return ended
  }

  #upgrade(what: string, stops: boolean): Promise<boolean> {
    return this.#move(what, (migrator, options) => migrator.upgrade('heads', options), stops)
  }

  #downgrade(): Promise<boolean> {
    const [target, allowDataLoss] = [this.#someRevision(), this.#from.chance(0.5)]
    return this.#move(`down to ${target}${allowDataLoss ? ', whatever is lost' : ''}`, (migrator, options) =>
      migrator.downgrade(target, { ...options, allowDataLoss }),
    )
  }

  /** What is pending runs. Where rows are in its way for good, the service deletes them. */
  async #bringUp(): Promise<boolean> {
    if (await this.#upgrade('up', false)) return true
    if (!this.#from.chance(0.5)) return false
    await this.#empty()
    return this.#upgrade('up without rows', false)
  }

  async #empty(): Promise<void> {
    this.log.push('delete all rows')
    await this.#overwriting(() => emptyAll(this.#ground))
  }

  /** A new revision. What its plan refuses its author takes back, unless a part of it stands. */
  async #write(): Promise<void> {
    if (!(await this.#bringUp())) return
    const drawn = drawOperations(this.#ground, this.#from, await tablesOf(this.#ground), this.#next)
    await this.#apply([drawnRevision(`r${this.#next()}`, this.#chain.at(-1)?.revision ?? null, drawn)])
    await this.#insert()
  }

  /** Two revisions that touch no table of each other, and one that merges them. */
  async #branch(): Promise<void> {
    if (!(await this.#bringUp())) return
    const live = [...(await tablesOf(this.#ground))]
    const parent = this.#chain.at(-1)?.revision ?? null
    const sides = [0, 1].map((side) => {
      const own = new Map(live.filter((_, at) => at % 2 === side))
      return drawnRevision(`b${this.#next()}`, parent, drawOperations(this.#ground, this.#from, own, this.#next))
    })
    const merged = sides.map(({ revision }) => revision)
    await this.#apply([...sides, drawnRevision(`m${this.#next()}`, merged, [])])
  }

  /** Gives whether they have run. */
  async #apply(added: readonly DrawnRevision[]): Promise<boolean> {
    const [before, state] = [this.#chain, await this.#state()]
    for (const { revision, drawn } of added) this.log.push(`${revision}: ${describeDrawn(drawn)}`)
    this.#chain = [...before, ...added]
    const what = `up with ${added.map(({ revision }) => revision).join(', ')}`
    if (this.#from.chance(0.15)) {
      if (await byScript(this.#around(), true)) return true
      // What no script can do a run does.
      if ((await this.#state()) === state && (await this.#upgrade(what, false))) return true
    } else if (await this.#upgrade(what, this.#from.chance(0.4))) return true
    if ((await this.#state()) === state) this.#chain = before
    return false
  }

  /** Where the database stands, and whether in the middle of something. */
  async #state(): Promise<string> {
    const { tiers, interrupted } = await this.#migrator().status()
    return `${tiers[0]?.heads.join()} ${interrupted.length === 0 ? '' : 'interrupted'}`
  }

  /** A revision that is generated for a schema that is drawn. */
  async #generate(): Promise<void> {
    if (!(await this.#bringUp())) return
    const newName = (what: string): string => nameOf(this.#from, `${what.charAt(0)}${this.#next()}`)
    const result = await generated(this.#ground, this.#from, this.#migrator(), this.#chain, newName)
    if (typeof result === 'string') {
      this.log.push(`generate: ${result}`)
      return
    }
    const before = await schemaOf(this.#ground)
    if (!(await this.#apply([result.revision]))) return
    const left = await leftToDo(this.#ground, this.#migrator(), result.schema)
    if (left.length > 0) throw new Error(`a second comparison: ${left.join(' | ')}`)
    await this.#insert()
    if (this.#from.chance(0.3)) await this.#leadBack(before)
  }

  /** Goes back by the last revision, and proves that it leads to the schema that was there before it. */
  async #leadBack({ dialect, read }: Awaited<ReturnType<typeof schemaOf>>): Promise<void> {
    const parent = this.#chain.at(-2)?.revision ?? 'base'
    if (!(await this.#move(`back to ${parent}`, (migrator, options) => migrator.downgrade(parent, options), false)))
      return
    const lines = differsFromBefore(dialect, read, (await schemaOf(this.#ground)).read)
    if (lines.length > 0) throw new Error(`a downgrade does not lead back: ${lines.join(' | ')}`)
  }

  /** A range of the line becomes one revision, where the database has all of it or nothing. */
  async #squash(): Promise<void> {
    const at = this.#from.int(0, Math.max(0, this.#chain.length - 2))
    const { tiers, interrupted } = await this.#migrator().status()
    // No release after the squash has a file of what is interrupted.
    if (interrupted.length > 0) return
    const [state] = tiers
    const isBetween = (first: string): boolean => state?.heads.includes(first) ?? false
    const squashed = squashedChain(this.#chain, at, `s${this.#next()}`, isBetween)
    if (squashed === undefined) return
    this.log.push(`squash ${String(squashed[at]?.replaces)} to ${squashed[at]?.revision}`)
    this.#chain = squashed
  }

  /** By hand: the old values take the place of newer ones, which are none of ours any more. */
  async #restore(): Promise<void> {
    const revision = this.#someRevision()
    this.log.push(`restore ${revision} by hand`)
    await this.#overwriting(() => this.#migrator().preserved.restore(revision))
  }

  async #insert(): Promise<void> {
    for (const choice of await drawInserts(this.#ground, this.#from, this.#next))
      for (const write of choice) if (await this.#run(write)) break
  }

  async #update(): Promise<void> {
    const write = await drawUpdate(this.#ground, this.#from, this.#next)
    if (write !== undefined) await this.#run(write)
  }

  /** A write of a service, which a constraint may refuse. Gives whether it did not. */
  async #run({ text, values }: Write): Promise<boolean> {
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
    return refused === undefined
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
