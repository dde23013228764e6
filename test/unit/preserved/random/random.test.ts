import { expect, test } from 'vitest'
import { caseSeed, onlyCase, random, runSeed } from '../../../kit/random.ts'
import { counts, longRun } from '../../../kit/scale.ts'
import { describeOnAll, type Ground, migratorOn } from '../grounds.ts'
import { type Drawn, drawRevision } from './draw.ts'
import { baseOf, itemsOf, preservedBy, type RuleEntry, upgradeOf } from './rule.ts'
import { insertion, type PreservedState, type Row, type Shape, stateOf, writes } from './state.ts'

const sorted = (state: PreservedState) =>
  Object.fromEntries(
    [...state].map(([table, rows]) => [
      table,
      Object.fromEntries([...rows].map(([id, row]) => [id, Object.fromEntries(Object.entries(row).sort())])),
    ]),
  )

interface Left extends RuleEntry {
  readonly revision: string
}

const same = (one: Left, other: Left): boolean =>
  one.revision === other.revision && one.table === other.table && one.column === other.column && one.id === other.id

/** What a table and its columns are called behind the operations of later revisions. */
function followed(renames: readonly string[], before: string) {
  let table = before
  const names = new Map<string, string>()
  for (const each of renames) {
    const [, of, column, to = ''] = /^rename (\w+)(?:\.(\w+))? to (\w+)$/.exec(each) ?? []
    if (of !== table) continue
    if (column === undefined) table = to
    else names.set([...names].find(([, now]) => now === column)?.[0] ?? column, to)
  }
  return { table, names }
}

/** What `restore` writes of values that no run restored: of each cell the newest. */
function restoredByHand(
  state: PreservedState,
  shapes: readonly Shape[],
  left: readonly Left[],
  renames: readonly string[],
) {
  const after = new Map([...state].map(([name, rows]) => [name, new Map<string, Row>(rows)]))
  const staying: Left[] = []
  for (const [at, entry] of left.entries()) {
    const { id, cells, column } = entry
    const { table, names } = followed(renames, entry.table)
    const shape = shapes.find(({ name }) => name === table)
    const row = after.get(table)?.get(id)
    const hasColumn = (name: string): boolean => name === shape?.key || shape?.columns.includes(name) === true
    // A row needs no column that is gone where it was NULL there.
    const written = Object.entries(cells)
      .map(([name, cell]) => [names.get(name) ?? name, cell] as const)
      .filter(([name, cell]) => column !== undefined || cell !== null || hasColumn(name))
    const isThere = shape !== undefined && written.every(([name]) => hasColumn(name))
    const isOrphan = shape?.parent !== undefined && !after.get(shape.parent)?.has(id)
    if (
      left.slice(at + 1).some((newer) => same(newer, entry)) ||
      !isThere ||
      (row === undefined && (column !== undefined || isOrphan))
    )
      staying.push(entry)
    else {
      after.get(table)?.set(id, { ...(row ?? shape.defaults), ...Object.fromEntries(written) })
    }
  }
  return { after, staying }
}

