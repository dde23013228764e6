import type { Plan } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import type { OperationCase, Sight } from './cases/case.ts'
import { cases, kinds } from './cases/index.ts'
import { caseOutcome, cellText } from './cell.ts'
import { dialectOf, introspected, migratorOn, modelOf, on, type Recorded, rowsOf } from './chain.ts'
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
import type { Subject, SubjectDatabase } from './subject.ts'

/** A server may need several operations for one, which stand on one line of the revision, or know an index as a constraint. */
function plannedOutcome(plan: Plan, kind: OperationKind): string {
  const operations = plan.steps.at(-1)?.operations ?? []
  const match = operations.find((each) => each.operation.kind === kind)
  return outcomeText(
    outcomeOf(
      operations
        .filter(({ source }) => match === undefined || source === match.source)
        .flatMap(({ statements }) => statements),
    ),
  )
}

async function expectSight(database: SubjectDatabase, sight: Sight | undefined): Promise<void> {
  if (sight !== undefined) expect(await rowsOf(database, sight.sql)).toEqual(sight.rows)
}

/** The server takes it: there, and back by the derived inverse. */
async function runCase(
  database: SubjectDatabase,
  kind: OperationKind,
  each: OperationCase,
  halves: readonly [Recorded, Recorded],
  outcome: Outcome,
  quoted: (name: string) => string,
): Promise<void> {
  const [given, change] = halves
  const text = outcomeText(outcome)
  const dialect = await dialectOf(database)
  await migratorOn(database, given).upgrade()
  const before = await introspected(database)
  expect(differsFromModel(dialect, modelOf(dialect, given), before).join('\n'), 'what was given').toBe('')
  const migrator = migratorOn(database, given, change)
  if (!each.inverse) expect(plannedOutcome(await migrator.plan(), kind), 'the plan on the live tables').toBe(text)
  const contents = await contentsOf(database, quoted)
  const plan = await migrator.plan()
  const losses = plan.steps.flatMap((step) => step.losses)
  expectCounted(contents, losses)
  const notes = plan.steps.flatMap((step) => step.notes)
  const announced = notes.filter((note) => /^(no downgrade can|the derived .* fails)/.test(note))
  if (each.irreversible !== undefined) expect(announced.join('\n'), 'that there is no downgrade').toMatch(/./)
  // That it fails on rows is true only where there are some.
  else expect(announced.filter((note) => note.startsWith('no downgrade can'))).toEqual([])
  // The rows of a table of SQLite stay where they are unless it is rebuilt.
  const rebuilds = dialect.capabilities.alterColumn === 'rebuild'
  const rootPages = rebuilds ? await rootPagesOf(database) : undefined
  const upgraded = await migrator.upgrade()
  expect(upgraded.applied).toEqual(['main:r2'])
  expectReported(plan, upgraded.losses)
  if (rootPages !== undefined) expectRebuilt(plan, rootPages, await rootPagesOf(database), quoted)
  expect(
    differsFromModel(dialect, modelOf(dialect, given, change), await introspected(database)),
    'after the upgrade',
  ).toEqual([])
  await expectSight(database, each.after)
  if (each.irreversible !== undefined || outcome.noDowngrade !== undefined) {
    const refused =
      each.irreversible === undefined ? { code: 'UNSUPPORTED' } : { message: expect.stringMatching(each.irreversible) }
    await expect(migrator.downgrade('-1')).rejects.toMatchObject(refused)
    await expectSight(database, each.after)
    return
  }
  if (each.inverse) expect(plannedOutcome(await migrator.plan('-1'), kind), 'the plan of the downgrade').toBe(text)
  const contentsAbove = await contentsOf(database, quoted)
  expectDeleted(contents, contentsAbove, losses)
  const back = await migrator.plan('-1')
  const taken = back.steps.flatMap((step) => step.losses)
  expectCounted(contentsAbove, taken)
  const from = rebuilds ? await rootPagesOf(database) : undefined
  const fails = failsOnRows(notes, contentsAbove)
  if (fails !== undefined) {
    await expect(migrator.downgrade('-1'), fails).rejects.toThrow()
    return
  }
  expectReported(back, (await migrator.downgrade('-1')).losses)
  if (from !== undefined) expectRebuilt(back, from, await rootPagesOf(database), quoted)
  await expectPreserved(database, taken, quoted)
  expect(differsFromBefore(dialect, before, await introspected(database)).join('\n'), 'after the downgrade').toBe('')
  const below = await contentsOf(database, quoted)
  expectAnnounced(contents, below, losses)
  expectWithout(notes, contents, below)
  expectDeleted(contentsAbove, below, taken)
  await expectSight(database, each.back)
  const preserved = await preservedCount(database)
  const secondPlan = await migrator.plan()
  await migrator.upgrade()
  expectRestored(secondPlan.steps[0]?.restores, preserved, await preservedCount(database))
  expectAnnounced(contentsAbove, await contentsOf(database, quoted), [...taken, ...losses])
}

/** The server has no such thing: refused by name, and nothing of the revision is there. */
async function refuseCase(database: SubjectDatabase, halves: readonly [Recorded, Recorded]): Promise<void> {
  await expect(migratorOn(database, ...halves).upgrade()).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    details: { why: expect.stringMatching(/\S/) },
  })
  const { tables, views, sequences, enums } = await introspected(database)
  expect([tables, views, sequences, enums].flatMap((part) => [...part.keys()])).toEqual([])
}

/** Every kind of operation with its options: what the matrix says of it is what the server does. */
export function operations(subject: Subject): void {
  const { fragments, name, operationEvery = 1 } = subject
  const isNth = (kind: OperationKind, at: number): boolean => (kinds.indexOf(kind) + at) % operationEvery === 0
  const isNew = ({ since }: OperationCase): boolean => operationEvery > 1 && since?.[name] !== undefined
  const groups = kinds.map((kind) => [kind, cases[kind].filter((each, at) => isNth(kind, at) || isNew(each))] as const)
  const some = groups.filter(([, chosen]) => chosen.length > 0)
  describe.each(some)('%s', (kind, chosen) => {
    test.each(chosen)('$title', async (each) => {
      await on(subject.open, async (database) => {
        const dialect = await dialectOf(database)
        const since = each.since?.[subject.name]
        const tooOld = since !== undefined && (database.version ?? since) < since
        const outcome = caseOutcome(dialect, kind, each, fragments)
        const cell = committedCell(subject.name, kind, each.title)
        if (cell !== undefined && !tooOld) expect(cell, 'docs/support-matrix.md').toBe(cellText(outcome, since))
        if (outcome === undefined) return
        // What has no word of its own before may still be made of others.
        if (tooOld) expect(['unsupported', 'statements']).toContain(outcome.what)
        if (fragments.beforeTrigger !== undefined) await database.sql(fragments.beforeTrigger)
        const halves = [
          (op) => each.given?.(op, fragments),
          (op) => each.change(op, fragments),
        ] as const satisfies readonly Recorded[]
        if (outcome.what === 'unsupported') await refuseCase(database, halves)
        else await runCase(database, kind, each, halves, outcome, fragments.quoted)
      })
    })
  })
}
