import { counted } from '@org/migrate-core/dialect'
import type { CheckFinding } from './types.ts'

/** Functions and types, which the comparison of the schemas does not see. */
export function routineFindings(claim: string, differences: readonly string[]): readonly CheckFinding[] {
  if (differences.length === 0) return []
  return [
    {
      kind: 'model differs',
      level: 'problem',
      revisions: [],
      what: `${claim} from the declared schema in functions or types: ${counted(differences.length, 'difference')}.`,
      next: 'Create or replace them with op.sql() in a revision: no generated revision does.',
      differences,
    },
  ]
}