async function oneCase(ground: Ground, seed: number, described: string[]): Promise<void> {
  const from = random(seed)
  let last = 0
  const nextName = (kind: string): string => {
    last += 1
    return `${kind}${last}`
  }
  const names = (kind: string, least: number, most: number) =>
    Array.from({ length: from.int(least, most) }, () => nextName(kind))
  const first: readonly Shape[] = names('t', 2, 4).map((name) => ({ name, key: 'id', columns: names('c', 1, 4) }))
  const drawn: Drawn[] = []
  for (let count = from.chance(0.4) ? 2 : 1; count > 0; count -= 1)
    drawn.push(drawRevision(from, drawn.at(-1)?.above ?? first, nextName))
  const base = {
    upgrade: (op: Parameters<Drawn['upgrade']>[0]) => {
      for (const { name, key, columns } of first) {
        op.createTable(name, (t) => {
          t.column(key, { kind: 'integer', bits: 32 }, { nullable: false })
          for (const column of columns) t.column(column, { kind: 'varchar', length: 40 })
          t.primaryKey([key])
        })
      }
    },
  }
  for (const [at, { describe }] of drawn.entries()) described.push(`r${at + 2}: ${describe.join('; ')}`)
  const migrator = migratorOn(ground.dialect, base, ...drawn)
  const levels = [first, ...drawn.map(({ above }) => above)]
  const shapesAt = (level: number): readonly Shape[] => levels[level] ?? []
  const top = drawn.length
  const write = async (level: number, most: number): Promise<void> => {
    const statements = writes(from, shapesAt(level), await stateOf(ground, shapesAt(level)), most)
    described.push(`at r${level + 1}: ${statements.join('; ')}`)
    if (statements.length > 0) await ground.sql(statements.join('; '))
  }
  await migrator.upgrade('r1')
  const rows = first.flatMap((shape) => names('', 3, 5).map((_, at) => insertion(from, shape, String(at + 1))))
  described.push(rows.join('; '))
  await ground.sql(rows.join('; '))
  await migrator.upgrade()

  let left: readonly Left[] = []
  for (let round = from.int(1, 3); round > 0; round -= 1) {
    if (from.chance(0.7)) await write(top, 6)
    const lowest = from.int(0, top - 1)
    const states = [await stateOf(ground, shapesAt(top))]
    const entries: (readonly RuleEntry[])[] = []
    for (let level = top - 1; level >= lowest; level -= 1) {
      const revision = drawn[level]
      if (revision === undefined) continue
      const preserved = preservedBy(revision, states[0] ?? new Map())
      entries.unshift(preserved)
      const unknown = itemsOf(revision)
        .filter((item) =>
          preserved.some((entry) => entry.item.table === item.table && entry.item.column === item.column),
        )
        .filter((item) => baseOf(revision, item, ground.transactional) === 'unknown')
        .map(({ table, column }) =>
          column === undefined ? `table ${table.name}` : `column ${table.name}.${column.name}`,
        )
      const plan = await migrator.plan(`r${level + 1}`)
      const byHand = (plan.steps[0]?.losses ?? []).flatMap((loss) => (loss.byHand === undefined ? [] : [loss.object]))
      const what = `r${level + 2}: what the plan says that only a hand restores`
      expect([...byHand].sort().join(', '), what).toBe(unknown.sort().join(', '))
      await migrator.downgrade(`r${level + 1}`)
      states.unshift(await stateOf(ground, shapesAt(level)))
    }
    const before = await migrator.status()
    expect([before.preserved, before.superseded], 'preserved by the downgrade').toEqual([
      left.length + entries.flat().length,
      left.length,
    ])
    described.push(`down to r${lowest + 1}`)
    if (from.chance(0.8)) await write(lowest, 8)
    const start = await stateOf(ground, shapesAt(lowest))
    let state = start
    const lost: Left[] = []
    let foreseen = 0
    for (const [at, preserved] of entries.entries()) {
      const revision = drawn[lowest + at]
      if (revision === undefined) continue
      // A run has two revisions at most.
      const before = at === 0 ? undefined : drawn[lowest]
      const earlier = before && { revision: before, start }
      const upgraded = upgradeOf(revision, preserved, states[at] ?? new Map(), state, ground.transactional, earlier)
      state = upgraded.state
      if (at === 0) foreseen = upgraded.lost.filter(({ isForeseen }) => isForeseen).length
      lost.push(...upgraded.lost.map((entry) => ({ ...entry, revision: `r${lowest + at + 2}` })))
    }
    const plan = await migrator.plan()
    const planned = plan.steps[0]?.restores
    expect(planned?.values ?? 0, 'values of the plan').toBe(entries[0]?.length ?? 0)
    expect(planned?.superseded ?? 0, 'superseded of the plan').toBe(foreseen)
    const { reports } = await migrator.upgrade()
    expect(sorted(await stateOf(ground, shapesAt(top))), 'rows after the upgrade').toEqual(sorted(state))
    left = [...left, ...lost]
    const after = await migrator.status()
    expect([after.preserved, after.superseded], 'superseded').toEqual([left.length, left.length])
    const reported = reports.filter(({ what }) => what.includes('not restored') || what.includes('stay'))
    expect(
      reported.reduce((sum, { count }) => sum + count, 0),
      `reported: ${JSON.stringify(reports)}`,
    ).toBe(lost.length)
  }
  for (let at = 2; at <= top + 1; at += 1) {
    const revision = `r${at}`
    const [own, otherEntries] = [
      left.filter((e) => e.revision === revision),
      left.filter((e) => e.revision !== revision),
    ]
    const isRestored = from.chance(0.7)
    if (isRestored) {
      const { after, staying } = restoredByHand(
        await stateOf(ground, shapesAt(top)),
        shapesAt(top),
        own,
        drawn.slice(at - 1).flatMap((later) => later.describe),
      )
      const { restored } = await migrator.preserved.restore(revision)
      expect(restored, `${revision} restored by hand`).toBe(own.length - staying.length)
      expect(sorted(await stateOf(ground, shapesAt(top))), `rows after ${revision} by hand`).toEqual(sorted(after))
      left = [...otherEntries, ...staying]
    } else {
      expect(await migrator.preserved.purge(revision), `${revision} purged`).toBe(own.length)
      left = otherEntries
    }
    expect((await migrator.status()).preserved).toBe(left.length)
  }
}

/** A case spends its time on the server, which reads the tables some eighty times: several at once in a long run. */
const lanes = longRun ? 3 : 1

describeOnAll('random revisions with data steps, and writes between down and up', (openGround) => {
  test('newer data wins, and everything else comes back', async () => {
    const seed = runSeed()
    const only = onlyCase()
    const failed: string[] = []
    const last = only === undefined ? counts.preservedRounds : only + 1
    let index = only ?? 0
    const lane = async (): Promise<void> => {
      for (let at = index; at < last; at = index) {
        index += 1
        const described: string[] = []
        try {
          const ground = await openGround()
          await oneCase(ground, caseSeed(seed, at), described)
          await ground.drop()
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error)
          failed.push(`TEST_SEED=${seed} TEST_CASE=${at}: ${message}\n${described.join('\n')}`)
        }
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    expect(failed.slice(0, 5), `${failed.length} cases`).toEqual([])
  })
})
