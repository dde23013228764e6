import type { Plan } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import type { OperationCase, Sight } from './cases/case.ts'
import { cases, kinds } from './cases/index.ts'
import { caseOutcome, cellText } from './cell.ts'
import { dialectOf, migratorOn, modelOf, on, type Recorded, rowsOf, seen } from './chain.ts'
import { differsFromBefore, differsFromModel } from './compare.ts'
import { committedCell } from './matrix.ts'
import { type Outcome, outcomeOf, outcomeText } from './outcome.ts'
import {
  contentsOf,
  expectAnnounced,
  expectCounted,
  expectDeleted,
  expectPreserved,
  expectRebuilt,
  expectReported,
  expectRestored,
  expectWithout,
  failsOnRows,
  preservedCount,
  rootPagesOf,
} from './promises.ts'
import type { Opened, Subject } from './subject.ts'

/** A server may need several operations for one, which stand on one line of the revision, or know an index as a constraint. */
function plannedOutcome(plan: Plan, kind: OperationKind): string {
  const operations = plan.steps.at(-1)?.operations ?? []
  const found = operations.find((each) => each.operation.kind === kind)
  return outcomeText(
    outcomeOf(
      operations
        .filter(({ source }) => found === undefined || source === found.source)
        .flatMap(({ statements }) => statements),
    ),
  )
}

async function expectSight(opened: Opened, sight: Sight | undefined): Promise<void> {
  if (sight !== undefined) expect(await rowsOf(opened, sight.sql)).toEqual(sight.rows)
}

/** The server takes it: there, and back by the derived inverse. */
async function runCase(
  opened: Opened,
  kind: OperationKind,
  each: OperationCase,
  halves: readonly [Recorded, Recorded],
  outcome: Outcome,
  quoted: (name: string) => string,
): Promise<void> {
  const [given, change] = halves
  const text = outcomeText(outcome)
  const dialect = await dialectOf(opened)
  await migratorOn(opened, given).upgrade()
  const before = await seen(opened)
  expect(differsFromModel(dialect, modelOf(dialect, given), before).join('\n'), 'what was given').toBe('')
  const migrator = migratorOn(opened, given, change)
  if (!each.inverse) expect(plannedOutcome(await migrator.plan(), kind), 'the plan on the live tables').toBe(text)
  const contents = await contentsOf(opened, quoted)
  const plan = await migrator.plan()
  const losses = plan.steps.flatMap((step) => step.losses)
  expectCounted(contents, losses)
  const notes = plan.steps.flatMap((step) => step.notes)
  const noted = notes.filter((note) => /^(no downgrade can|the derived .* fails)/.test(note))
  if (each.oneWay !== undefined) expect(noted.join('\n'), 'that there is no way back').toMatch(/./)
  // That it fails on rows is true only where there are some.
  else expect(noted.filter((note) => note.startsWith('no downgrade can'))).toEqual([])
  // The rows of a table of SQLite stay where they are unless it is rebuilt.
  const rebuilds = dialect.capabilities.alterColumn === 'rebuild'
  const rootPages = rebuilds ? await rootPagesOf(opened) : undefined
  const upgraded = await migrator.upgrade()
  expect(upgraded.applied).toEqual(['main:r2'])
  expectReported(plan, upgraded.losses)
  if (rootPages !== undefined) expectRebuilt(plan, rootPages, await rootPagesOf(opened), quoted)
  expect(differsFromModel(dialect, modelOf(dialect, given, change), await seen(opened)), 'after the upgrade').toEqual(
    [],
  )
  await expectSight(opened, each.after)
  if (each.oneWay !== undefined || outcome.noWayBack !== undefined) {
    const refused =
      each.oneWay === undefined ? { code: 'UNSUPPORTED' } : { message: expect.stringMatching(each.oneWay) }
    await expect(migrator.downgrade('-1')).rejects.toMatchObject(refused)
    await expectSight(opened, each.after)
    return
  }
  if (each.inverse) expect(plannedOutcome(await migrator.plan('-1'), kind), 'the plan of the way back').toBe(text)
  const there = await contentsOf(opened, quoted)
  expectDeleted(contents, there, losses)
  const back = await migrator.plan('-1')
  const taken = back.steps.flatMap((step) => step.losses)
  expectCounted(there, taken)
  const from = rebuilds ? await rootPagesOf(opened) : undefined
  const fails = failsOnRows(notes, there)
  if (fails !== undefined) {
    await expect(migrator.downgrade('-1'), fails).rejects.toThrow()
    return
  }
  expectReported(back, (await migrator.downgrade('-1')).losses)
  if (from !== undefined) expectRebuilt(back, from, await rootPagesOf(opened), quoted)
  await expectPreserved(opened, taken, quoted)
  expect(differsFromBefore(dialect, before, await seen(opened)).join('\n'), 'after the downgrade').toBe('')
  const below = await contentsOf(opened, quoted)
  expectAnnounced(contents, below, losses)
  expectWithout(notes, contents, below)
  expectDeleted(there, below, taken)
  await expectSight(opened, each.back)
  const preserved = await preservedCount(opened)
  const again = await migrator.plan()
  await migrator.upgrade()
  expectRestored(again.steps[0]?.restores, preserved, await preservedCount(opened))
  expectAnnounced(there, await contentsOf(opened, quoted), [...taken, ...losses])
}

/** The server has no such thing: refused by name, and nothing of the revision is there. */
async function refuseCase(opened: Opened, halves: readonly [Recorded, Recorded]): Promise<void> {
  await expect(migratorOn(opened, ...halves).upgrade()).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    details: { why: expect.stringMatching(/\S/) },
  })
  const { tables, views, sequences, enums } = await seen(opened)
  expect([tables, views, sequences, enums].flatMap((part) => [...part.keys()])).toEqual([])
}

/** Every kind of operation with its options: what the matrix says of it is what the server does. */
export function operations(subject: Subject): void {
  const { words } = subject
  describe.each(kinds)('%s', (kind) => {
    test.each(cases[kind])('$title', async (each) => {
      await on(subject.open, async (opened) => {
        const dialect = await dialectOf(opened)
        const since = each.since?.[subject.name]
        const tooOld = since !== undefined && (opened.version ?? since) < since
        const outcome = caseOutcome(dialect, kind, each, words)
        const cell = committedCell(subject.name, kind, each.title)
        if (cell !== undefined && !tooOld) expect(cell, 'docs/support-matrix.md').toBe(cellText(outcome, since))
        if (outcome === undefined) return
        // What has no word of its own before may still be made of others.
        if (tooOld) expect(['unsupported', 'statements']).toContain(outcome.what)
        if (words.beforeTrigger !== undefined) await opened.sql(words.beforeTrigger)
        const halves = [
          (op) => each.given?.(op, words),
          (op) => each.change(op, words),
        ] as const satisfies readonly Recorded[]
        if (outcome.what === 'unsupported') await refuseCase(opened, halves)
        else await runCase(opened, kind, each, halves, outcome, words.quoted)
      })
    })
  })
}
