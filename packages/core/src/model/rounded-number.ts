import type { ColumnType } from './column-type.ts'

const exactNative = /\b(?:(?:tiny|small|medium|big)?int|integer|dec|decimal|numeric|(?:small|big)?serial)\b/i

/** Whether a column holds integers of which each has to be the one that was written. */
export function isExact(type: ColumnType): boolean {
  return type.kind === 'native' ? exactNative.test(type.sql) : type.kind === 'integer' || type.kind === 'decimal'
}

/** Whether a number may be another than the one that its author wrote: 9007199254740993 is 9007199254740992 in JavaScript. */
export function isRounded(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
}
