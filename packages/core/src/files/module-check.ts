import { MigrateError } from '../errors/migrate-error.ts'
import { isRecord, listOf } from '../errors/option-check.ts'
import type { RevisionModule, TestRows } from '../graph/revision.ts'
import type { HeaderName, ScannedHeader } from './header-check.ts'

export type Exports = Readonly<Record<string, unknown>>
type Recorder = RevisionModule['upgrade']

function invalid(file: string, why: string, remedy?: string): MigrateError {
  return new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}`, { remedy })
}

function recorder(exports: Exports, name: string, file: string): Recorder | undefined {
  const value = exports[name]
  if (value === undefined || typeof value === 'function') return value as Recorder | undefined
  throw invalid(file, `\`${name}\` is exported but is not a function`)
}

function required(exports: Exports, name: string, file: string, remedy?: string): Recorder {
  const value = recorder(exports, name, file)
  if (value === undefined) throw invalid(file, `it exports no function \`${name}\``, remedy)
  return value
}

/** `null`, one string and an array of one say the same. */
function listed(value: unknown): string {
  if (value === undefined || value === null) return '[]'
  return JSON.stringify(typeof value === 'string' ? [value] : value)
}

/** Throws HEADER_INVALID, REVISION_FILE_INVALID. */
export function checkedRevision(exports: Exports, scanned: ScannedHeader, file: string): RevisionModule {
  const pairs: readonly (readonly [HeaderName, string, unknown])[] = [
    ['revision', JSON.stringify(scanned.revision), JSON.stringify(exports.revision)],
    ['downRevision', listed(scanned.parents), listed(exports.downRevision)],
    ['branchLabels', listed(scanned.branchLabels), listed(exports.branchLabels)],
    ['dependsOn', listed(scanned.dependsOn), listed(exports.dependsOn)],
    ['compatibleWith', listed(scanned.compatibleWith), listed(exports.compatibleWith)],
    ['replaces', listed(scanned.replaces), listed(exports.replaces)],
  ]
  for (const [name, text, value] of pairs) {
    if (text === value) continue
    const exported = value === undefined ? 'nothing' : String(value)
    throw new MigrateError(
      'HEADER_INVALID',
      { file, name, why: 'mismatch', scanned: text, exported },
      `${file}: the text says that \`${name}\` is ${text}, but the module exports ${exported}`,
    )
  }
  return checkedFunctions(exports, file)
}

const headerNames: ReadonlyMap<string, HeaderName> = new Map(
  (['downRevision', 'branchLabels', 'dependsOn', 'compatibleWith'] as const).map((name) => [bare(name), name]),
)

/** As the names of Alembic and the singular read alike. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll('_', '').replace(/s$/, '')
}

/** A fact under another name would be passed over, and the graph be another one. */
function refuseOtherNames(exports: Exports, file: string): void {
  for (const name of Object.keys(exports)) {
    const meant = headerNames.get(bare(name))
    if (meant === undefined || meant === name) continue
    throw new MigrateError(
      'HEADER_INVALID',
      { file, name, why: 'unknown-name' },
      `${file}: \`${name}\` is no fact of a revision; did you mean \`${meant}\`?`,
      { remedy: `Call it \`${meant}\`.` },
    )
  }
}

/** The functions of a revision, from a file or a value. Throws HEADER_INVALID, REVISION_FILE_INVALID. */
export function checkedFunctions(exports: Exports, file: string): RevisionModule {
  refuseOtherNames(exports, file)
  const downgrade = recorder(exports, 'downgrade', file)
  const remedy = typeof exports.up === 'string' ? sqlRemedy : undefined
  return {
    upgrade: required(exports, 'upgrade', file, remedy),
    ...(downgrade === undefined ? {} : { downgrade }),
    ...testRowsOf(exports, file),
  }
}

/** Throws REVISION_FILE_INVALID. */
function testRowsOf({ testRows }: Exports, file: string): Pick<RevisionModule, 'testRows'> {
  if (testRows === undefined) return {}
  const isSection = (value: unknown): boolean =>
    isRecord(value) === undefined &&
    Object.values(value as object).every((rows) => listOf(isRecord)(rows) === undefined)
  const sections = isRecord(testRows) === undefined ? Object.entries(testRows as object) : undefined
  const isValid = sections?.every(([name, rows]) => ['before', 'after'].includes(name) && isSection(rows))
  if (isValid !== true) throw invalid(file, '`testRows` is not `{ before, after }` with lists of rows by table')
  return { testRows: testRows as TestRows }
}

export const sqlRemedy = 'Make a revision in SQL with `sqlRevision({ … })`.'

/** Throws REVISION_FILE_INVALID. */
export function checkedSequential(exports: Exports, file: string): RevisionModule {
  const remedy = 'Export `migrate(op)` and, where needed, `rollback(op)` from the file.'
  const downgrade = recorder(exports, 'rollback', file)
  return {
    upgrade: required(exports, 'migrate', file, remedy),
    ...(downgrade === undefined ? {} : { downgrade }),
    ...testRowsOf(exports, file),
  }
}
