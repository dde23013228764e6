import type { MigratorStatus } from '@org/migrate-core'

export const stateDescriptions: { readonly [S in MigratorStatus['state']]: string } = {
  empty: 'empty: nothing was applied yet',
  behind: 'behind',
  atHead: 'up to date',
  interrupted: 'a revision was interrupted',
  ahead: 'ahead: it has revisions that no file describes',
  foreign: 'holds the history of another tool',
}

/** The state in as few words as a table has room for; of a fleet also what only its members have. */
export const stateName = (state: string): string =>
  (Object.entries(stateDescriptions).find(([name]) => name === state)?.[1] ?? state).split(':', 1).join()
