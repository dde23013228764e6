import { integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { RevisionBody } from '../../kit/migrator.ts'
import { caseSeed, onlyCase, random, runSeed } from '../../kit/random.ts'
import { counts, longRun } from '../../kit/scale.ts'
import { describeOnServers } from '../ensure/ground.ts'
import { describeEverywhere, type Ground, migratorOn } from './kit.ts'
import { type RandomChange, randomChange } from './random-change.ts'

/** Tables of one chain: what takes long is the run, not the rows. */
const tablesAtOnce = 12

/** Values as the server itself prints them; on SQLite with their storage class. */
async function valuesIn(ground: Ground, table: string): Promise<readonly (string | null)[]> {
  const shown =
    ground.name === 'sqlite'
      ? "typeof(a) || ':' || quote(a)"
      : ground.name.startsWith('postgres')
        ? 'a::text'
        : "CONCAT(a, '')"
  const rows = await ground.sql(`SELECT ${shown} AS v FROM ${table} ORDER BY id`)
  return rows.map(({ v }) => (v === null || v === 'null:NULL' ? null : String(v)))
}

const differing = (a: readonly unknown[], b: readonly unknown[]): number =>
  a.filter((value, at) => value !== b[at]).length

async function oneChain(ground: Ground, changes: readonly RandomChange[], seed: number): Promise<void> {
  const names = changes.map((_, at) => `t${at}`)
  const chain: readonly RevisionBody[] = [
    (op) => {
      changes.forEach(({ type }, at) => {
        op.createTable(`t${at}`, (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('a', type)
          t.column('other', integer())
          t.primaryKey(['id'])
        })
      })
    },
    (op) => {
      changes.forEach(({ change }, at) => {
        change(op, `t${at}`)
      })
    },
  ]
  const migrator = migratorOn(ground, chain)
  await migrator.upgrade('r1')
  for (const [at, { values }] of changes.entries()) {
    const rows = values.map((value, id) => `(${id}, ${value}, 0)`)
    await ground.sql(`INSERT INTO t${at} (id, a, other) VALUES ${rows.join(', ')}`)
  }
  const read = async (of: readonly string[]) => Promise.all(of.map((name) => valuesIn(ground, name)))
  const before = await read(names)
  const losses = (await migrator.plan()).steps[0]?.losses ?? []
  const up = await migrator.upgrade()
  const counted = losses.filter(({ rows }) => rows !== undefined && rows > 0)
  expect(
    up.losses.map(({ object, rows, preserved }) => [object, rows, preserved]),
    `the run counts as the plan, seed ${seed}`,
  ).toEqual(expect.arrayContaining(counted.map(({ object, rows, preserved }) => [object, rows, preserved])))
  const altered = names.filter((_, at) => !changes[at]?.describe.startsWith('drop'))
  const upgraded = new Map(altered.map((name, at) => [name, at] as const))
  const first = await read(altered)
  await migrator.downgrade('r1')
  const after = await read(names)
  for (const [at, change] of changes.entries()) {
    const what = `${ground.name}, seed ${seed}, t${at}: ${change.describe}: ${JSON.stringify([before[at], after[at]])}`
    const changed = differing(before[at] ?? [], after[at] ?? [])
    const loss = losses.find(({ object }) => object === `column t${at}.a`)
    if (loss === undefined || loss.preserved) expect(changed, what).toBe(0)
    else if (change.atMost || loss.rows === undefined) expect(changed, what).toBeLessThanOrEqual(loss.rows ?? Infinity)
    else expect(changed, what).toBe(loss.rows)
  }
  await migrator.upgrade()
  const secondUp = await read(altered)
  for (const [at, name] of names.entries()) {
    const index = upgraded.get(name)
    // What the downgrade did not bring back, the upgrade starts from.
    if (index === undefined || differing(before[at] ?? [], after[at] ?? []) > 0) continue
    expect(secondUp[index], `${name} up again, seed ${seed}`).toEqual(first[index])
  }
}

const randomChanges = (ground: () => Promise<Ground>): void => {
  it('come back with the downgrade, or were named with their number before', async () => {
    const seed = runSeed()
    const only = onlyCase()
    const chains = only === undefined ? Math.ceil(counts.randomLosses / tablesAtOnce) : 1
    for (let index = 0; index < chains; index += 1) {
      const chainSeed = caseSeed(seed, only ?? index)
      const from = random(chainSeed)
      const at = await ground()
      const changes = Array.from({ length: tablesAtOnce }, () => randomChange(from, at.name))
      try {
        await oneChain(at, changes, chainSeed)
      } catch (error) {
        const what = `TEST_SEED=${seed} TEST_CASE=${only ?? index} on ${at.name}: ${changes.map((each, t) => `t${t} ${each.describe} ${each.values.join(' ')}`).join('\n')}`
        throw new Error(what, { cause: error })
      }
    }
  })
}

const title = 'random changes of columns'
describeEverywhere(title, randomChanges)
if (longRun) describeOnServers(title, randomChanges, ['postgres-next'])
