import type { Mark } from './lines.ts'

/** A revision as the pictures for other programs show it. */
export interface PicturedRevision {
  readonly revision: string
  /** Ids of what is in the picture as well. */
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly message: string
  /** Labels and marks, as people read them. */
  readonly notes: readonly string[]
  /** Absent where the state of the database is not known. */
  readonly mark?: Mark
}

/** What stands in the box of a revision, line by line. */
export function boxLines({ revision, message, notes }: PicturedRevision): readonly string[] {
  return [revision, ...(message === revision ? [] : [message]), ...(notes.length === 0 ? [] : [notes.join(', ')])]
}
