/** The names that say the hidden rowid, where no column is called so: https://www.sqlite.org/rowidtable.html */
export const rowidNames: readonly string[] = ['rowid', '_rowid_', 'oid']
