import type { Dialect } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { PreparedStep } from '../prepare.ts'
import type { OpenStep } from './entries.ts'
import { interrupted } from './interrupted.ts'
import { type Findings, resume } from './resume.ts'

/** A person may only settle what is open: an answer to another question would be lost without a word. */
function refuseUnknownPart(opened: readonly OpenStep[], { assume }: Findings): void {
  if (assume === undefined) return
  const parts = opened.flatMap((open) =>
    open.parts.filter((part) => part.state !== 'done').map((part) => part.position),
  )
  if (parts.includes(assume.part)) return
  const why = parts.length === 0 ? 'no statement is open' : `open is part ${parts.join(', ')}`
  throw new MigrateError(
    'INVALID_OPTION',
    { option: 'assume', why },
    `There is nothing to settle in part ${assume.part}: ${why}.`,
  )
}

function isOf(prepared: PreparedStep, open: OpenStep): boolean {
  const { tier, step } = prepared.route
  return (
    tier.tier.name === open.tier &&
    step.revision === open.revision &&
    step.direction === open.direction &&
    (prepared.route.reverts !== undefined) === (open.reverts === true)
  )
}

/**
 * The steps with what is done of them already taken off. A step that was begun comes first in its tier: everything else would
 * stand on half of it. Throws REVISION_INTERRUPTED.
 */
export function resumeSteps(
  dialect: Dialect,
  live: SchemaModel,
  steps: readonly PreparedStep[],
  opened: readonly OpenStep[],
  findings: Findings,
): readonly PreparedStep[] {
  refuseUnknownPart(opened, findings)
  for (const open of opened) {
    const first = steps.find((each) => each.route.tier.tier.name === open.tier)
    if (first !== undefined && isOf(first, open)) continue
    throw interrupted(open)
  }
  return steps.map((prepared) => {
    const open = opened.find((each) => isOf(prepared, each))
    if (open === undefined) return prepared
    const resumed = resume(dialect, live, prepared.operations, open, findings)
    const { undoes: _proven, ...rest } = prepared
    return {
      ...rest,
      operations: prepared.operations.slice(resumed.operations),
      recorded: prepared.operations,
      resumed,
    }
  })
}
