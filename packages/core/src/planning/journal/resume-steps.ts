import type { InterruptedStep } from '../../bookkeeping/journal-entries.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { ExecutableStep } from '../prepare.ts'
import { hasFileOf, interruptedError } from './interrupted-revision.ts'
import { type RecoveryEvidence, resume } from './resume.ts'

/** `assume` has to name an undecided part: any other answer would be ignored silently. */
function refuseUnknownPart(interrupted: readonly InterruptedStep[], { assume }: RecoveryEvidence): void {
  if (assume === undefined) return
  const parts = interrupted.flatMap((interruptedStep) =>
    interruptedStep.parts.filter((part) => part.state !== 'finished').map((part) => part.position),
  )
  if (parts.includes(assume.part)) return
  const why = parts.length === 0 ? 'no statement is open' : `open is part ${parts.join(', ')}`
  throw new MigrateError(
    'INVALID_OPTION',
    { option: 'assume', why },
    `There is nothing to decide in part ${assume.part}: ${why}.`,
  )
}

function isOf(executableStep: ExecutableStep, interruptedStep: InterruptedStep): boolean {
  const { tier, step } = executableStep.route
  return (
    tier.tier.name === interruptedStep.tier &&
    step.revision === interruptedStep.revision &&
    step.direction === interruptedStep.direction &&
    (executableStep.route.reverts !== undefined) === (interruptedStep.reverts === true)
  )
}

/**
 * The steps with what is done of them already taken off. A step that was begun comes first in its tier: everything else would
 * stand on half of it. Throws REVISION_INTERRUPTED.
 */
export function resumeSteps(
  dialect: Dialect,
  live: SchemaModel,
  steps: readonly ExecutableStep[],
  interrupted: readonly InterruptedStep[],
  evidence: RecoveryEvidence,
): readonly ExecutableStep[] {
  refuseUnknownPart(interrupted, evidence)
  for (const interruptedStep of interrupted) {
    // Of a squash that is only recorded nothing runs.
    const first = steps.find(
      ({ route }) => route.tier.tier.name === interruptedStep.tier && route.isRecordedOnly !== true,
    )
    if (first !== undefined && isOf(first, interruptedStep)) continue
    throw interruptedError(interruptedStep, first === undefined || hasFileOf([first.route.tier], interruptedStep))
  }
  return steps.map((executableStep) => {
    const interruptedStep = interrupted.find((each) => isOf(executableStep, each))
    if (interruptedStep === undefined) return executableStep
    const resumed = resume(dialect, live, executableStep.operations, interruptedStep, evidence)
    const { undoes: _proven, ...rest } = executableStep
    return {
      ...rest,
      operations: executableStep.operations.slice(resumed.operations),
      recorded: executableStep.operations,
      resumed,
    }
  })
}
