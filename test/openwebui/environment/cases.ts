import type { Case } from './cases/case.ts'
import { encrypted, forms, sources } from './cases/database.ts'
import { files, pool, rest } from './cases/settings.ts'

export { type Case, canary, defaults } from './cases/case.ts'

/** Variables in; settings and notes out, or an error. */
export const cases: readonly Case[] = [...sources, ...forms, ...encrypted, ...pool, ...files, ...rest]
