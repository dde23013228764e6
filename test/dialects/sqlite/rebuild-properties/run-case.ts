import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMigrateError, type Revision } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type Database from 'better-sqlite3'
import { migratorOf } from '../../../kit/migrator.ts'
import { build } from './build.ts'
import { exercise } from './exercise.ts'
import { exercisable, expectationOf } from './expect.ts'
import { caseOf } from './generate-case.ts'
import { generateChanges } from './generate-changes.ts'
import { type Finding, findings, type Spelling } from './oracle.ts'
import { record } from './record.ts'
import { snapshotText, takeSnapshot } from './snapshot.ts'
import type { CaseSpec, Change } from './spec.ts'

export interface CaseResult {
  readonly seed: number
  readonly features: ReadonlySet<string>
  readonly changes: readonly Change[]
  /** The table's pages are new ones: it was copied. */
  readonly rebuilt: boolean
  /** What is wrong, for people; absent where all is well. */
  readonly failure?: string
}

/** Files in memory where the system has such a folder: the promises are about contents, not about disks. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rebuild-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs one revision on a file. */
export type Migrate = (file: string, upgrade: Revision['upgrade']) => Promise<void>

/** Runs one revision on a file, the way a service would. */
export const migrate: Migrate = async (file, upgrade) => {
  const migrator = migratorOf(sqliteDialect({ url: `sqlite:${file}` }), [
    { revision: 'c0ffee000001', downRevision: null, upgrade },
  ])
  await migrator.upgrade('head')
}

/** The rootpage of a table is another one after it was copied, and only then. */
export function rootpage(db: Database.Database, table: string): number | undefined {
  return db.prepare(`SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?`).pluck().get(table) as
    | number
    | undefined
}

function story(spec: CaseSpec, changes: readonly Change[], what: string): string {
  const statements = [...spec.schema, ...spec.rows, ...spec.after].map((sql) => `${sql};`)
  return [...statements, '', ...changes.map((change) => JSON.stringify(change)), '', what].join('\n')
}

export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = isMigrateError(error) ? ` ${error.code} ${JSON.stringify(error.details)}` : ''
  const cause = error.cause === undefined ? '' : `\ncaused by ${errorText(error.cause)}`
  return `${error.message}${code}${cause}`
}

/** The same changes and one more that no row can pass: afterwards nothing may be different. */
async function failAtTheEnd(
  db: Database.Database,
  file: string,
  spec: CaseSpec,
  changes: readonly Change[],
  run: Migrate,
): Promise<string | undefined> {
  const impossible: Change = { kind: 'addCheck', expression: '1 = 0', column: '', name: 'impossible' }
  const all = [...changes, impossible]
  const before = snapshotText(takeSnapshot(db))
  try {
    await run(file, (op) => record(op, spec.table.name, all))
  } catch {
    const after = snapshotText(takeSnapshot(db))
    return after === before ? undefined : story(spec, all, `a failed rebuild left\n${after}\ninstead of\n${before}`)
  }
  return story(spec, all, 'a CHECK that is never true was added to rows without an error')
}

/** How a case is run where it is not run as usual. */
export interface CaseOptions {
  readonly run?: Migrate
  /** Whether an error is the answer to this case; nothing may be different then. */
  readonly isRefused?: (error: unknown) => boolean
  readonly spelled?: Spelling
}

/** One case from its seed: make a database, change it through the migrator, and look at what became of it. */
export async function runCase(
  seed: number,
  file: string,
  { run = migrate, isRefused = () => false, spelled }: CaseOptions = {},
): Promise<CaseResult> {
  const { spec, context } = caseOf(seed)
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true })
  const db = build(file, spec)
  try {
    const before = takeSnapshot(db)
    const table = spec.table.name
    const shot = before.tables.get(table)
    const changes = generateChanges(context, spec, {
      rows: shot?.rows.length ?? 0,
      hasNull: (column) => shot?.rows.some((row) => row.get(column) === 'NULL null') ?? false,
    })
    const result = { seed, features: spec.features, changes }
    const expected = expectationOf(db, before, table, changes)
    const columns = exercisable(before, expected).map((one) => one.before)
    if (shot !== undefined && shot.rows.length > 0 && context.random.chance(0.07)) {
      const failure = await failAtTheEnd(db, file, spec, changes, run)
      return { ...result, rebuilt: false, ...(failure === undefined ? {} : { failure }) }
    }
    const exercised = exercise(db, table, columns)
    const page = rootpage(db, table)
    const untouched = snapshotText(takeSnapshot(db))
    try {
      await run(file, (op) => record(op, table, changes))
    } catch (error) {
      if (isRefused(error) && snapshotText(takeSnapshot(db)) === untouched) return { ...result, rebuilt: false }
      return { ...result, rebuilt: false, failure: story(spec, changes, errorText(error)) }
    }
    const rebuilt = rootpage(db, expected.tableAfter) !== page
    const problems: readonly Finding[] = findings(db, before, exercised, expected, spelled)
    if (problems.length === 0) return { ...result, rebuilt }
    const text = db
      .prepare(`SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(expected.tableAfter)
    const lines = problems.slice(0, 6).map((one) => `[${one.check}] ${one.message}`)
    return { ...result, rebuilt, failure: story(spec, changes, [`after: ${text}`, ...lines].join('\n')) }
  } finally {
    db.close()
  }
}
