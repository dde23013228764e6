import { counted } from '@org/migrate-core/dialect'
import type { CheckFinding } from './types.ts'

/** Functions, types and facts that the model has no word for, which the comparison of the schemas does not see. */
export function unmodelledFindings(claim: string, differences: readonly string[]): readonly CheckFinding[] {
  if (differences.length === 0) return []
  return [
    {
      kind: 'model differs',
      level: 'problem',
      revisions: [],
      what: `${claim} from the declared schema in what no operation makes: ${counted(differences.length, 'difference')}.`,
      next: 'Create or replace them with op.sql() in a revision: no generated revision does.',
      differences,
    },
  ]
}
