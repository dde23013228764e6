import { inOwnSchema } from '../declare/own-schema.ts'
import { emptySchema, tableKey } from '../model/edit.ts'
import type { PolicyModel, SchemaModel, SequenceModel, TableModel } from '../model/schema-model.ts'
import { withWholeReferences } from './constraint-match.ts'
import { schemaDifferences } from './schema-differences.ts'

/** What of a dialect a comparison needs. */
interface ComparisonDialect {
  readonly model: {
    readonly ownSchema?: string
    apply(
      model: SchemaModel,
      operation: { readonly kind: 'createSequence'; readonly sequence: SequenceModel },
    ): SchemaModel
    normalise(table: TableModel): TableModel
    alignSequences?(expected: SchemaModel, actual: SchemaModel): SchemaModel
  }
  readonly capabilities: { readonly storedTexts?: 'rewritten' }
}

/** A table as it is compared: as this server would show it, with the columns that its foreign keys mean. */
export function comparableTable(dialect: ComparisonDialect, model: SchemaModel, table: TableModel): TableModel {
  return withWholeReferences(model, dialect.model.normalise(table))
}

/** A sequence as it is compared: as this server would show it. What is taken where nothing is said differs between servers: a cache is 1 or 1000. */
export function comparableSequence(dialect: ComparisonDialect, { ownedBy, ...sequence }: SequenceModel): SequenceModel {
  const { sequences } = dialect.model.apply(emptySchema, { kind: 'createSequence', sequence })
  const shown = sequences.get(tableKey(sequence.ref)) ?? sequence
  return ownedBy === undefined ? shown : { ...shown, ownedBy }
}

/** The server stores the role that each of these names in the session that creates the policy: no later session can say which. */
const sessionRoles: ReadonlySet<string> = new Set(['current_user', 'session_user', 'current_role'])

const policyKey = (table: TableModel, policy: PolicyModel): string => `${tableKey(table.ref)}/${policy.name}`

/** The policies whose roles depend on the session that created them. */
function policiesOfSessions({ tables }: SchemaModel): ReadonlySet<string> {
  return new Set(
    [...tables.values()].flatMap((table) =>
      (table.policies ?? []).flatMap((policy) =>
        policy.to.some((role) => sessionRoles.has(role)) ? [policyKey(table, policy)] : [],
      ),
    ),
  )
}

/** A server that rewrites texts stores subqueries in its own words: that the expressions are there counts. */
function withBarePolicies(table: TableModel, ofSessions: ReadonlySet<string>): TableModel {
  if (table.policies === undefined) return table
  const policies = table.policies.map(({ using, withCheck, ...policy }) => ({
    ...policy,
    to: ofSessions.has(policyKey(table, policy)) ? ['public'] : policy.to,
    ...(using === undefined ? {} : { using: 'true' }),
    ...(withCheck === undefined ? {} : { withCheck: 'true' }),
  }))
  return { ...table, policies }
}

const withoutText = <T extends { readonly definition: string }>(
  parts: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> => new Map([...parts].map(([key, part]) => [key, { ...part, definition: '' }]))

/** A schema as it is compared where no server is asked what it makes of a text. */
function comparableSchema(
  dialect: ComparisonDialect,
  model: SchemaModel,
  ofSessions: ReadonlySet<string>,
): SchemaModel {
  const isRewritten = dialect.capabilities.storedTexts === 'rewritten'
  const tables = [...model.tables].map(([key, table]) => {
    const known = isRewritten ? withBarePolicies(table, ofSessions) : table
    return [key, dialect.model.normalise(known)] as const
  })
  const { views, triggers, sequences } = model
  return {
    ...model,
    tables: new Map(tables),
    sequences: new Map([...sequences].map(([key, sequence]) => [key, comparableSequence(dialect, sequence)])),
    ...(isRewritten ? { views: withoutText(views), triggers: withoutText(triggers) } : {}),
  }
}

/**
 * How what was read of a database differs from what is expected of it, a line each: in the normal form of its dialect, without asking a server
 * what it makes of a text. Of texts that the server rewrites, it counts that they are there.
 */
export function databaseDifferences(
  dialect: ComparisonDialect,
  expected: SchemaModel,
  actual: SchemaModel,
): readonly string[] {
  // Either may name the tables of its own schema with it: the revisions that a downgrade reverts do.
  const inOwn = (model: SchemaModel): SchemaModel => inOwnSchema(model, dialect.model.ownSchema)
  const current = inOwn(actual)
  const stated = inOwn(expected)
  const own = dialect.model.alignSequences?.(stated, current) ?? stated
  const ofSessions = policiesOfSessions(own)
  return schemaDifferences(comparableSchema(dialect, own, ofSessions), comparableSchema(dialect, current, ofSessions))
}
