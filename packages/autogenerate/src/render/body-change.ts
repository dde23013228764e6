import { canonicalJson } from '@org/migrate-core/dialect'
import type { Change, FillChange } from '../differences/change.ts'

/** A step that only the author knows: SQL to fill in. */
export interface GapChange {
  readonly kind: 'gap'
  /** What is needed, and why it is not known: `the downgrade of "change column users.age: type": …`. */
  readonly what: string
}

export type BodyChange = Change | GapChange
export type BodyChanges = ReadonlyMap<string, readonly BodyChange[]>

/** What a fill asks its author for, whatever else it says. */
export const fillKey = ({ table, column, where }: FillChange): string => canonicalJson([table, column, where])
