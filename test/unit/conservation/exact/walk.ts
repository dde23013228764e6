import {
  createMigrator,
  graphOf,
  isMigrateError,
  type Migrator,
  native,
  type Revision,
  type RunOptions,
  revisions,
} from '@org/migrate-core'
import { expect } from 'vitest'
import type { Random } from '../../../kit/random.ts'
import type { Ground } from '../../ensure/ground.ts'
import { bare, drawBranch } from './branches.ts'
import { mysqlTypes } from './mysql.ts'
import { postgresTypes } from './postgres.ts'
import { sqliteTypes } from './sqlite.ts'
import type { Column, ExactTypes } from './types.ts'

const types = { sqlite: sqliteTypes, postgres: postgresTypes, mysql: mysqlTypes } as const satisfies {
  readonly [dialect: string]: ExactTypes
}

const dialectOf = ({ name }: Ground): keyof typeof types =>
  name === 'sqlite' ? 'sqlite' : name.startsWith('postgres') ? 'postgres' : 'mysql'

/** Where the values are. */
const home = 'r2'

/**
 * One table with values that little keeps exactly. It goes down to nothing or up a branch that drops, converts and renames, with stops, and comes
 * back: each value has to be what it was. Both are read by the server's own text of them.
 */
export class Walk {
  readonly #ground: Ground
  readonly #from: Random
  readonly #log: string[]
  readonly #key: string
  readonly #columns: ReadonlyMap<string, Column>
  readonly #chain: readonly Revision[]
  readonly #targets: readonly string[]
  #before: readonly string[] = []
  #isKeyLost = false
  #isReported = false

