import type { CompiledGroup, CompiledOperation } from '../../compile/compile.ts'
import { textFor } from '../../data-steps/preserved/bases.ts'
import { destructionsOf } from '../../data-steps/preserved/destruction.ts'
import { followNames } from '../../data-steps/preserved/drops.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { someOf } from '../../errors/some-of.ts'
import { refText, tableKey } from '../../model/edit.ts'
import type { ColumnModel, TableRef } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import { operationsOf, type RecordedOperation } from '../../operations/recording.ts'
import { securityImpact } from '../../operations/security.ts'
import { partsOfSql } from '../../sql/split-statements.ts'
import type { ExecutableStep } from '../prepare.ts'

/** Rows get no value for it when it is added, and it takes no NULL. */
function refusesRows({ nullable, default: value, generated, identity }: ColumnModel): boolean {
  const isEmpty = value === undefined || (value.kind === 'literal' && value.value === null)
  return !nullable && isEmpty && generated === undefined && identity === undefined
}

/** A file of SQL has many statements that name no inverse: a line for each reason. */
function irreversibleNotes(due: readonly CompiledOperation[]): readonly string[] {
  const found = due.flatMap(({ inverse, describe }) =>
    'irreversible' in inverse ? [{ why: inverse.why, describe }] : [],
  )
  return [...new Set(found.map(({ why }) => why))].map((why) => {
    const [first, ...more] = found.filter((each) => each.why === why)
    const number = more.length === 0 ? '' : ` and ${more.length} more`
    return `no downgrade can be derived: ${first?.describe}${number}: ${why}`
  })
}

const mostNamed = 20

/** `column t.a`, or `columns t.a, t.b`: a step may drop many, and each would be a line of its own. */
function objectsText(kind: 'table' | 'column' | 'sequence', names: readonly string[]): string {
  return `${kind}${names.length === 1 ? '' : 's'} ${someOf(names, mostNamed)}`
}

/** What comes back empty. */
function emptyNotes(dialect: Dialect, due: readonly CompiledOperation[]): readonly string[] {
  const lost = due.flatMap(({ operation, inverse, before }) =>
    'irreversible' in inverse
      ? []
      : destructionsOf(dialect, before, operation).filter(({ how, preserve }) => how === 'dropped' && !preserve),
  )
  const note = (kind: 'table' | 'column' | 'sequence', names: readonly string[], what: string): readonly string[] =>
    names.length === 0
      ? []
      : [
          `the derived downgrade makes ${objectsText(kind, names)} again without ${names.length === 1 ? 'its' : 'their'} ${what}`,
        ]
  const columns = lost.flatMap(({ table, column }) => (column === undefined ? [] : [`${refText(table)}.${column}`]))
  const tables = lost.flatMap(({ table, column }) => (column === undefined ? [refText(table)] : []))
  // One that a column owns goes, and is preserved, with its column.
  const sequences = due.flatMap(({ operation, inverse }) =>
    operation.kind === 'dropSequence' && !('irreversible' in inverse) && inverse.length > 0
      ? [refText(operation.sequence)]
      : [],
  )
  return [
    ...note('column', columns, 'values'),
    ...note('table', tables, 'rows'),
    ...note(
      'sequence',
      sequences,
      sequences.length === 1 ? 'position: it begins again' : 'positions: they begin again',
    ),
  ]
}

/** What the inverse cannot do for the rows that the tables have then. */
function notesOf(dialect: Dialect, { operation, inverse, before, after }: CompiledOperation): string[] {
  if ('irreversible' in inverse) return []
  const notes: string[] = []
  for (const { how, table, column, what, preserve } of destructionsOf(dialect, before, operation)) {
    if (preserve || how !== 'converted') continue
    const object = column === undefined ? `table ${refText(table)}` : `column ${refText(table)}.${column}`
    const lost = what === undefined ? '' : ` (${what})`
    notes.push(`the derived downgrade does not restore what the values of ${object} lose${lost}`)
  }
  for (const back of inverse) {
    if (back.kind === 'addColumn' && refusesRows(back.column)) {
      const object = `column ${refText(back.table)}.${back.column.name}`
      notes.push(
        `the derived downgrade fails while ${refText(back.table)} has rows: ${object} is NOT NULL without a default; set \`preserve: true\` on the drop, or write a \`downgrade\` that fills it`,
      )
    }
    if (back.kind === 'addConstraint' && back.constraint.kind === 'foreignKey' && operation.kind === 'dropTable') {
      if (operation.preserve) continue
      const [child, parent] = [refText(back.table), refText(operation.table)]
      notes.push(
        `the derived downgrade fails while rows of ${child} refer to ${parent}, which comes back without its rows; set \`preserve: true\` on the drop, or write a \`downgrade\` that fills it`,
      )
    }
    if (back.kind !== 'alterColumn' || operation.kind !== 'alterColumn') continue
    try {
      dialect.compiler.table.alterColumn({ operation: back, before: after, after: dialect.model.apply(after, back) })
    } catch (error) {
      if (!isMigrateError(error)) throw error
      notes.push(`the derived downgrade fails: ${error.message}`)
    }
  }
  return notes
}

/** Whether a downgrade of the file may write the column, or the whole table: by SQL, or by a data step that declares nothing else. */
function mayWrite(written: readonly RecordedOperation[], table: TableRef, column?: string): boolean {
  return written.some(({ operation }) => {
    if (operation.kind !== 'run') return operation.kind === 'sql'
    return (
      operation.to?.every(
        (target) =>
          tableKey(target.table) !== tableKey(table) ||
          (target.columns !== undefined && column !== undefined && !target.columns.includes(column)),
      ) !== true
    )
  })
}

