import type {
  ColumnModel,
  ConstraintModel,
  Dialect,
  IndexModel,
  SchemaModel,
  TableModel,
  TriggerModel,
  ViewModel,
} from '@org/migrate-core/dialect'
import { inspect } from '../../../../packages/conformance/src/database.ts'
import type { RandomFeatures, SqlFragments } from '../../../../packages/conformance/src/subject.ts'
import { features, fragments } from '../../../dialects/conformance/subjects.ts'
import type { Ground } from '../../ensure/ground.ts'

export type Flavour = 'sqlite' | 'postgres' | 'mysql'

interface ServerSyntax {
  readonly flavour: Flavour
  readonly random: RandomFeatures
  readonly fragments: SqlFragments
}

/** What the tables of that server can have, and its own words for it. */
export function syntaxOf({ name }: Ground): ServerSyntax {
  const server = name.replace('-next', '') as keyof typeof fragments
  const flavour = server === 'sqlite' || server === 'postgres' ? server : 'mysql'
  return { flavour, random: features[server], fragments: fragments[server] }
}

/** PostgreSQL prints names without quotes, by which the texts that name something would not be found: `t12` becomes `"t12"`. */
const requoted = (text: string): string =>
  text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\b[a-z]{1,2}\d+\b/g, (word) =>
    /^['"]/.test(word) ? word : `"${word}"`,
  )

/** Only what a declaration says: what a server has besides belongs to the object that was read. */
function declarable(model: SchemaModel, text: (sql: string) => string): SchemaModel {
  const column = ({ source: _source, after: _after, ...rest }: ColumnModel): ColumnModel =>
    rest.generated === undefined
      ? rest
      : { ...rest, generated: { ...rest.generated, expression: text(rest.generated.expression) } }
  const constraint = (one: ConstraintModel): ConstraintModel =>
    one.kind === 'check' ? { ...one, expression: text(one.expression) } : one
  const index = ({ source: _, ...rest }: IndexModel): IndexModel => ({
    ...rest,
    elements: rest.elements.map((one) =>
      one.expression === undefined ? one : { ...one, expression: text(one.expression) },
    ),
    ...(rest.where === undefined ? {} : { where: text(rest.where) }),
  })
  const table = ({ source: _source, hiddenIndexes: _hidden, ...rest }: TableModel): TableModel => ({
    ...rest,
    columns: rest.columns.map(column),
    constraints: rest.constraints.map(constraint),
    indexes: rest.indexes.map(index),
  })
  const view = ({ source: _source, settings: _settings, ...rest }: ViewModel): ViewModel => ({
    ...rest,
    definition: text(rest.definition),
  })
  const trigger = ({ settings: _settings, after: _after, ...rest }: TriggerModel): TriggerModel => ({
    ...rest,
    definition: text(rest.definition),
  })
  const each = <T>(map: ReadonlyMap<string, T>, to: (one: T) => T): ReadonlyMap<string, T> =>
    new Map([...map].map(([key, one]) => [key, to(one)]))
  return {
    ...model,
    tables: each(model.tables, table),
    views: each(model.views, view),
    triggers: each(model.triggers, trigger),
  }
}

/** The schema of the database as its author would declare it, and as the dialect reads it. */
export async function schemaOf(
  ground: Ground,
): Promise<{ readonly dialect: Dialect; readonly read: SchemaModel; readonly declared: SchemaModel }> {
  const dialect = ground.dialect()
  const { schema, dialect: loaded } = await inspect({ dialect, sql: ground.sql, close: async () => undefined })
  const declared = declarable(schema, syntaxOf(ground).flavour === 'postgres' ? requoted : (text) => text)
  return { dialect: loaded, read: schema, declared }
}
