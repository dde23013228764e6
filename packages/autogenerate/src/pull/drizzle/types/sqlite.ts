import type { ColumnTypeCall, CustomType } from './type-call.ts'

const functions: ReadonlyMap<string, ColumnTypeCall> = new Map([
  ['INTEGER', { word: 'integer', plainDefault: 'number' }],
  ['TEXT', { word: 'text', plainDefault: 'string' }],
  ['REAL', { word: 'real', plainDefault: 'number' }],
  ['NUMERIC', { word: 'numeric' }],
  ['BLOB', { word: 'blob', options: { mode: 'buffer' } }],
])

/** By the rules of SQLite's affinities: what drivers read of the values that are usual in such a column. */
function dataOf(text: string): string {
  if (/INT/.test(text)) return 'number'
  if (/CHAR|CLOB|TEXT/.test(text)) return 'string'
  if (text === '' || /BLOB/.test(text)) return 'Uint8Array'
  if (/DATE|TIME/.test(text)) return 'string'
  return 'number'
}

export function sqliteType(text: string): ColumnTypeCall | CustomType {
  const call = functions.get(text)
  if (call !== undefined) return call
  if (text === 'BOOLEAN') return { text, data: 'boolean', codec: 'boolean' }
  if (text === 'JSON') return { text, data: 'unknown', codec: 'json' }
  return { text, data: dataOf(text) }
}
