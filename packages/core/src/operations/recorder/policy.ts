import type { Expression } from '../../declare/column.ts'
import { rolesOf, textOf } from '../../declare/to-model.ts'
import type { PolicyChange } from '../operation.ts'
import type { PolicyChangeInput } from '../recorder-types.ts'

const changed = (part: string, given: Expression | null): string | null => (given === null ? null : textOf(part, given))

/** Throws INVALID_OPERATION. */
export function policyChange({ to, using, withCheck, ...rest }: PolicyChangeInput): PolicyChange {
  return {
    ...rest,
    ...(to === undefined ? {} : { to: rolesOf(to) }),
    ...(using === undefined ? {} : { using: changed('using of a policy', using) }),
    ...(withCheck === undefined ? {} : { withCheck: changed('withCheck of a policy', withCheck) }),
  }
}
