import type { FleetMember } from '@org/migrate-fleet'
import type { Random } from '../../../kit/random.ts'
import { heldOf, quoted, tablesOf } from '../../conservation/catalogue.ts'
import type { MemberGround } from './grounds.ts'
import { asGround } from './member-state.ts'
import { ownObjects } from './own-objects.ts'
import type { DrawnWrite } from './writes.ts'

/** What the rows of a member are like. */
export interface RowHabit {
  readonly name: string
  /** How many rows an insert has. */
  readonly rows: number
  /** How often a column has no value. */
  readonly leaves: number
}

export const habits: readonly RowHabit[] = [
  { name: 'empty', rows: 0, leaves: 0 },
  { name: 'many', rows: 6, leaves: 0.2 },
  { name: 'nulls', rows: 1, leaves: 0.9 },
  { name: 'plain', rows: 1, leaves: 0.2 },
]

/** A member of the fleet, and a database of the same life that the library migrates by itself. */
export class Tenant {
  readonly id: string
  readonly habit: RowHabit
  readonly ground: MemberGround
  readonly sibling: MemberGround
  readonly #own: string[] = []
  /** It had objects that no revision makes: a check names them. */
  hasOwn = false
  /** What the texts of its rows are found by. */
  readonly values = new Set<string>()

  constructor(habit: RowHabit, ground: MemberGround, sibling: MemberGround) {
    this.id = habit.name
    this.habit = habit
    this.ground = ground
    this.sibling = sibling
  }

  get member(): FleetMember {
    return { id: this.id, ...this.ground.member }
  }

  get both(): readonly MemberGround[] {
    return [this.ground, this.sibling]
  }

  /** A text without what only this member is called by, and when it ran. */
  plain(text: string): string {
    const names = [...this.ground.ownNames, ...this.sibling.ownNames]
    const untimed = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    return names.reduce((shown, name) => shown.replaceAll(name, 'OWN'), untimed)
  }

  /** The same in both; a constraint may refuse one in both. Gives what became of them. */
  async write(writes: readonly DrawnWrite[]): Promise<readonly string[]> {
    const log: string[] = []
    const written: string[] = []
    await this.overwriting(async () => {
      for (const { text, values } of writes) {
        const [own, other] = await Promise.all(this.both.map((ground) => this.#refusalOf(ground, text)))
        if (own !== other) throw new Error(`${text}: ${own} in the member, ${other} in its sibling`)
        log.push(`${this.id}: ${text}`, ...(own === undefined ? [] : [`  ${own.slice(0, 150)}`]))
        if (own === undefined) written.push(...values)
      }
    })
    // An UPDATE may have found no row.
    for (const value of await heldOf(asGround(this.ground), written)) this.values.add(value)
    return log
  }

  #refusalOf(ground: MemberGround, text: string): Promise<string | undefined> {
    return ground.sql(text).then(
      () => undefined,
      (error: unknown) => this.plain(String(error)),
    )
  }

  /** An object that only this member has: no revision knows it. */
  async createOwn(from: Random, next: () => number): Promise<readonly string[]> {
    const ground = asGround(this.ground)
    const [[table, columns] = ['', []]] = from.sample([...(await tablesOf(ground))], 1)
    const [column] = from.sample(columns, 1)
    if (column === undefined) return []
    const name = `o${from.chance(0.5) ? '' : this.id}${next()}`
    const created = from.pick(ownObjects)(ground, name, quoted(ground, table), quoted(ground, column.name))
    const log = await this.write([{ text: created.create, values: [] }])
    if (log.length === 1) this.#own.push(created.drop)
    this.hasOwn ||= log.length === 1
    return log
  }

  /** They may keep a revision from running. */
  async dropOwn(): Promise<readonly string[]> {
    const drops = this.#own.splice(0).map((text) => ({ text, values: [] }))
    return this.write(drops.reverse())
  }

  /** What it writes over is none of ours any more. */
  async overwriting<T>(work: () => Promise<T>): Promise<T> {
    const before = await heldOf(asGround(this.ground), this.values)
    const result = await work()
    const after = await heldOf(asGround(this.ground), this.values)
    for (const value of before) if (!after.has(value)) this.values.delete(value)
    return result
  }
}
