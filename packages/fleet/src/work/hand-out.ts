import type { FleetResult, FleetRunOptions } from '../fleet-types.ts'
import { type Rollout, rollOut } from '../run/rollout.ts'
import { Coordinator, type JobTemplate } from './coordinator.ts'
import { openQueue } from './queue.ts'
import type { FleetQueueOptions } from './queue-options.ts'

/** Members that may be in jobs at a time: what the run holds of a fleet. */
const handedOut = 10_000
const membersPerTask = 4
const defaultLockWaitMs = 60_000

/** A run whose members are taken by workers. Throws LOCKED, LOCK_LOST, QUEUE_FAILED and what `rollOut` throws. */
export async function handOut(
  rollout: Rollout,
  { onEvent, ...options }: FleetRunOptions,
  queueOptions: FleetQueueOptions,
): Promise<FleetResult> {
  const { signal, lockWaitMs = defaultLockWaitMs, tier, allowDataLoss, acceptDrift, strict } = options
  const onNote = (message: string): void => onEvent?.({ type: 'note', message })
  const accepted = { tier, allowDataLoss, acceptDrift, strict, lockWaitMs: options.lockWaitMs }
  const template: JobTemplate = {
    run: rollout.run,
    direction: rollout.direction,
    accepted: Object.fromEntries(Object.entries(accepted).filter(([, value]) => value !== undefined)),
    ...(rollout.target === undefined ? {} : { target: rollout.target }),
  }
  const queue = await openQueue(queueOptions, rollout.release, () => undefined)
  try {
    const jobSize = queueOptions.jobSize ?? rollout.parallel * membersPerTask
    const coordinator = await Coordinator.begin(queue, template, {
      ...{ jobSize, lockWaitMs, onNote },
      ...(signal === undefined ? {} : { signal }),
    })
    try {
      return await rollOut(
        {
          ...rollout,
          handedOut,
          onStop: () => coordinator.stop(),
          take: (member, { name, parallel, onError, maxFailures }) =>
            coordinator.migrate(member, {
              ...{ name, stops: onError === 'stop' && maxFailures === undefined },
              ...(parallel === undefined ? {} : { parallel }),
            }),
        },
        { ...options, ...(onEvent === undefined ? {} : { onEvent }) },
      )
    } finally {
      await coordinator.close()
    }
  } finally {
    await queue.close()
  }
}
