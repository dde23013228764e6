import { unsupported as unsupportedBy } from '@org/migrate-core/connection'

export function unsupported(operation: string, why: string, remedy?: string): never {
  throw unsupportedBy('postgres', operation, why, remedy)
}
