import type { Revision } from '@org/migrate-core'

export const history: readonly Revision[]
