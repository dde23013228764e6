import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BodyChange,
  type Change,
  type Comparison,
  compare as compareSchemas,
  creationsOf,
  type FillAnswer,
  renderBody,
} from '@org/migrate-autogenerate'
import { createMigrator, type DeclaredSchema, isMigrateError, type Migrator } from '@org/migrate-core'
import { type Dialect, type SchemaModel, tableKey } from '@org/migrate-core/dialect'
import { wholeSchema } from '@org/migrate-core/internal'
import { graph, revisionText } from '@org/migrate-core/node'
import { differsFromBefore } from '../../../../packages/conformance/src/compare.ts'
import { dialectOf, introspected } from '../../../../packages/conformance/src/database.ts'
import type { Subject, SubjectDatabase } from '../../../../packages/conformance/src/subject.ts'
import { create } from '../../materialise/kit.ts'
import { withoutGeneratedNames } from './generated-names.ts'
import { answersFor, counterpart, type Pair } from './pair.ts'
import { emptyTables, type Filled, fillTables, type Rows, readRows, type Spelling, valueFor } from './rows.ts'
import { lostRows, tablePairs } from './unchanged.ts'

export interface PairSubject extends Pick<Subject, 'fragments' | 'transactional' | 'random' | 'open'> {
  readonly name: string
  readonly flavour: Spelling['flavour']
}

/** What became of a pair. */
export interface Outcome {
  /** In what the promise is not kept, a line each. */
  readonly problems: readonly string[]
  readonly changes: readonly Change[]
  readonly filled: Filled
  /** How the downgrade was had: derived from what had run, from the file, or not at all where only an author knows it. */
  readonly back: 'derived' | 'written' | 'gap' | 'none'
  /** What the server or a check had against the rows on the way, or the dialect against the change. */
  readonly refusals: readonly string[]
}

export interface RunOptions {
  /** An empty folder in which files can import the packages. */
  readonly folder: string
  readonly seed: number
  /** Puts a defect into the changes. */
  readonly process?: (changes: readonly Change[]) => readonly Change[]
}

interface Run {
  readonly subject: PairSubject
  readonly pair: Pair
  readonly database: SubjectDatabase
  readonly dialect: Dialect
  readonly spelling: Spelling
  readonly options: RunOptions
  readonly problems: string[]
  readonly refusals: string[]
}

const at = new Date('2026-11-20T23:05:09.900Z')

function write(
  { options: { folder } }: Run,
  name: string,
  parents: readonly string[],
  body: ReturnType<typeof renderBody>,
) {
  const draft = { revision: name, parents, dependsOn: [], branchLabels: [], message: name, at }
  writeFileSync(join(folder, `${name}.ts`), revisionText(draft, { body }))
}

const migratorOf = ({ database, options }: Run): Migrator =>
  createMigrator({ dialect: database.dialect, tiers: [graph(options.folder)] })

const circlesOf = ({ capabilities }: Dialect) => (capabilities.lateReferences ? ({ circles: 'inline' } as const) : {})

/** The first revision, which makes the one side. */
async function stand(run: Run): Promise<void> {
  const { dialect, pair } = run
  const changes = creationsOf(pair.from, circlesOf(dialect)).map(
    (operation): BodyChange => ({ kind: 'operation', operation }),
  )
  mkdirSync(run.options.folder, { recursive: true })
  write(run, 'r1', [], renderBody({ upgrade: new Map([[dialect.name, changes]]) }))
  await migratorOf(run).upgrade()
}

/** What its author says that rows get which have no value, or one that is no more. */
function fillFor({ pair, spelling }: Run): FillAnswer {
  return ({ table, column }) => {
    const values = pair.to.enums.get(tableKey(table))?.values
    if (column === '') return values && valueFor(0, { kind: 'enum', values }, { kind: 'enum', values }, spelling)
    const now = pair.to.tables.get(tableKey(table))
    // In the downgrade a column of the first side has no values any more.
    const before = [...pair.from.tables.values()].find((one) => counterpart(pair, one) === now && now !== undefined)
    const both = [now, before].flatMap((one) => one?.columns.find(({ name }) => name === column) ?? [])
    // A computed column gets no values: it is the other side's that needs some.
    const type = both.find(({ generated }) => generated === undefined)?.type
    return type && valueFor(0, type, type, spelling)
  }
}

