import type { revisions } from '@org/migrate-core'

export function chain(): ReturnType<typeof revisions>
