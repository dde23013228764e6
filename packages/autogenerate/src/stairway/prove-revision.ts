import { isMigrateError, type TableRows } from '@org/migrate-core'
import { nameOfKey, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { announcedBy, type RunStep, type StairwayDatabase } from './database.ts'
import { fillExpected } from './fill-expected.ts'
import { type Counter, generateRows } from './generate.ts'
import { insertTestRows, messageOf } from './insert.ts'
import type { WalkedRevision } from './route.ts'
import { changedTables, removedFrom, rowChanges, type Snapshot, schemaChanges } from './snapshot.ts'
import type { RevisionTest, StairwayFinding, StairwayFindingKind, StairwayStep, UnfilledTable } from './types.ts'

const nextOf: { readonly [K in StairwayFindingKind]: string } = {
  'upgrade failed':
    'Correct the upgrade: an empty database with test rows does not take it. Where it needs other rows, export them as `testRows`.',
  'downgrade failed':
    'Correct the downgrade. Where it is derived, give its operations what they need for rows that came after the upgrade, or write one.',
  'second upgrade failed': 'Let the downgrade take back everything that the upgrade makes.',
  'schema after downgrade': 'Correct the downgrade: it has to leave the schema that was there before the upgrade.',
  'schema after second upgrade':
    'Let the upgrade make the same schema each time, and the downgrade take back all of it.',
  'rows after downgrade':
    'Preserve what the upgrade changes (`preserve: true`, `db.preserve`), or write a downgrade that restores it.',
  'rows after second upgrade':
    'Let the data steps give the same rows each time, and the downgrade restore what they read.',
  'sequence behind its rows':
    'Move the sequence in the revision that inserts rows with numbers of their own: setval().',
  'test rows refused': 'Correct the test rows of the revision.',
}

interface RevisionNotes {
  readonly findings: StairwayFinding[]
  readonly steps: StairwayStep[]
  readonly unfilled: UnfilledTable[]
}

type Proof = Pick<RevisionTest, 'outcome' | 'losses'>

const find = (kind: StairwayFindingKind, what: string, differences: readonly string[] = []): StairwayFinding => ({
  kind,
  what,
  next: nextOf[kind],
  differences,
})

async function addTestRows(
  database: StairwayDatabase,
  { revision }: WalkedRevision,
  rows: TableRows | undefined,
): Promise<readonly StairwayFinding[]> {
  if (rows === undefined) return []
  const { schema } = await database.read()
  const refused = await insertTestRows({ ...database, schema }, rows)
  return refused.length === 0 ? [] : [find('test rows refused', `The test rows of ${revision} are refused.`, refused)]
}

const rowsPerTable = 2

/** Every table without rows gets some. */
async function fillEmpty(database: StairwayDatabase, counter: Counter): Promise<readonly UnfilledTable[]> {
  const { schema, tables } = await database.read()
  const empty = [...tables.values()].flatMap(({ table, rows }) => (rows.length === 0 ? [table] : []))
  const { unfilled } = await generateRows({ ...database, schema }, empty, counter, {
    rows: rowsPerTable,
    end: 'commit',
  })
  return unfilled
}

/** Where a number that the server gives is taken already. */
async function behindSequences(
  database: StairwayDatabase,
  { schema }: Snapshot,
  tables: readonly TableModel[],
  counter: Counter,
  end: 'commit' | 'rollback',
): Promise<{
  readonly findings: readonly StairwayFinding[]
  readonly unfilled: readonly UnfilledTable[]
}> {
  const { behind, ...generated } = await generateRows({ ...database, schema }, tables, counter, {
    rows: rowsPerTable,
    end,
  })
  const findings = behind.map((table) =>
    find('sequence behind its rows', `The next row of ${table} gets a number that another row has.`),
  )
  return { ...generated, findings }
}

/** A lock on a table that the step creates blocks no other session. */
function withLocksOf({ locks, ...step }: StairwayStep, { schema }: Snapshot): StairwayStep {
  if (locks === undefined) return step
  const existing = new Set([...schema.tables.values()].map(({ ref }) => ref.name))
  return { ...step, locks: locks.filter(({ table }) => existing.has(table)) }
}

interface Attempt {
  readonly kind: StairwayFindingKind
  /** For people. */
  readonly subject: string
  readonly before: Snapshot
  run(): Promise<RunStep>
}

/** Runs a step; what it throws is a finding. An abort is no finding. */
async function attempt(notes: RevisionNotes, { kind, subject, before, run }: Attempt): Promise<RunStep | undefined> {
  try {
    const result = await run()
    notes.steps.push(withLocksOf(result.step, before))
    return result
  } catch (error) {
    if (!isMigrateError(error) || error.code === 'ABORTED' || error.code === 'IRREVERSIBLE') throw error
    notes.findings.push(
      find(kind, `${subject} fails (${error.code}): ${messageOf(error)}`, error.message.split('\n').slice(1)),
    )
    return undefined
  }
}

function compare(
  notes: RevisionNotes,
  when: 'downgrade' | 'second upgrade',
  [expected, actual]: readonly [Snapshot, Snapshot],
  announced: ReadonlySet<string>,
): void {
  const than = when === 'downgrade' ? 'before the upgrade' : 'after the first upgrade'
  const schema = schemaChanges(expected, actual)
  if (schema.length > 0) {
    notes.findings.push(
      find(`schema after ${when}`, `After the ${when} the schema is not what it was ${than}.`, schema),
    )
  }
  const rows = rowChanges(expected, actual, announced)
  if (rows.length > 0) {
    notes.findings.push(find(`rows after ${when}`, `After the ${when} the rows are not what they were ${than}.`, rows))
  }
}

/** Where the revision expects that a job has filled a column, and no job has, the column is filled: then it goes up. */
async function climbFirst(
  database: StairwayDatabase,
  walked: WalkedRevision,
  counter: Counter,
  notes: RevisionNotes,
): Promise<{ readonly up: RunStep | undefined; readonly below: Snapshot }> {
  const subject = `The upgrade of ${walked.revision}`
  const upFrom = async (findings: StairwayFinding[]): ReturnType<typeof climbFirst> => {
    const below = await database.read()
    const run = (): Promise<RunStep> => database.up(walked)
    return { up: await attempt({ ...notes, findings }, { kind: 'upgrade failed', subject, before: below, run }), below }
  }
  const first: StairwayFinding[] = []
  const result = await upFrom(first)
  if (result.up === undefined && (await fillExpected(database, walked, result.below, counter)))
    return upFrom(notes.findings)
  notes.findings.push(...first)
  return result
}

/** Up, down, up; then rows are written as a program would, and down and up once more. Stops at the first step with a finding. */
async function climb(
  database: StairwayDatabase,
  walked: WalkedRevision,
  counter: Counter,
  notes: RevisionNotes,
): Promise<Proof> {
  const { revision, testRows } = walked
  const failed: Proof = { outcome: 'tested', losses: [] }
  notes.findings.push(...(await addTestRows(database, walked, testRows.before)))
  notes.unfilled.push(...(await fillEmpty(database, counter)))
  const { up, below } = await climbFirst(database, walked, counter, notes)
  if (up === undefined) return failed
  const above = await database.read()
  // Before anything takes a number: a sequence keeps those that a transaction took and rolled back.
  const changed = changedTables(below, above)
  notes.findings.push(...(await behindSequences(database, above, changed, counter, 'rollback')).findings)
  let down: RunStep | undefined
  try {
    down = await attempt(notes, {
      kind: 'downgrade failed',
      subject: `The downgrade of ${revision}`,
      before: above,
      run: () => database.down(walked),
    })
  } catch (error) {
    if (!isMigrateError(error, 'IRREVERSIBLE')) throw error
    await writeRowsAfter(database, walked, counter, notes, [below, above])
    return { outcome: 'no downgrade', losses: [] }
  }
  if (down === undefined) return failed
  const announced = announcedBy(up, down)
  const reverted = await database.read()
  compare(notes, 'downgrade', [below, reverted], announced)
  const touched = changedTables(above, reverted)
  notes.findings.push(...(await behindSequences(database, reverted, touched, counter, 'rollback')).findings)
  const second = await attempt(notes, {
    kind: 'second upgrade failed',
    subject: `The second upgrade of ${revision}`,
    before: reverted,
    run: () => database.up(walked),
  })
  if (second === undefined) return { ...failed, losses: down.losses }
  const restored = await database.read()
  compare(notes, 'second upgrade', [above, restored], announced)
  await writeRowsAfter(database, walked, counter, notes, [below, restored])
  if (notes.findings.length > 0) return { ...failed, losses: down.losses }
  return climbWithNewRows(database, walked, notes, up)
}

/** As a program writes them on what the upgrade made: those of the author, and generated ones in the other tables that it changed. */
async function writeRowsAfter(
  database: StairwayDatabase,
  walked: WalkedRevision,
  counter: Counter,
  notes: RevisionNotes,
  [below, above]: readonly [Snapshot, Snapshot],
): Promise<void> {
  const { after } = walked.testRows
  notes.findings.push(...(await addTestRows(database, walked, after)))
  const given = new Set(Object.keys(after ?? {}))
  const due = changedTables(below, above).filter(({ ref }) => !given.has(nameOfKey(tableKey(ref))))
  const written = await behindSequences(database, above, due, counter, 'commit')
  notes.findings.push(...written.findings)
  notes.unfilled.push(...written.unfilled)
}

/** What a program has written since the upgrade goes down and comes back. */
async function climbWithNewRows(
  database: StairwayDatabase,
  walked: WalkedRevision,
  notes: RevisionNotes,
  up: RunStep,
): Promise<Proof> {
  const above = await database.read()
  const subject = (step: string): string => `The ${step} of ${walked.revision}, with rows that were written after it,`
  const down = await attempt(notes, {
    kind: 'downgrade failed',
    subject: subject('downgrade'),
    before: above,
    run: () => database.down(walked),
  })
  if (down === undefined) return { outcome: 'tested', losses: [] }
  const reverted = await database.read()
  const second = await attempt(notes, {
    kind: 'second upgrade failed',
    subject: subject('second upgrade'),
    before: reverted,
    run: () => database.up(walked),
  })
  // A plan says of SQL that what it drops is not preserved, and the author has written what that is. What other operations drop, it tells.
  const reported = new Set(down.losses.map(({ object }) => object))
  const dropped = down.hasOpaqueSql ? removedFrom(above, reverted).filter((object) => !reported.has(object)) : []
  const losses = [
    ...down.losses,
    ...dropped.map((object) => ({ object, how: 'dropped', preserved: false, uncounted: true }) as const),
  ]
  if (second !== undefined)
    compare(notes, 'second upgrade', [above, await database.read()], announcedBy(up, { ...down, losses }))
  return { outcome: 'tested', losses }
}

/** Tests one revision where everything below it is applied. */
export async function proveRevision(
  database: StairwayDatabase,
  walked: WalkedRevision,
  counter: Counter,
): Promise<RevisionTest> {
  const notes: RevisionNotes = { findings: [], steps: [], unfilled: [] }
  const proof = await climb(database, walked, counter, notes)
  const { tables } = await database.read()
  const filled = new Set([...tables].flatMap(([key, { rows }]) => (rows.length > 0 ? [nameOfKey(key)] : [])))
  const { tier, revision, message, source } = walked
  const unfilled = [...new Map(notes.unfilled.map((each) => [each.table, each])).values()]
  return {
    tier,
    revision,
    message,
    source,
    ...proof,
    findings: notes.findings,
    unfilled: unfilled.filter(({ table }) => !filled.has(table)),
    steps: notes.steps,
  }
}

/** Brings a revision that is not tested, with its rows. */
export async function climbPast(database: StairwayDatabase, walked: WalkedRevision): Promise<void> {
  const { testRows } = walked
  await addTestRows(database, walked, testRows.before)
  await database.up(walked)
  await addTestRows(database, walked, testRows.after)
}