function compare(run: Run, from: 'database' | 'replay' = 'database', isFirst = false): Promise<Comparison> {
  const { pair, subject, options } = run
  const declared: DeclaredSchema = wholeSchema(pair.to)
  const { process } = options
  return compareSchemas(migratorOf(run), declared, {
    from,
    // All schemas of this database are the pair's, but the one that every database of PostgreSQL comes with.
    ...(subject.random.schemas
      ? { include: ['*', { kind: 'schema' as const }], exclude: [{ kind: 'schema' as const, name: 'public' }] }
      : {}),
    answers: isFirst ? answersFor(pair) : { none: true },
    fill: fillFor(run),
    ...(isFirst && process !== undefined ? { process } : {}),
  })
}

const linesOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = isMigrateError(error) ? `${error.code} ` : ''
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message) ? ` (${error.cause.message})` : ''
  return `${code}${error.message}${cause}`.replaceAll('\n', ' ')
}

/** Values that the server cannot turn into another type: what it says of them. */
const unconvertible =
  /invalid input syntax|invalid input value|out of range|overflow|value too long|invalid (?:byte|hexadecimal)|cannot be cast|Incorrect \w+ value|Data truncated|Data too long|Out of range|Truncated incorrect|Invalid (?:JSON|default)|Cannot create a JSON value|CONSTRAINT .* failed for|cannot store|datatype mismatch|is of type|ERROR 4025/i

function retypes(changes: readonly Change[]): boolean {
  return changes.some(
    (change) =>
      change.kind === 'operation' &&
      change.operation.kind === 'alterColumn' &&
      change.operation.change.type !== undefined,
  )
}

/** Rows that refer to what is gone, that have the one value in common that an author gave for those that are gone, or one that a check refuses. */
const orphaned =
  /violates foreign key|a foreign key constraint fails|could not create unique index|Duplicate entry|(?:UNIQUE|CHECK) constraint failed|check constraint .* is violated|CONSTRAINT .* failed for/i

/** Whether rows are no more what they were: values are gone, those that had none have got the same, or an expression made one of several. */
const loses = (changes: readonly Change[]): boolean =>
  changes.some(
    (change) =>
      change.kind === 'fill' ||
      (change.kind === 'operation' &&
        (change.loses !== undefined ||
          (change.operation.kind === 'alterColumn' && change.operation.using !== undefined))),
  )

/** Whether the rows are the reason, and one that was to be expected of these changes. */
function isOfRows(error: unknown, changes: readonly Change[], isBack: boolean): boolean {
  if (isMigrateError(error, 'BLOCKING_ROWS')) return true
  // SQLite looks at all foreign keys at the end.
  if (isMigrateError(error, 'FOREIGN_KEY_VIOLATION')) return isBack && loses(changes)
  if (!isMigrateError(error, 'STATEMENT_FAILED')) return false
  return (
    (retypes(changes) && unconvertible.test(linesOf(error))) ||
    // Which rows exclude each other only the index of the constraint knows: nothing looks before it.
    /could not create exclusion constraint/.test(linesOf(error)) ||
    // What a drop has lost does not come back: nothing looks at the rows before a downgrade that is derived.
    (isBack && loses(changes) && orphaned.test(linesOf(error)))
  )
}

/** A value that an enum of PostgreSQL gets can only be used once it is committed: such a revision is several transactions. */
const addsValues = (changes: readonly BodyChange[]): boolean =>
  changes.some(
    (change) =>
      change.kind === 'operation' && change.operation.kind === 'alterEnum' && change.operation.add !== undefined,
  )

interface Snapshot {
  readonly schema: SchemaModel
  readonly rows: ReadonlyMap<string, Rows>
}

async function takeSnapshot(run: Run, model: SchemaModel): Promise<Snapshot> {
  return {
    schema: await introspected(run.database),
    rows: await readRows(run.database, model.tables.values(), run.spelling),
  }
}

