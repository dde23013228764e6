import { isText, type OptionCheck, type OptionChecks, requireOptions } from '@org/migrate-core/dialect'
import { isWholeCount } from '@org/migrate-core/internal'

/** The queue that hands the members of a run to workers on many machines. */
export interface FleetQueueOptions {
  /** A PostgreSQL database that every machine reaches. */
  readonly url: string
  /** The schema of the queue, and of the fleet's state where that is not elsewhere; default `migrate_fleet`. */
  readonly schema?: string
  /** How many members a job has; default: four for each one that a worker migrates at a time. */
  readonly jobSize?: number
  /** A worker without a sign of life for so long has died: its job goes to another one. In seconds, from 10 on; default 30. */
  readonly heartbeatSeconds?: number
}

const isSchema: OptionCheck = (value) =>
  typeof value === 'string' && /^[a-z_][a-z0-9_]{0,49}$/.test(value)
    ? undefined
    : 'up to 50 lower-case letters, digits and underscores are expected'

const isFrom =
  (least: number): OptionCheck =>
  (value) =>
    isWholeCount(value) === undefined && Number(value) >= least
      ? undefined
      : `a whole number from ${least} on is expected`

const checks: OptionChecks<FleetQueueOptions> = {
  url: isText,
  schema: isSchema,
  jobSize: isFrom(1),
  heartbeatSeconds: isFrom(10),
}

/** Throws INVALID_OPTION. */
export const checkQueue = (queue: FleetQueueOptions): FleetQueueOptions =>
  requireOptions('queue', queue, checks, ['url'])

export const defaultSchema = 'migrate_fleet'
export const defaultHeartbeatSeconds = 30
