/** Errors of deciding what would run. */
export interface PlanErrors {
  readonly INVALID_DOWNGRADE_TARGET: { readonly target: string; readonly applied: readonly string[] }
  readonly OVERLAPPING_TARGETS: { readonly revisions: readonly string[] }
  readonly IRREVERSIBLE: {
    readonly revision: string
    readonly operations: readonly { readonly operation: string; readonly why: string }[]
  }
  readonly REVISION_FILE_NEEDED: { readonly revision: string; readonly why: string }
  readonly UNKNOWN_APPLIED_REVISION: { readonly table: string; readonly revisions: readonly string[] }
  readonly PLAN_STALE: { readonly planned: readonly string[]; readonly actual: readonly string[] }
  readonly TIER_UNKNOWN: { readonly tier: string; readonly tiers: readonly string[] }
  readonly TIER_BLOCKED: { readonly tier: string; readonly by: string; readonly applied: readonly string[] }
  readonly FOREIGN_HISTORY: {
    readonly table: string
    readonly stamp: readonly string[]
    readonly differences: readonly string[]
  }
  readonly DATA_LOSS: {
    readonly losses: readonly { readonly table?: string; readonly rows?: number; readonly why: string }[]
  }
  readonly DRIFT: { readonly revision: string; readonly object: string; readonly differences: readonly string[] }
  readonly EDITED_REVISION: { readonly revisions: readonly string[] }
}

export const planRemedies: { readonly [C in keyof PlanErrors]: string } = {
  INVALID_DOWNGRADE_TARGET: 'Name an applied revision, or `base`.',
  OVERLAPPING_TARGETS: 'Name only the later one; it brings the other along.',
  IRREVERSIBLE: 'Write a downgrade function for the revision, or give the operation an inverse.',
  REVISION_FILE_NEEDED: 'Bring the revision file back: its functions are needed for this.',
  UNKNOWN_APPLIED_REVISION: 'Use the release that knows these revisions, or bring their files back.',
  PLAN_STALE: 'Plan again; another run changed the database.',
  TIER_UNKNOWN: 'Name one of the tiers of the configuration.',
  TIER_BLOCKED: 'Downgrade the later tier to base first.',
  FOREIGN_HISTORY:
    'Use a database of its own, or name the table with --ignore-foreign-history if it belongs to another program.',
  DATA_LOSS: 'Allow it with --allow-data-loss, or raise the limits under `preserve` in the configuration.',
  DRIFT: 'Look at the difference; --accept-drift inverts from the object as it is.',
  EDITED_REVISION: 'Take the edit back, or record it with `migrate stamp --accept-edit <revision>`.',
}
