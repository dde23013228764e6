import { foldName } from './tokenize.ts'

/** The names that say the hidden rowid, where no column is called so: https://www.sqlite.org/rowidtable.html */
export const rowidNames: readonly string[] = ['rowid', '_rowid_', 'oid']

/** SQLite 3.54 adds, drops and renames no column of these names in a table with a rowid: "cannot drop rowid alias". */
export const isRowidName = (name: string): boolean => rowidNames.includes(foldName(name))
