import { json, type OperationRecorder } from '@org/migrate-core'

/** A text column whose texts are all JSON becomes a JSON column. PostgreSQL has to be told how, the others take the text as it is. */
export function textToJson(
  op: OperationRecorder,
  table: string,
  column: string,
  options: { readonly nullable?: true } = {},
): void {
  const change = { type: json(), ...options }
  op.on({
    postgres(on) {
      on.alterTable(table, (t) =>
        t.alterColumn(column, { ...change, using: `"${column}"::json`, usingBack: `"${column}"::text` }),
      )
    },
    otherwise(on) {
      on.alterTable(table, (t) => t.alterColumn(column, change))
    },
  })
}
