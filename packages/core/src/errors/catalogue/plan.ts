import { code } from '../code.ts'

/** Errors of deciding what would run. */
export const planErrors = {
  INVALID_DOWNGRADE_TARGET: code<{ target: string; applied: readonly string[] }>(
    'Name an applied revision, or `base`.',
  ),
  OVERLAPPING_TARGETS: code<{ revisions: readonly string[] }>('Name only the later one; it brings the other along.'),
  IRREVERSIBLE: code<{ revision: string; operations: readonly { operation: string; why: string }[] }>(
    'Write a downgrade function for the revision, or give the operation an inverse.',
  ),
  REVISION_FILE_NEEDED: code<{ revision: string; why: string }>(
    'Bring the revision file back: its functions are needed for this.',
  ),
  UNKNOWN_APPLIED_REVISION: code<{ table: string; revisions: readonly string[] }>(
    'Use the release that knows these revisions, or bring their files back.',
  ),
  LAST_RUN_UNKNOWN: code<{ why: string; revisions: readonly string[] }>(
    'Run `migrate history`, and name the revision to go down to: `migrate downgrade <revision>`.',
  ),
  PLAN_STALE: code<{ planned: readonly string[]; actual: readonly string[] }>(
    'Plan again, and read what is different now.',
  ),
  TIER_UNKNOWN: code<{ tier: string; tiers: readonly string[] }>('Name one of the tiers of the configuration.'),
  TIER_BLOCKED: code<{ tier: string; by: string; applied: readonly string[] }>(
    'Downgrade the later tier to base first.',
  ),
  FOREIGN_HISTORY: code<{ table: string; stamp: readonly string[]; differences: readonly string[] }>(
    'Use a database of its own, or name the table with --ignore-foreign-history if it belongs to another program.',
  ),
  DATA_LOSS: code<{ losses: readonly { table?: string; rows?: number; why: string }[] }>(
    'Allow it with --allow-data-loss, or raise the limits under `preserve` in the configuration.',
  ),
  DRIFT: code<{ revision: string; object: string; differences: readonly string[] }>(
    'Inspect the difference; --accept-drift inverts from the object as it is.',
  ),
  REVISION_MOVED: code<{ tier: string; revision: string; parents: readonly string[]; recorded: readonly string[] }>(
    'Name the former parents in its file again. Or, where what never ran can run after it and no revision is interrupted, `migrate stamp` the former parent, `migrate upgrade` to the new one, and `migrate stamp` the revision.',
  ),
  EDITED_REVISION: code<{ revisions: readonly string[] }>(
    'Take the edit back, or record it with `migrate stamp --accept-edit <revision>`.',
  ),
}
