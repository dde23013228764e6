import { leaveStatement } from '../data-steps/preserved/restore/leave.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ScriptWriter } from './script-writer.ts'

/** Sets aside what is preserved of revisions of a tier, as a run does. The table of preserved values has to be there. */
export function printLeft(
  { dialect, names }: ResolvedOptions,
  writer: ScriptWriter,
  tier: string,
  revisions: readonly string[],
): void {
  if (revisions.length === 0) return
  writer.comment('no step restores what is preserved of these revisions: `migrate preserved restore` does')
  writer.record(leaveStatement(dialect, names, tier, revisions))
}
