import { directionOf } from '../../../bookkeeping/history.ts'
import { parseResolvedOperations } from '../../../bookkeeping/resolved-operations.ts'
import { textCell } from '../../../bookkeeping/store.ts'
import { withEffects } from '../../../compile/named-tables.ts'
import { selectRows } from '../../../compile/own-rows.ts'
import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { refOfKey, tableKey } from '../../../model/edit.ts'
import { renamedTable } from '../../../operations/object-moves.ts'
import type { Operation } from '../../../operations/operation.ts'
import type { PreservedValue } from '../preserved-value.ts'
import { followed } from '../upgrade.ts'

/** A step that the history has, with what ran after it. */
interface RecordedRun {
  readonly tier: string
  readonly isUp: boolean
  readonly startedAt: number
  readonly finishedAt: number
  readonly own: readonly Operation[]
  readonly later: readonly Operation[]
}

/** The names of a table and its columns in the present schema. */
interface PresentTable {
  readonly table: string
  /** Undefined: not known. */
  column(name: string): string | undefined
}

/** What decides over names; the rest of a history may be long. */
const isNaming = (operation: Operation): boolean =>
  renamedTable(operation) !== undefined ||
  operation.kind === 'renameColumn' ||
  operation.kind === 'createTable' ||
  operation.kind === 'addColumn'

/** The runs of one revision, oldest first. Throws BOOKKEEPING_INVALID. */
export async function runsOf(
  dialect: Dialect,
  session: Session,
  history: string,
  revision: string,
): Promise<readonly RecordedRun[]> {
  const { sql, params } = selectRows(dialect, history, '*', { orderBy: 'id', descending: true })
  const runs: RecordedRun[] = []
  let later: readonly Operation[] = []
  for (const row of await session.query(sql, params)) {
    const direction = directionOf(row, history)
    const isRun = ['up', 'down', 'push'].includes(direction)
    const operations = isRun ? (parseResolvedOperations(row, history) ?? []) : []
    const own = withEffects(operations.map(({ operation }) => operation)).filter(isNaming)
    if (textCell(row, 'revision', history) === revision && direction !== 'push') {
      const timeOf = (column: string): number => Date.parse(textCell(row, column, history))
      const times = { startedAt: timeOf('started_at'), finishedAt: timeOf('finished_at') }
      runs.unshift({ tier: textCell(row, 'tier', history), isUp: direction === 'up', ...times, own, later })
    }
    if (own.length > 0) later = [...own, ...later]
  }
  return runs
}

/** The run that preserved a value; undefined where it never came to its end. */
function runOf(runs: readonly RecordedRun[], { tier, preservedAt }: PreservedValue): RecordedRun | undefined {
  const time = Date.parse(preservedAt)
  const ofTier = runs.filter((run) => run.tier === tier && run.finishedAt >= time)
  // One host writes the times of a run. The rows of another one may be by another clock.
  return ofTier.find(({ startedAt }) => startedAt <= time) ?? ofTier[0]
}

/** The operations that a name has to follow, from each point of the run at which an object began to have it. */
function* starts(run: RecordedRun, creates: (operation: Operation) => boolean): Generator<readonly Operation[]> {
  yield [...run.own, ...run.later]
  // A downgrade preserves by the names from before its first operation.
  if (!run.isUp) return
  for (const [at, operation] of run.own.entries()) {
    if (creates(operation)) yield [...run.own.slice(at + 1), ...run.later]
  }
}

function only<T>(all: Iterable<T>): T | undefined {
  const different = new Set(all)
  return different.size === 1 ? [...different][0] : undefined
}

function tableAfter(run: RecordedRun, key: string): PresentTable | undefined {
  const ref = refOfKey(key)
  const creates = (operation: Operation): boolean => {
    const to = operation.kind === 'createTable' ? operation.table.ref : renamedTable(operation)?.to
    return to !== undefined && tableKey(to) === key
  }
  const table = only([...starts(run, creates)].map((operations) => tableKey(followed(operations, ref).ref)))
  if (table === undefined) return undefined
  const column = (name: string): string | undefined => {
    const createsColumn = (operation: Operation): boolean =>
      (operation.kind === 'addColumn' && operation.column.name === name) ||
      (operation.kind === 'renameColumn' && operation.to === name)
    return only([...starts(run, createsColumn)].map((operations) => followed(operations, ref).column(name)))
  }
  return { table, column }
}

function memoised<T>(compute: (key: string) => T): (key: string) => T {
  const results = new Map<string, T>()
  return (key) => {
    if (!results.has(key)) results.set(key, compute(key))
    return results.get(key) as T
  }
}

/** Tells by which names the present schema has what a revision preserved, after all renames that ran since. */
export interface PresentNames {
  /** Undefined: one name went from one object to another in the run, and which of them the value is of is not recorded. */
  value(value: PreservedValue): PreservedValue | undefined
  /** Where values of a table and column may be. */
  locations(table: string, column: string): readonly { readonly table: string; readonly column: string }[]
}

export function presentNames(runs: readonly RecordedRun[]): PresentNames {
  const tables = new Map(
    runs.map((run) => [
      run,
      memoised((key) => {
        const table = tableAfter(run, key)
        return table && { ...table, column: memoised(table.column) }
      }),
    ]),
  )
  const renamed = (value: PreservedValue): PreservedValue | undefined => {
    const run = runOf(runs, value)
    if (run === undefined) return value
    const present = tables.get(run)?.(value.table)
    if (present === undefined) return undefined
    const column = value.column === '' ? '' : present.column(value.column)
    const cells = <T>(from: ReadonlyMap<string, T>) =>
      new Map([...from].map(([name, cell]) => [present.column(name), cell] as const))
    const [key, row] = [cells(value.key), cells(value.row)]
    const isKnown = <T>(map: ReadonlyMap<string | undefined, T>): map is ReadonlyMap<string, T> => !map.has(undefined)
    return column === undefined || !isKnown(key) || !isKnown(row)
      ? undefined
      : { ...value, table: present.table, column, key, row }
  }
  const locations = (table: string, column: string) => {
    const found = [...tables.values()].flatMap((ofRun) => {
      const present = ofRun(table)
      const name = column === '' ? '' : present?.column(column)
      return present === undefined || name === undefined ? [] : [{ table: present.table, column: name }]
    })
    return [{ table, column }, ...found]
  }
  return { value: renamed, locations }
}
