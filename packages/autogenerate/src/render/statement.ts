import { type TableRef, tableKey } from '@org/migrate-core/dialect'
import { arrow, type Code, call, object, string } from './code.ts'
import { type Document, hardLine, joined } from './document.ts'
import { commentLine } from './source-text.ts'

/** One call of a method of a recorder. */
export interface Call {
  readonly method: string
  readonly given: readonly Code[]
}

/** One call of a revision: on `op`; with a table, on the `t` of its alterTable, or on `op` where the table has no other change. */
export interface Step extends Call {
  readonly table?: TableRef
  /** What stands above it. */
  readonly comments?: readonly string[]
}

/** A table as its name, where that is all of it. */
export const tableName = ({ schema, name }: TableRef): Code =>
  schema === undefined ? string(name) : object({ schema: string(schema), name: string(name) })

export function statement(receiver: string, { method, given }: Call): Document {
  return call(`${receiver}.${method}`, given).document
}

const under = (comments: readonly string[] | undefined, ...statements: readonly Document[]): Document =>
  joined([...(comments ?? []).map(commentLine), ...statements], hardLine)

/** Changes of one table: the block of alterTable, or the short form of a single one. */
function block(table: TableRef, steps: readonly Step[]): Document {
  const [first, second] = steps
  if (first !== undefined && second === undefined) {
    return under(first.comments, statement('op', { ...first, given: [tableName(table), ...first.given] }))
  }
  const inside = steps.map((step) => under(step.comments, statement('t', step)))
  return statement('op', { method: 'alterTable', given: [tableName(table), arrow('(t)', inside)] })
}

/** The steps as statements; what follows each other on one table is one block. */
export function statements(steps: readonly Step[]): readonly Document[] {
  const blocks: { readonly table: TableRef | undefined; readonly steps: Step[] }[] = []
  for (const step of steps) {
    const last = blocks.at(-1)
    const isSame =
      step.table !== undefined && last?.table !== undefined && tableKey(last.table) === tableKey(step.table)
    if (isSame) last.steps.push(step)
    else blocks.push({ table: step.table, steps: [step] })
  }
  return blocks.flatMap(({ table, steps: within }) =>
    table === undefined ? within.map((step) => under(step.comments, statement('op', step))) : [block(table, within)],
  )
}
