import type { Dialect, SchemaModel, Session, UnmodelledFact } from '@org/migrate-core/dialect'

export async function readUnmodelledFacts(
  { introspection }: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly UnmodelledFact[]> {
  return (await introspection.unmodelledFacts?.(session, schema)) ?? []
}

/** For people: `column t.a: INVISIBLE`. */
export const factLine = ({ kind, table, name, fact }: UnmodelledFact): string =>
  `${kind} ${table === undefined ? '' : `${table}.`}${name}: ${fact}`

/** What a revision that is written from the schema leaves out. */
export const factNote = (fact: UnmodelledFact): string =>
  `${factLine(fact)}. No operation makes that: add it to the revision with \`op.sql\`.`
