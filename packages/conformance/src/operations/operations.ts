import { match } from 'node:assert/strict'
import type { Plan, RunResult } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { equal, messageOf, refusal, thrown } from '../assert.ts'
import { expectDeclared, expectUnchanged } from '../compare.ts'
import { dialectOf, introspected, migratorOn, type Recorded, rowsOf, testOn } from '../database.ts'
import type { ConformanceTest, SqlFragments, Subject, SubjectDatabase } from '../subject.ts'
import type { OperationCase, Sight } from './cases/case.ts'
import { cases, kinds } from './cases/index.ts'
import { caseOutcome, cellText } from './cell.ts'
import { type Outcome, outcomeOf, outcomeText } from './outcome.ts'
import {
  contentsOf,
  expectAnnounced,
  expectCounted,
  expectDeleted,
  expectIrreversible,
  expectPreserved,
  expectRebuilt,
  expectReported,
  expectRestored,
  expectWithout,
  failsOnRows,
  preservedCount,
  storageOf,
} from './promises.ts'

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
  if (sight !== undefined) equal(await rowsOf(database, sight.sql), sight.rows, sight.sql)
}

interface CaseRun {
  readonly database: SubjectDatabase
  readonly fragments: SqlFragments
  readonly kind: OperationKind
  readonly each: OperationCase
  /** What stands before, and the change. */
  readonly builds: readonly [Recorded, Recorded]
  readonly outcome: Outcome
}

/** Does what a plan says, and compares which tables were rewritten. */
async function runPlan(
  { database, fragments }: CaseRun,
  plan: Plan,
  run: () => Promise<RunResult>,
): Promise<RunResult> {
  const { storage, quoted } = fragments
  const before = storage === undefined ? undefined : await storageOf(database, storage)
  const result = await run()
  expectReported(plan, result.losses, database.dialect.capabilities.statementList !== true)
  if (storage !== undefined && before !== undefined)
    expectRebuilt(plan, before, await storageOf(database, storage), quoted)
  return result
}

/** The server takes it: up, back by the derived inverse, and up again. */
async function runCase(run: CaseRun): Promise<void> {
  const { database, fragments, kind, each, builds, outcome } = run
  const text = outcomeText(outcome)
  await migratorOn(database, builds[0]).upgrade()
  const before = await expectDeclared(database, [builds[0]], 'before the change')
  const migrator = migratorOn(database, ...builds)
  const contents = await contentsOf(database, fragments.quoted)
  const plan = await migrator.plan()
  if (!each.inverse) equal(plannedOutcome(plan, kind), text, 'the plan on the live tables')
  const losses = plan.steps.flatMap((step) => step.losses)
  expectCounted(contents, losses)
  const notes = plan.steps.flatMap((step) => step.notes)
  expectIrreversible(notes, each.irreversible !== undefined)
  equal((await runPlan(run, plan, () => migrator.upgrade())).applied, ['main:r2'])
  await expectDeclared(database, builds, 'after the upgrade')
  await expectSight(database, each.after)
  if (each.irreversible !== undefined || outcome.noDowngrade !== undefined) {
    if (each.irreversible === undefined) await refusal(migrator.downgrade('-1'), 'UNSUPPORTED')
    else match(messageOf(await thrown(migrator.downgrade('-1'))), each.irreversible)
    return expectSight(database, each.after)
  }
  const above = await contentsOf(database, fragments.quoted)
  expectDeleted(contents, above, losses)
  // A statement list preserves nothing.
  const allowDataLoss = database.dialect.capabilities.statementList === true
  const back = await migrator.plan('-1', { allowDataLoss })
  if (each.inverse) equal(plannedOutcome(back, kind), text, 'the plan of the downgrade')
  const taken = back.steps.flatMap((step) => step.losses)
  expectCounted(above, taken)
  const fails = failsOnRows(notes, above)
  if (fails !== undefined) return void (await thrown(migrator.downgrade('-1'), fails))
  await runPlan(run, back, () => migrator.downgrade('-1', { allowDataLoss }))
  await expectPreserved(database, taken, fragments.quoted)
  await expectUnchanged(database, before, 'after the downgrade')
  const below = await contentsOf(database, fragments.quoted)
  expectAnnounced(contents, below, losses)
  expectWithout(notes, contents, below)
  expectDeleted(above, below, taken)
  await expectSight(database, each.back)
  const preserved = await preservedCount(database)
  const secondPlan = await migrator.plan()
  await migrator.upgrade()
  expectRestored(secondPlan.steps[0]?.restores, preserved, await preservedCount(database))
  expectAnnounced(above, await contentsOf(database, fragments.quoted), [...taken, ...losses])
}

/** The server has no such thing: refused with the reason, and nothing of the revision is there. */
async function refuseCase({ database, builds }: CaseRun): Promise<void> {
  const { details } = await refusal(migratorOn(database, ...builds).upgrade(), 'UNSUPPORTED')
  match(details.why, /\S/)
  const { tables, views, sequences, enums } = await introspected(database)
  equal(
    [tables, views, sequences, enums].flatMap((part) => [...part.keys()]),
    [],
  )
}

/** Every kind of operation with its options: what the compiler makes of it is what the server does. */
export function operationTests(subject: Subject): readonly ConformanceTest[] {
  const { fragments } = subject
  const test = testOn(subject)
  const applies = ({ needs }: OperationCase): boolean => needs === undefined || needs(fragments) !== undefined
  return kinds.flatMap((kind) =>
    cases[kind].filter(applies).map((each) =>
      test(`${kind}: ${each.title}`, async (database) => {
        const outcome = caseOutcome(await dialectOf(database), kind, each, fragments)
        const why = outcome.why === undefined ? {} : { why: outcome.why }
        subject.onOutcome?.({ kind, title: each.title, outcome: cellText(outcome), ...why }, database)
        if (fragments.beforeTrigger !== undefined) await database.sql(fragments.beforeTrigger)
        const builds = [
          (op) => each.given?.(op, fragments),
          (op) => each.change(op, fragments),
        ] as const satisfies readonly Recorded[]
        const run: CaseRun = { database, fragments, kind, each, builds, outcome }
        await (outcome.what === 'unsupported' ? refuseCase(run) : runCase(run))
      }),
    ),
  )
}
