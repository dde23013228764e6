import type { DialectPreserving } from '../../../dialect/preserving.ts'
import { sha256 } from '../../../model/canonical.ts'
import { type SqlFragment, sql } from '../../../sql/tag.ts'

/** Of a column that servers can have in an index. */
const longest = 64

/**
 * What tells the key of a preserved value apart: its text where that is short, so that values preserved in the order of their keys are
 * in the order of the index too, else a digest. Digests of 200,000 keys and their positions in the index took most of the time.
 */
export const keyHashOf = (text: string): string => (Array.from(text).length <= longest ? text : sha256(text))

export const keyHashInServer = (by: DialectPreserving, text: SqlFragment): SqlFragment =>
  sql`CASE WHEN ${by.length(text)} <= ${longest} THEN ${text} ELSE ${by.sha256(text)} END`