const everyTable = (model: SchemaModel) =>
  [...model.tables.values()].map((before) => ({
    before,
    after: before,
    columns: before.columns.map(({ name }) => ({ before: name, after: name })),
  }))

/** Whether everything is as it was: nothing of a revision that was refused is there. */
async function unchangedSince(run: Run, before: Snapshot, model: SchemaModel): Promise<readonly string[]> {
  const schema = await introspected(run.database)
  const lines = differsFromBefore(run.dialect, before.schema, schema)
  if (lines.length > 0) return lines
  return lostRows(everyTable(model), before.rows, await readRows(run.database, model.tables.values(), run.spelling))
}

/** The checks that stand before everything else have changed nothing wherever they fail. */
function isBeforeAll(error: unknown, changes: readonly BodyChange[]): boolean {
  if (!isMigrateError(error, 'BLOCKING_ROWS')) return false
  const isCheck = (change: BodyChange) => change.kind === 'operation' && change.operation.kind === 'expectNone'
  const first = changes.findIndex((change) => !isCheck(change))
  const index = changes.findIndex(
    (change) =>
      change.kind === 'operation' &&
      change.operation.kind === 'expectNone' &&
      change.operation.what === error.details.check,
  )
  return index !== -1 && (first === -1 || index < first)
}

interface Going {
  readonly before: Snapshot
  readonly model: SchemaModel
  readonly changes: readonly BodyChange[]
  readonly isBack: boolean
}

/**
 * Runs what may stumble over rows. Where it does, nothing has changed (on a server whose DDL commits: if the check stands before it),
 * and it goes through once the rows are gone. Gives whether the rows are there still.
 */
async function go(run: Run, { before, model, changes, isBack }: Going, step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step()
    return true
  } catch (error) {
    const complete = changes.filter((change): change is Change => change.kind !== 'gap')
    if (!isOfRows(error, complete, isBack)) throw error
    run.refusals.push(`rows: ${linesOf(error)}`)
    if ((run.subject.transactional && !addsValues(changes)) || isBeforeAll(error, changes)) {
      run.problems.push(...(await unchangedSince(run, before, model)).map((line) => `refused, and yet: ${line}`))
    }
    await emptyTables(run.database, (await introspected(run.database)).tables.values(), run.spelling)
    await step()
    return false
  }
}

/** The same schema in a database of its own, made without any comparison. */
async function createDirectly({ subject, pair, dialect }: Run): Promise<SchemaModel> {
  const database = await subject.open()
  try {
    if (subject.fragments.beforeTrigger !== undefined) await database.sql(subject.fragments.beforeTrigger)
    await create(database.dialect, creationsOf(pair.to, circlesOf(dialect)))
    return await introspected(database)
  } finally {
    await database.close()
  }
}

async function inspectResult(run: Run): Promise<void> {
  const { pair, dialect, problems } = run
  const now = await introspected(run.database)
  const direct = await createDirectly(run)
  const [expected, actual] = [direct, now].map((model) => withoutGeneratedNames(model, pair.to)) as [
    SchemaModel,
    SchemaModel,
  ]
  problems.push(...differsFromBefore(dialect, expected, actual).map((line) => `not as if made directly: ${line}`))
  for (const from of ['database', 'replay'] as const) {
    const { changes } = await compare(run, from)
    problems.push(
      ...changes.map(({ describe, statements }) => `again (${from}): ${describe} [${statements.join('; ')}]`),
    )
  }
}

