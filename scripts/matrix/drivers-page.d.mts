import type { tables as allTables } from './driver-columns.mjs'

interface Rows {
  readonly [row: string]: { readonly [column: string]: string }
}

export function committed(
  tables: typeof allTables,
  page?: string,
): { readonly [table: string]: { readonly suites: Rows; readonly reasons: Rows } }
