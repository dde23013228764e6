import type { TableRef } from '../../model/schema-model.ts'
import type { StepSource, StepTarget } from '../operation.ts'
import type { StepSourceInput, StepTargetInput } from '../recorder-types.ts'
import { checkName, checkRef, invalid } from '../traits/objects.ts'
import { refOf } from './table-recorder.ts'

interface Named {
  readonly table: TableRef
  readonly column: string
}

/** `users.theme`, or `app.users.theme` in a named schema. */
function columnOf(what: string, option: string, text: string): Named {
  const parts = text.split('.')
  const [column = '', table = '', schema] = parts.reverse()
  if (parts.length < 2 || parts.length > 3 || parts.includes('')) {
    throw invalid(what, `${option} names ${JSON.stringify(text)}: write table.column`)
  }
  return { table: schema === undefined ? { name: table } : { schema, name: table }, column }
}

function checked(ref: TableRef, columns: readonly string[]): TableRef {
  checkRef(ref, 'table')
  for (const column of columns) checkName(column, 'column')
  return ref
}

function rowsOf(what: string, by: { readonly [source: string]: string }): Pick<StepSource, 'rows'> {
  const named = Object.entries(by).map(([source, text]) => ({ source, ...columnOf(what, 'from.by', text) }))
  const first = named[0]
  if (first === undefined) throw invalid(what, 'from.by names no column')
  if (named.some(({ table }) => table.name !== first.table.name || table.schema !== first.table.schema)) {
    throw invalid(what, 'from.by names columns of more than one table')
  }
  return { rows: { table: first.table, by: Object.fromEntries(named.map(({ source, column }) => [source, column])) } }
}

/** What a step says that it computes from. Throws INVALID_OPERATION. */
export function stepSources(what: string, from: readonly StepSourceInput[]): readonly StepSource[] {
  if (!Array.isArray(from)) throw invalid(what, 'from is no list')
  return from.map((source: StepSourceInput): StepSource => {
    if (typeof source === 'string') {
      const { table, column } = columnOf(what, 'from', source)
      return { table: checked(table, [column]), columns: [column] }
    }
    const { table, columns, by } = source
    if (!Array.isArray(columns) || columns.length === 0) throw invalid(what, 'from names a table without columns')
    const ref = checked(refOf(table), columns)
    return { table: ref, columns, ...(by === undefined ? {} : rowsOf(what, by)) }
  })
}

/** What a step says that it writes. Throws INVALID_OPERATION. */
export function stepTargets(what: string, to: readonly StepTargetInput[]): readonly StepTarget[] {
  if (!Array.isArray(to)) throw invalid(what, 'to is no list')
  return to.map((target: StepTargetInput): StepTarget => {
    if (typeof target !== 'string') {
      const { table, columns } = target
      return { table: checked(refOf(table), columns ?? []), ...(columns === undefined ? {} : { columns }) }
    }
    if (!target.includes('.')) return { table: checked({ name: target }, []) }
    const { table, column } = columnOf(what, 'to', target)
    return { table: checked(table, [column]), columns: [column] }
  })
}
