import type { Row } from '../model/sql-value.ts'

/** The column of the history that says whether a row is a push. */
export const pushColumn = 'direction'

export const isPush = (row: Row): boolean => row.direction === 'push'
