import type { PolicyChange } from '@org/migrate-core'
import type {
  ConstraintKind,
  ConstraintModel,
  ConstraintOf,
  IndexElement,
  IndexModel,
  PolicyModel,
} from '@org/migrate-core/dialect'
import { array, type Code, literal, object, objectOf, string } from './code.ts'
import { asIs, expressionOf, optional } from './column.ts'
import type { Writing } from './imports.ts'
import { type Call, tableName } from './statement.ts'

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

type Constraints = {
  readonly [K in ConstraintKind]: {
    /** What createTable's callback calls it, and alterTable's. */
    readonly methods: readonly [create: string, add: string]
    readonly given: (constraint: ConstraintOf<K>, guard: object, writing: Writing, adds: boolean) => readonly Code[]
  }
}

const constraints: Constraints = {
  primaryKey: {
    methods: ['primaryKey', 'addPrimaryKey'],
    given: ({ kind: _, columns, ...rest }, guard) => [literal(columns), ...optional(asIs({ ...rest, ...guard }))],
  },
  unique: {
    methods: ['unique', 'addUnique'],
    given: ({ kind: _, columns, ...rest }, guard) => [literal(columns), ...optional(asIs({ ...rest, ...guard }))],
  },
  check: {
    methods: ['check', 'addCheck'],
    given: ({ kind: _, expression, ...rest }, guard, writing) => [
      expressionOf(expression, writing),
      ...optional(asIs({ ...rest, ...guard })),
    ],
  },
  foreignKey: {
    methods: ['foreignKey', 'addForeignKey'],
    given: ({ kind: _, name, columns, references, ...rest }, guard) => [
      objectOf([
        ...asIs({ name, columns }),
        ['references', object({ table: tableName(references.table), columns: literal(references.columns) })],
        ...asIs({ ...rest, ...guard }),
      ]),
    ],
  },
  exclude: {
    methods: ['exclude', 'addConstraint'],
    given: ({ kind, ...rest }, guard, _writing, adds) =>
      adds ? [literal({ kind, ...rest }), ...optional(asIs(guard))] : [literal(rest)],
  },
}

/** The call that gives a table the constraint. */
export function constraintCall(
  constraint: ConstraintModel,
  writing: Writing,
  adding?: { readonly guard: object },
): Call {
  const { methods, given } = constraints[constraint.kind] as Constraints[ConstraintKind] & {
    readonly given: (constraint: ConstraintModel, guard: object, writing: Writing, adds: boolean) => readonly Code[]
  }
  const adds = adding !== undefined
  return { method: methods[adds ? 1 : 0], given: given(constraint, adding?.guard ?? {}, writing, adds) }
}

export function indexElement({ expression, ...rest }: IndexElement, writing: Writing): Code {
  const { column, ...options } = rest
  const isBare = Object.values(options).every((value) => value === undefined)
  if (expression !== undefined) {
    const sql = expressionOf(expression, writing)
    return isBare ? sql : objectOf([['expression', sql], ...asIs(rest)])
  }
  return isBare && column !== undefined ? string(column) : objectOf(asIs(rest))
}

/** The arguments of `index` and `createIndex`: what the server said of it (`source`) is no part of it. */
export function indexArguments(index: IndexModel, writing: Writing, guard: object = {}): readonly Code[] {
  const { name, unique, elements, where, source: _, ...rest } = index
  const options = optional([
    ['unique', unique ? literal(true) : undefined],
    ['where', where === undefined ? undefined : expressionOf(where, writing)],
    ...asIs({ ...rest, ...guard }),
  ])
  return [string(name), array(elements.map((element) => indexElement(element, writing))), ...options]
}
