import { rolesOf } from '../../declare/to-model.ts'
import type { PolicyChange } from '../operation.ts'
import type { PolicyChangeInput } from '../recorder-types.ts'

export function policyChange({ to, using, withCheck, ...rest }: PolicyChangeInput): PolicyChange {
  return {
    ...rest,
    ...(to === undefined ? {} : { to: rolesOf(to) }),
    ...(using === undefined ? {} : { using: using === null ? null : using.sql }),
    ...(withCheck === undefined ? {} : { withCheck: withCheck === null ? null : withCheck.sql }),
  }
}
