import type { Dialect, SchemaModel, Session } from '@org/migrate-core/dialect'

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