  constructor(ground: Ground, from: Random, log: string[]) {
    this.#ground = ground
    this.#from = from
    this.#log = log
    const dialect = dialectOf(ground)
    const { columns, keys } = types[dialect]
    const key = from.pick(keys)
    const picked = new Map(from.sample(columns, from.int(2, 8)).map((column, at) => [`c${at}`, column]))
    const drawn = new Map([...picked].map(([name, [type]]) => [name, type]))
    const branches = ['a', 'b', 'c'].flatMap((name) =>
      drawBranch(dialect, from, types[dialect], { name, parent: home, key, columns: drawn }),
    )
    log.push(`key ${key}; ${[...drawn].map((each) => each.join(' ')).join('; ')}`)
    log.push(...branches.map(({ revision, what }) => `${revision}: ${what}`))
    this.#key = key
    this.#columns = picked
    this.#targets = ['base', 'r1', ...branches.map(({ revision }) => revision)]
    this.#chain = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op) =>
          op.createTable('t', (t) => {
            t.column('id', native(dialect, bare(key)), { nullable: false })
            t.primaryKey(['id'])
          }),
      },
      {
        revision: home,
        downRevision: 'r1',
        upgrade: (op) => {
          for (const [name, type] of drawn) op.addColumn('t', name, native(dialect, bare(type)))
        },
      },
      ...branches,
    ]
  }

  #migrator(): Migrator {
    const tiers = [graphOf(revisions(this.#chain))]
    return createMigrator({ dialect: this.#ground.dialect(), tiers, preserve: { upgrades: true } })
  }

  async begin(): Promise<this> {
    await this.#migrator().upgrade(home)
    const dialect = dialectOf(this.#ground)
    const known = types[dialect].columns.find(([type]) => type === this.#key)
    const mode = dialect === 'mysql' ? "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'; " : ''
    for (const key of known?.slice(1) ?? ['1', '2', '3']) {
      const values = [...this.#columns.values()].map(([, ...literals]) =>
        this.#from.chance(0.1) ? 'NULL' : this.#from.pick(literals),
      )
      const text = `INSERT INTO t (id, ${[...this.#columns.keys()].join(', ')}) VALUES (${key}, ${values.join(', ')})`
      // Keys that a collation finds equal are one.
      await this.#ground.sql(mode + text).catch((error: unknown) => this.#log.push(String(error)))
    }
    this.#before = await this.#read()
    this.#log.push(...this.#before)
    return this
  }

  /** Leaves the values and comes back to them. */
  async turn(): Promise<void> {
    for (const target of [this.#from.pick(this.#targets), home]) if (!(await this.#move(target))) break
    const after = await this.#read()
    this.#log.push('has:', ...after)
    if (this.#isReported) {
      ;[this.#before, this.#isReported] = [after, false]
      return
    }
    const compared = (rows: readonly string[]): readonly string[] =>
      this.#isKeyLost ? rows.map((row) => row.replace(/^id [^;]*; /, '')).sort() : rows
    expect(compared(after)).toEqual(compared(this.#before))
  }

  async #read(): Promise<readonly string[]> {
    const { exactly } = types[dialectOf(this.#ground)]
    const all = [['id', this.#key] as const, ...[...this.#columns].map(([name, [type]]) => [name, type] as const)]
    const rows = await this.#ground.sql(
      `SELECT ${all.map(([name, type]) => `${exactly(name, type)} AS ${name}`).join(', ')} FROM t`,
    )
    return rows
      .map((row) =>
        Object.entries(row)
          .map(([name, value]) => `${name} ${String(value ?? 'NULL')}`)
          .join('; '),
      )
      .sort()
  }

  /** Sometimes stopped in the middle. What the rows do not allow is reverted: then the walk is home, and this gives false. */
  async #move(target: string): Promise<boolean> {
    const stop = new AbortController()
    let statements = this.#from.chance(0.3) ? this.#from.int(1, 9) : 0
    this.#log.push(`to ${target}${statements > 0 ? `, stopped at statement ${statements}` : ''}`)
    const onEvent: RunOptions['onEvent'] = (event) => {
      this.#lossOfKey(event)
      if (event.type !== 'statement') return
      statements -= 1
      if (statements === 0) stop.abort()
    }
    try {
      await this.#go(target, { onEvent, signal: stop.signal })
    } catch (error) {
      return this.#goOn(target, error)
    }
    return true
  }

  /**
   * What a key was cannot be preserved by the key. A run names it, and only then may it be another one. Values of rows that are found by such a
   * key stay preserved, as a report says.
   */
  #lossOfKey: NonNullable<RunOptions['onEvent']> = (event) => {
    // A driver with SQLite 3.53 wrote 17 digits into a text, of which one with an older SQLite leaves 15.
    if (event.type === 'loss' && !event.preserved && event.why?.startsWith('digits of real numbers') === true)
      this.#isReported = true
    if (event.type === 'loss' && !event.preserved && event.object.endsWith('.id')) this.#isKeyLost = true
    if (event.type === 'report' && event.what.includes('the row is gone, so the old value stays preserved'))
      this.#isReported = true
  }

  async #goOn(target: string, error: unknown): Promise<boolean> {
    if (!isMigrateError(error) || error.code === 'INTERNAL') throw error
    this.#log.push(`  ${error.code}: ${error.message.slice(0, 600)}`)
    const isStopped = error.code === 'ABORTED'
    const isInterrupted = (await this.#migrator().status()).interrupted.length > 0
    if (!isStopped) {
      if (isInterrupted) await this.#migrator().resume({ revert: true })
      await this.#go(home, {})
      return false
    }
    try {
      if (isInterrupted) await this.#migrator().resume()
      await this.#go(target, { onEvent: (event) => this.#lossOfKey(event) })
    } catch (second) {
      return this.#goOn(target, second)
    }
    return true
  }

  async #go(target: string, options: Pick<RunOptions, 'onEvent' | 'signal'>): Promise<void> {
    const [tier] = (await this.#migrator().status()).tiers
    const at = tier?.heads[0] ?? 'base'
    if (at === target) return
    const isUp = this.#rank(target) > this.#rank(at)
    await (isUp ? this.#migrator().upgrade(target, options) : this.#migrator().downgrade(target, options))
  }

  /** Of two revisions that a run leads between, the higher one is the later. */
  #rank(revision: string): number {
    return this.#chain.findIndex((one) => one.revision === revision)
  }
}