async function goBack(run: Run, before: Snapshot, comparison: Comparison, hasRows: boolean): Promise<Outcome['back']> {
  const { pair, dialect, problems } = run
  const { downgrade: back, changes } = comparison
  const isOpen = back.changes.some(
    (change) => change.kind === 'gap' || (change.kind === 'fill' && change.value === undefined),
  )
  if (isOpen) {
    const refused = await migratorOf(run)
      .downgrade('-1')
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    if (!isMigrateError(refused, 'REVISION_INCOMPLETE'))
      problems.push(`a downgrade with something to fill in: ${refused === undefined ? 'it ran' : linesOf(refused)}`)
    return 'gap'
  }
  const above = await takeSnapshot(run, pair.to)
  const allChanges = [...changes.map(({ change }) => change), ...back.changes]
  const going = { before: above, model: pair.to, changes: allChanges, isBack: true }
  const rowsRemain = await go(run, going, async () => {
    try {
      await migratorOf(run).downgrade('-1')
    } catch (error) {
      if (!isMigrateError(error, 'DATA_LOSS')) throw error
      run.refusals.push(`loss: ${linesOf(error)}`)
      await migratorOf(run).downgrade('-1', { allowDataLoss: true })
    }
  })
  const now = await takeSnapshot(run, pair.from)
  problems.push(...differsFromBefore(dialect, before.schema, now.schema).map((line) => `not as before: ${line}`))
  if (rowsRemain && hasRows) {
    const turned = {
      ...pair,
      from: pair.to,
      to: pair.from,
      renames: pair.renames.map(({ kind, of, from, to }) => ({ kind, of, from: to, to: from })),
    }
    problems.push(
      ...lostRows(tablePairs(turned), above.rows, now.rows).map((line) => `rows, in the downgrade: ${line}`),
    )
  }
  return back.isDerived ? 'derived' : 'written'
}

async function through(run: Run): Promise<Pick<Outcome, 'changes' | 'filled' | 'back'>> {
  const { pair, dialect, database, spelling, problems, options } = run
  await stand(run)
  const filled = await fillTables(database, pair, spelling, options.seed)
  const before = await takeSnapshot(run, pair.from)
  let comparison: Comparison
  try {
    comparison = await compare(run, 'database', true)
  } catch (error) {
    if (!isMigrateError(error, 'UNSUPPORTED')) throw error
    run.refusals.push(`unsupported: ${linesOf(error)}`)
    problems.push(...(await unchangedSince(run, before, pair.from)).map((line) => `refused, and yet: ${line}`))
    return { changes: [], filled, back: 'none' }
  }
  const changes = comparison.changes.map(({ change }) => change)
  const { unanswered: open, downgrade: back } = comparison
  if (open.length > 0) problems.push(`not answered: ${JSON.stringify(open)}`)
  if (changes.length > 0) {
    const written = new Map([[dialect.name, back.changes]])
    const body = renderBody({
      upgrade: new Map([[dialect.name, changes]]),
      ...(back.isDerived ? {} : { downgrade: written }),
    })
    write(run, 'r2', ['r1'], body)
    const going = { before, model: pair.from, changes, isBack: false }
    const rowsRemain = await go(run, going, () => migratorOf(run).upgrade())
    await inspectResult(run)
    if (rowsRemain) {
      const rows = await readRows(database, pair.to.tables.values(), spelling)
      problems.push(...lostRows(tablePairs(pair), before.rows, rows).map((line) => `rows: ${line}`))
    }
    return { changes, filled, back: await goBack(run, before, comparison, rowsRemain) }
  }
  await inspectResult(run)
  return { changes, filled, back: 'none' }
}

/**
 * Brings a database with rows that stands at one side of the pair to the other, by the file that is generated for it, looks whether it
 * is there by the comparison and without it, and goes back. The errors that no rule here expects are problems.
 */
export async function runPair(subject: PairSubject, pair: Pair, options: RunOptions): Promise<Outcome> {
  const database = await subject.open()
  const { fragments, flavour } = subject
  const problems: string[] = []
  const refusals: string[] = []
  try {
    if (fragments.beforeTrigger !== undefined) await database.sql(fragments.beforeTrigger)
    const dialect = await dialectOf(database)
    const run: Run = { subject, pair, database, dialect, spelling: { fragments, flavour }, options, problems, refusals }
    return { ...(await through(run)), problems, refusals }
  } catch (error) {
    problems.push(
      `${linesOf(error)}${process.env.TEST_CASE === undefined ? '' : ` ${error instanceof Error ? error.stack : ''}`}`,
    )
    return { problems, changes: [], filled: { tables: 0, withRows: 0, refused: [] }, back: 'none', refusals }
  } finally {
    await database.close()
  }
}
