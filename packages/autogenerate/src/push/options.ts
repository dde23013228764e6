import type { RunResult, WaitOptions } from '@org/migrate-core'
import {
  isAnything,
  isFlag,
  isFunction,
  isRecord,
  isSignal,
  isText,
  type OptionChecks,
} from '@org/migrate-core/dialect'
import { isList, waitChecks } from '@org/migrate-core/internal'
import type { ComparedChange, CompareOptions } from '../compare/types.ts'
import { filterChecks, type SchemaFilter } from '../differences/filter.ts'

/** What a push compares, and how. */
export interface SurveyPushOptions extends Omit<CompareOptions, 'from' | 'server'> {}

export interface PushOptions extends SurveyPushOptions, WaitOptions {
  /** Changes that lose data are made too. Default false. */
  readonly allowDestructive?: boolean
  /** The changes that were shown: others are refused (PLAN_STALE). Absent: what differs is made. */
  readonly expected?: readonly ComparedChange[]
}

export interface PushResult {
  readonly database: string
  /** What was made; empty where the database is as declared. */
  readonly changes: readonly ComparedChange[]
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
  readonly ms: number
}

export interface StampPushedOptions extends SchemaFilter, WaitOptions {
  /** The revision to go to, as `upgrade` takes it. Default: everything that is pending. */
  readonly target?: string
  /** The tier that the target belongs to. Default: the last one. */
  readonly tier?: string
}

export interface StampPushedResult extends RunResult {
  /** `tier:revision` of those that were recorded, in their order. */
  readonly stamped: readonly string[]
}

export const surveyPushChecks: OptionChecks<SurveyPushOptions> = {
  ...filterChecks,
  answers: isRecord,
  process: isFunction,
  fill: isAnything,
  signal: isSignal,
}

export const pushChecks: OptionChecks<PushOptions> = {
  ...surveyPushChecks,
  ...waitChecks,
  allowDestructive: isFlag,
  expected: isList,
}

export const stampPushedChecks: OptionChecks<StampPushedOptions> = {
  ...filterChecks,
  ...waitChecks,
  target: isText,
  tier: isText,
}
