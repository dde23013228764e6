import type { InterruptedStep } from '../../bookkeeping/journal-entries.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { present } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import type { ExecutableStep } from '../prepare.ts'
import { currentFingerprints } from './fingerprint.ts'
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

/** Steps as they were prepared, and those of them that an earlier run has begun. */
interface InterruptedPlan {
  readonly steps: readonly ExecutableStep[]
  readonly live: SchemaModel
  readonly interrupted: readonly InterruptedStep[]
}

/**
 * The steps with what is done of them already taken off. A step that was begun comes first in its tier: everything else would
 * stand on half of it. Throws REVISION_INTERRUPTED.
 */
export async function resumeSteps(
  resolved: ResolvedOptions,
  session: Session,
  { steps, live, interrupted }: InterruptedPlan,
  assume: RecoveryEvidence['assume'],
): Promise<readonly ExecutableStep[]> {
  const started = interrupted.flatMap(({ parts }) => parts.filter((part) => part.state === 'started'))
  const fingerprints = await currentFingerprints(resolved, session, started)
  const evidence: RecoveryEvidence = { fingerprints, ...present({ assume }) }
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
    const resumed = resume(resolved.dialect, live, executableStep.operations, interruptedStep, evidence)
    const { undoes: _proven, ...rest } = executableStep
    return {
      ...rest,
      operations: executableStep.operations.slice(resumed.operations),
      recorded: executableStep.operations,
      resumed,
    }
  })
}
