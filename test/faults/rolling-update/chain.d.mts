import type { RevisionSource } from '@org/migrate-core'

export interface Release {
  readonly knows: number
  readonly gate?: (direction: 'up' | 'down') => Promise<void>
  readonly nonTransactional?: boolean
}

export function release(of: Release): RevisionSource