/** What data steps without a downgrade declare to write (`to`), apart from what the revision itself adds. */
function unrestoredNotes(
  upgrade: readonly { readonly operation: Operation }[],
  written?: readonly RecordedOperation[],
): readonly string[] {
  const operations = operationsOf(upgrade)
  const names = followNames(operations)
  const derived = written === undefined ? 'derived ' : ''
  return operations.flatMap((operation) => {
    if (operation.kind !== 'run' || operation.direction === 'down' || operation.down !== 'none') return []
    return (operation.to ?? []).flatMap(({ table, columns }) => {
      const before = names.table(tableKey(table))
      if (before === undefined) return []
      const isWritten = (column?: string): boolean => written !== undefined && mayWrite(written, table, column)
      const left = columns?.filter((column) => names.column(before, column) !== undefined && !isWritten(column))
      if (left === undefined ? isWritten() : left.length === 0) return []
      const object =
        left === undefined
          ? objectsText('table', [refText(table)])
          : objectsText(
              'column',
              left.map((column) => `${refText(table)}.${column}`),
            )
      return [`the ${derived}downgrade does not take back what the data step "${operation.label}" writes to ${object}`]
    })
  })
}

/**
 * What a downgrade will not restore, and where it cannot run, reported before the upgrade runs; before the downgrade, what its operations
 * do not show. Pure.
 */
export function downgradeNotes(
  dialect: Dialect,
  { derivesDowngrade, writtenDowngrade, refusedDowngrade, operations, upgrade = [], route, undoes }: ExecutableStep,
  groups: readonly CompiledGroup[],
): readonly string[] {
  if (route.step.direction === 'down')
    return writtenDowngrade === undefined ? unrestoredNotes(undoes ?? []) : unrestoredNotes(upgrade, writtenDowngrade)
  if (refusedDowngrade !== undefined) return [`its downgrade is refused: ${refusedDowngrade}`]
  if (writtenDowngrade !== undefined) return unrestoredNotes(operations, writtenDowngrade)
  if (derivesDowngrade !== true) return []
  const due = groups.flatMap((group) => group.operations.filter((each) => each.skipped === undefined))
  const notes = due.flatMap((compiled) => notesOf(dialect, compiled))
  return [...irreversibleNotes(due), ...emptyNotes(dialect, due), ...notes, ...unrestoredNotes(operations)]
}

/** What the step opens or closes to roles. Pure. */
export function securityNotes(groups: readonly CompiledGroup[]): readonly string[] {
  return groups.flatMap((group) =>
    group.operations.flatMap(({ operation, skipped, describe, before }) => {
      const note = skipped === undefined ? securityImpact(before, operation) : undefined
      return note === undefined ? [] : [`${describe}: ${note}`]
    }),
  )
}

/** Rows that are counted because the author declares what the SQL amounts to. */
const countsRows = ({ kind }: Operation): boolean => kind === 'deleteRows' || kind === 'dropTable'

interface DestructivePattern {
  readonly verb: string
  readonly text: RegExp
  /** The effects that an author may declare name it. */
  readonly isDeclared: (effects: readonly Operation[]) => boolean
}

const destroying: readonly DestructivePattern[] = [
  { verb: 'drops', text: /\bDROP\b/i, isDeclared: () => true },
  {
    verb: 'deletes',
    // Not `ON DELETE CASCADE`, nor the event of a trigger or a policy.
    text: /\bTRUNCATE\b|(?<!\b(?:ON|FOR|BEFORE|AFTER|OF|OR)\s+)\bDELETE\b|\bREPLACE\s+INTO\b|^\s*REPLACE\b/im,
    isDeclared: (effects) => effects.some(countsRows),
  },
  {
    verb: 'converts',
    text: /\bALTER\s+(?:COLUMN\s+)?(?:"[^"]*"|[^\s"]+)\s+(?:SET\s+DATA\s+)?TYPE\b|\bALTER\s+TABLE\b[^;]*\b(?:MODIFY|CHANGE)\b/i,
    isDeclared: () => true,
  },
]

/** The body of a function is no statement of the step. */
const makesProgram = /^(?:\s|--.*\n|\/\*[\s\S]*?\*\/)*CREATE\s[^(]*?\b(?:FUNCTION|PROCEDURE|TRIGGER|EVENT)\b/i

const hasStatement = ({ sql: { grammar } }: Dialect, text: string, pattern: RegExp): boolean =>
  pattern.test(text) &&
  partsOfSql(text, grammar).some(({ statements }) =>
    statements.some((each) => pattern.test(each.text) && !makesProgram.test(each.text)),
  )

/** Only its text tells what SQL of the author destroys: nothing of it is counted, and `preserve` does not reach it. */
export function opaqueNotes(dialect: Dialect, operations: readonly RecordedOperation[]): readonly string[] {
  const statements = operations.flatMap(({ operation }) =>
    operation.kind === 'sql' ? [{ text: textFor(operation.text, dialect), effects: operation.effects }] : [],
  )
  return destroying.flatMap(({ verb, text: pattern, isDeclared }) =>
    statements.some(
      ({ text, effects }) => (effects === undefined || !isDeclared(effects)) && hasStatement(dialect, text, pattern),
    )
      ? [`what its SQL ${verb} is neither counted nor preserved`]
      : [],
  )
}
