/** The columns of tables after a step, by the key of the table; null: the step dropped it. */
export type ColumnChanges = ReadonlyMap<string, readonly string[] | null>

/** Reads what a history row holds. Throws what `damaged` gives. */
export function columnChanges(list: readonly unknown[] | undefined, damaged: () => Error): ColumnChanges | undefined {
  if (list === undefined) return undefined
  return new Map(
    list.map((each) => {
      const [table, columns] = Array.isArray(each) ? (each as readonly unknown[]) : []
      if (typeof table !== 'string') throw damaged()
      if (columns === null) return [table, null]
      if (!Array.isArray(columns)) throw damaged()
      return [table, columns.map(String)]
    }),
  )
}
