/** What can happen to a thing between two schemas; `equal`: it looks different, and is nothing. */
export type Change = 'add' | 'drop' | 'change' | 'rename' | 'equal'
