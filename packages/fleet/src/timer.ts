import type { OptionCheck } from '@org/migrate-core/dialect'
import { isCount } from '@org/migrate-core/internal'

/** A timer that is to wait longer fires at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2 ** 31 - 1

/** Milliseconds that are waited for. */
export const isTimer: OptionCheck = (value) =>
  isCount(value) ?? (Number(value) <= longestTimerMs ? undefined : `at most ${longestTimerMs} ms are expected, 24 days`)
