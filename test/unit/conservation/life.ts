import {
  createMigrator,
  graphOf,
  isMigrateError,
  type Migrator,
  type Revision,
  type RunOptions,
  revisions,
  type StepLoss,
} from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import { heldOf, missingOf, quoted, tablesOf } from './catalogue.ts'
import { drawOperations } from './draw.ts'
import type { DrawnOperation } from './drawing.ts'
import { literalOf } from './literals.ts'

interface DrawnRevision extends Revision {
  readonly drawn: readonly DrawnOperation[]
}

function drawnRevision(
  revision: string,
  downRevision: Revision['downRevision'],
  drawn: readonly DrawnOperation[],
): DrawnRevision {
  const upgrade: Revision['upgrade'] = (op) => {
    for (const { record } of drawn) record(op)
  }
  return { revision, downRevision, drawn, upgrade }
}

/** At most so many values go with a row. */
const valuesOfRow = 12

const describe = (drawn: readonly DrawnOperation[]): string => drawn.map((each) => each.describe).join('; ')

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
    const chain = this.#chain.map(({ drawn: _, ...revision }) => revision)
    return createMigrator({
      dialect: this.#ground.dialect(),
      tiers: [graphOf(revisions(chain))],
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
    for (const { revision, drawn } of added) this.log.push(`${revision}: ${describe(drawn)}`)
    this.#chain = [...before, ...added]
    if (await this.#upgrade(`up with ${added.map(({ revision }) => revision).join(', ')}`, this.#from.chance(0.3)))
      return
    const { tiers, interrupted } = await this.#migrator().status()
    const isUnchanged = tiers[0]?.heads.join() === (before.at(-1)?.revision ?? '')
    if (isUnchanged && interrupted === undefined) this.#chain = before
  }

  /** A range of the line becomes one revision, where the database has all of it or nothing. */
  async #squash(): Promise<void> {
    const chain = this.#chain
    const at = this.#from.int(0, Math.max(0, chain.length - 2))
    const [first, second] = chain.slice(at, at + 2)
    const [state] = (await this.#migrator().status()).tiers
    const isLine = second?.downRevision === first?.revision
    if (first === undefined || second === undefined || !isLine || state?.heads.includes(first.revision)) return
    const range = [first, second]
    const crosses = [first, second].some(({ downRevision }) => Array.isArray(downRevision))
    const isPlain = range.every(({ replaces, drawn }) => replaces === undefined && !drawn.some((each) => each.computes))
    const children = chain.filter(({ downRevision }) => downRevision === first.revision)
    if (crosses || !isPlain || children.length > 1) return
    const squashed = {
      ...drawnRevision(
        `s${this.#next()}`,
        first.downRevision,
        range.flatMap(({ drawn }) => drawn),
      ),
      replaces: range.map(({ revision }) => revision),
    }
    this.log.push(`squash ${squashed.replaces.join(', ')} to ${squashed.revision}`)
    this.#chain = [
      ...chain.slice(0, at),
      squashed,
      ...chain
        .slice(at + 2)
        .map((each) => (each.downRevision === second.revision ? { ...each, downRevision: squashed.revision } : each)),
    ]
  }

  /** By hand: the old values take the place of newer ones, which are none of ours any more. */
  async #restore(): Promise<void> {
    const revision = this.#someRevision()
    this.log.push(`restore ${revision} by hand`)
    await this.#overwriting(() => this.#migrator().preserved.restore(revision))
  }

  async #insert(): Promise<void> {
    const ground = this.#ground
    for (const [table, columns] of this.#from.sample([...(await tablesOf(ground))], 2)) {
      const cells = columns.flatMap(({ name, type, required, hasDefault }) => {
        if (name === 'id') return [[name, String(100 + this.#next())] as const]
        const isLeft =
          name === 'parent' || (!required && this.#from.chance(0.2)) || (hasDefault && this.#from.chance(0.2))
        return isLeft ? [] : [[name, ...literalOf(ground, type, this.#next())] as const]
      })
      const names = cells.map(([name]) => quoted(ground, name)).join(', ')
      const literals = cells.map(([, literal]) => literal).join(', ')
      await this.#run(
        `INSERT INTO ${quoted(ground, table)} (${names}) VALUES (${literals})`,
        cells.flatMap(([, , found]) => found ?? []),
      )
    }
  }

  async #update(): Promise<void> {
    const ground = this.#ground
    const [[table, columns] = ['', []]] = this.#from.sample([...(await tablesOf(ground))], 1)
    const [column] = this.#from.sample(
      columns.filter(({ name }) => name !== 'id' && name !== 'parent'),
      1,
    )
    if (column === undefined) return
    const [literal, found] = literalOf(ground, column.type, this.#next())
    const first = `SELECT MIN(id) FROM (SELECT id FROM ${quoted(ground, table)}) AS ids`
    await this.#run(
      `UPDATE ${quoted(ground, table)} SET ${quoted(ground, column.name)} = ${literal} WHERE id = (${first})`,
      found === undefined ? [] : [found],
    )
  }

  /** A write of a service, which a constraint may refuse. */
  async #run(text: string, values: readonly string[]): Promise<void> {
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
