import type { PolicyChange } from '@org/migrate-core'
import type { PolicyModel } from '@org/migrate-core/dialect'
import { type Code, literal, objectOf, string } from './code.ts'
import { asIs, expressionOf } from './column.ts'
import type { Writing } from './imports.ts'

const expression = (text: string | null | undefined, writing: Writing): Code | undefined =>
  text === null ? literal(null) : text === undefined ? undefined : expressionOf(text, writing)

const rolesOf = (to: readonly string[] | undefined): string | readonly string[] | undefined =>
  to?.length === 1 ? to[0] : to

/** What alterPolicy changes. */
export function policyChangeObject({ using, withCheck, to, ...rest }: PolicyChange, writing: Writing): Code {
  return objectOf([
    ...asIs({ ...rest, to: rolesOf(to) }),
    ['using', expression(using, writing)],
    ['withCheck', expression(withCheck, writing)],
  ])
}

/** The arguments of `policy` and `createPolicy`. What PostgreSQL takes by itself is written all the same: it decides who sees rows. */
export function policyArguments(policy: PolicyModel, writing: Writing, guard: object = {}): readonly Code[] {
  const { name, as, for: command, to, using, withCheck, reads: _, ...rest } = policy
  return [
    string(name),
    objectOf([
      ...asIs({ as, for: command, to: rolesOf(to) }),
      ['using', expression(using, writing)],
      ['withCheck', expression(withCheck, writing)],
      ...asIs({ ...rest, ...guard }),
    ]),
  ]
}
