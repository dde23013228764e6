import { timerMs } from '@org/migrate-core/connection'
import type { OptionCheck } from '@org/migrate-core/dialect'
import { isCount } from '@org/migrate-core/internal'

const longest = timerMs(Number.POSITIVE_INFINITY)

/** Milliseconds that are waited for. */
export const isTimer: OptionCheck = (value) =>
  isCount(value) ?? (Number(value) <= longest ? undefined : `at most ${longest} ms are expected, 24 days`)
