import type { Dialect, SchemaModel, Session } from '@org/migrate-core/dialect'
import { opaqueKinds } from './filter.ts'

/** What a database has that no declaration has a word for, for people: `column t.a: INVISIBLE`. */
export async function readUnmodelledLines(
  { introspection }: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly string[]> {
  return ((await introspection.unmodelledFacts?.(session, schema)) ?? []).map(
    ({ kind, schema, table, name, fact }) =>
      `${kind === 'object' ? '' : `${kind} `}${[schema, table, name].filter((part) => part !== undefined).join('.')}: ${fact.replaceAll(/\s*\n\s*/g, ' ')}`,
  )
}

/** What a revision that is written from the schema leaves out. */
export const factNote = (line: string): string =>
  `${line}. No operation makes that: add it to the revision with \`op.sql\`.`

/** Tables of another kind: no operation makes them. */
function unsupportedTables({ tables }: SchemaModel): readonly string[] {
  return [...tables.values()].flatMap(({ ref, opaque }) =>
    opaque === undefined || opaque === 'shadow'
      ? []
      : [`${ref.name} is ${opaqueKinds[opaque]}: it stays as it is, and the baseline does not make it.`],
  )
}

/** What a revision that is written from a schema leaves out, a sentence each. `all`: also with what a filter leaves out. */
export async function readOmissions(
  dialect: Dialect,
  session: Session,
  schema: SchemaModel,
  all: SchemaModel = schema,
): Promise<readonly string[]> {
  return [...unsupportedTables(all), ...(await readUnmodelledLines(dialect, session, schema)).map(factNote)]
}
